package org.csmoe.model.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Locale;
import org.csmoe.features.Resize;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resampling equals timm's and PyTorch's; the golden file is by make_adaptation_golden.py. */
class ResamplingTest {

  @ParameterizedTest
  @ValueSource(ints = {6, 12})
  void patchKernelsAreResampledAsTimmDoes(int size) throws IOException {
    assertClose(Adaptation.patches(golden("weight"), 8, size), golden("weight." + size));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 7})
  void positionsAreResizedAsTimmDoes(int size) throws IOException {
    assertClose(Adaptation.positions(golden("positions"), 4, size, 8), golden("positions." + size));
  }

  @ParameterizedTest
  @CsvSource({"8,BILINEAR", "20,BILINEAR", "8,BICUBIC", "20,BICUBIC"})
  void imagesAreResizedAsPyTorchDoesWithAntialias(int size, Resize resize) throws IOException {
    float[] image = golden("image");
    float[] expected =
        golden("image.%s.%d".formatted(resize.name().toLowerCase(Locale.ROOT), size));
    float[] found = new float[expected.length];
    for (int band = 0; band < 2; band++) {
      float[] plane = Resampling.resize(image, band * 144, 12, 12, size, resize);
      System.arraycopy(plane, 0, found, band * size * size, size * size);
    }
    assertClose(found, expected);
  }

  @Test
  void pixelsWithoutDataDoNotContributeAndAreNotInvented() {
    float[] image = {Float.NaN, 2, 4, 4, Float.NaN, 2, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1};
    float[] half = Resampling.resize(image, 0, 4, 4, 2, Resize.NEAREST);
    assertThat(half).containsExactly(2, 4, 1, 1);
    float[] none = {Float.NaN, Float.NaN, Float.NaN, Float.NaN};
    assertThat(Resampling.resize(none, 0, 2, 2, 3, Resize.BILINEAR)).containsOnly(Float.NaN);
    float[] same = {5, Float.NaN, 5, 5};
    assertThat(Resampling.resize(same, 0, 2, 2, 1, Resize.BILINEAR)).containsExactly(5);
  }

  @Test
  void whereTheCubicKernelTouchesPixelsWithoutDataItIsBilinear() {
    float[] image = new float[64];
    for (int i = 0; i < 64; i++) {
      image[i] = i % 8 * (i % 8);
    }
    float[] whole = Resampling.resize(image, 0, 8, 8, 16, Resize.BICUBIC);
    image[0] = Float.NaN;
    float[] cubic = Resampling.resize(image, 0, 8, 8, 16, Resize.BICUBIC);
    float[] linear = Resampling.resize(image, 0, 8, 8, 16, Resize.BILINEAR);
    // The kernel reaches two pixels far, and the fifth centre lies at 1.75.
    float[] expected = whole.clone();
    for (int y = 0; y < 5; y++) {
      System.arraycopy(linear, y * 16, expected, y * 16, 5);
    }
    assertThat(cubic).containsExactly(expected);
    assertThat(whole[5]).isNotEqualTo(linear[5]);
  }

  /** timm resamples in single precision; the inverse amplifies its rounding to about 1e-5. */
  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(2e-4f));
    }
  }

  private static float[] golden(String name) throws IOException {
    try (Checkpoint checkpoint =
        Checkpoint.open(Path.of("src/test/resources/adaptation.safetensors"))) {
      int count = (int) requireNonNull(checkpoint.tensors().get(name)).elementCount();
      FloatBuffer values = FloatBuffer.allocate(count);
      checkpoint.read(name, values);
      return values.array();
    }
  }
}
