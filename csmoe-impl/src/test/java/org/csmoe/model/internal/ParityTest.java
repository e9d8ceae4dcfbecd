package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.FeedForward;
import org.csmoe.Precision;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.LayerSelection;
import org.csmoe.features.Pooling;
import org.csmoe.features.Routing;
import org.csmoe.features.TokenLayout;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every intermediate equals PyTorch's. The golden files are written by {@code
 * src/test/python/make_golden.py}; the property {@code csmoe.golden} names another folder of such
 * files.
 */
class ParityTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("csmoe.golden", "src/test/resources/golden"));

  private static final double TOLERANCE =
      Double.parseDouble(System.getProperty("csmoe.tolerance", "1e-4"));

  /** A float beside the middle of two bfloat16 may be rounded to the other one, 1/256 away. */
  private static final double ROUNDED_TOLERANCE = 5e-3;

  static Stream<Arguments> goldenFiles() throws IOException {
    return files(GOLDEN)
        .flatMap(
            file ->
                Stream.of(Backend.SAMEDIFF, Backend.ONEDNN)
                    .map(backend -> Arguments.of(file, backend)));
  }

  static Stream<Path> roundedFiles() throws IOException {
    return files(Path.of("src/test/resources/golden-bf16"));
  }

  private static Stream<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldenFiles")
  void everyIntermediateEqualsPyTorchs(Path file, Backend backend) throws IOException {
    compare(file, backend, Precision.F32, TOLERANCE);
  }

  /** PyTorch rounds the same factors to bfloat16 and multiplies them in float32. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("roundedFiles")
  void everyIntermediateEqualsPyTorchsWithProductsInBf16(Path file) throws IOException {
    compare(file, Backend.ONEDNN, Precision.BF16, ROUNDED_TOLERANCE);
  }

  private static void compare(Path file, Backend backend, Precision precision, double tolerance)
      throws IOException {
    assumeTrue(
        backend != Backend.ONEDNN || GraphCompiler.problem().isEmpty(),
        "oneDNN cannot be loaded here");
    try (Checkpoint golden = Checkpoint.open(file)) {
      CsMoeConfig config = GoldenConfig.read(golden.metadata().getOrDefault("config", ""));
      // the golden activations are unexpected tensors, hence lenient
      try (CsMoe model =
          config.toBuilder()
              .weights(Weights.file(file).lenient())
              .backend(backend)
              .precision(precision)
              .build()) {
        assertThat(model.loadReport().missing()).isEmpty();
        assertThat(model.loadReport().mismatched()).isEmpty();
        assertThat(model.loadReport().unexpected()).allMatch(name -> name.startsWith("golden."));
        for (Sensor sensor : Sensor.values()) {
          compare(golden, model, sensor, tolerance);
        }
      }
    }
  }

  private static void compare(Checkpoint golden, CsMoe model, Sensor sensor, double tolerance)
      throws IOException {
    String prefix = "golden." + sensor.shortName() + ".";
    int size = model.config().imageSize();
    float[] pixels = GoldenConfig.tensor(golden, prefix + "image");
    int length = pixels.length / 2;
    List<SensorImage> images =
        Stream.of(0, 1)
            .map(
                i ->
                    SensorImage.of(
                        sensor,
                        sensor.defaultBands(),
                        size,
                        size,
                        Arrays.copyOfRange(pixels, i * length, (i + 1) * length)))
            .toList();
    FeatureExtractor features = model.features(sensor);
    for (Pooling pooling : Pooling.values()) {
      assertClose(
          prefix + pooling,
          features.embed(images, pooling).data(),
          GoldenConfig.tensor(golden, prefix + pooling),
          tolerance);
    }
    for (int layer = 0; layer < model.config().layers(); layer++) {
      for (boolean norm : new boolean[] {false, true}) {
        LayerSelection selection = new LayerSelection(List.of(layer), norm, true, TokenLayout.NLC);
        String name = prefix + "layer" + layer + (norm ? ".norm" : "");
        assertClose(
            name,
            features.intermediates(images, selection).get(0).data(),
            GoldenConfig.tensor(golden, name),
            tolerance);
      }
      if (model.config().feedForward() == FeedForward.SOFT_MOE) {
        compareRouting(golden, features, images, prefix, layer, tolerance);
      }
    }
  }

  private static void compareRouting(
      Checkpoint golden,
      FeatureExtractor features,
      List<SensorImage> images,
      String prefix,
      int layer,
      double tolerance)
      throws IOException {
    for (int i = 0; i < images.size(); i++) {
      Routing routing = features.routing(images.get(i), layer);
      FeatureTensor[] found = {routing.dispatch(), routing.combine()};
      String[] names = {".dispatch", ".combine"};
      for (int k = 0; k < 2; k++) {
        String name = prefix + "layer" + layer + names[k];
        float[] both = GoldenConfig.tensor(golden, name);
        int half = both.length / 2;
        assertClose(
            name, found[k].data(), Arrays.copyOfRange(both, i * half, (i + 1) * half), tolerance);
      }
    }
  }

  /**
   * 1e-4 of the largest value: single precision in other orders of addition. At full size routing
   * logits reach hundreds, so that their rounding alone moves a softmax by more; there the property
   * {@code csmoe.tolerance} widens it, and the deviations are printed.
   */
  private static void assertClose(String name, float[] found, float[] expected, double tolerance) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    float largest = 0;
    float worst = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(found[i] - expected[i]));
    }
    if (TOLERANCE != 1e-4) {
      System.out.printf(Locale.ROOT, "%s deviates by %.2e%n", name, worst / largest);
    }
    assertThat((double) worst / largest).as(name).isLessThanOrEqualTo(tolerance);
  }
}
