package org.csmoe.model.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.csmoe.features.Resize;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
  @ValueSource(ints = {8, 20})
  void imagesAreResizedAsPyTorchDoesWithAntialias(int size) throws IOException {
    float[] image = golden("image");
    float[] expected = golden("image." + size);
    float[] found = new float[expected.length];
    for (int band = 0; band < 2; band++) {
      float[] plane = Resampling.resize(image, band * 144, 12, 12, size, Resize.BILINEAR);
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
