package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.csmoe.Backend;
import org.csmoe.BandMismatchException;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.CsMoePreset;
import org.csmoe.Precision;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.LayerSelection;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

class FeatureExtractorTest {
  private static final CsMoe MODEL = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).build();
  private static final FeatureExtractor FEATURES = MODEL.features(Sensor.SENTINEL2);

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static SensorImage image(int size, long seed) {
    float[] pixels = new float[10 * size * size];
    Random random = new Random(seed);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 1500 + 800 * (float) random.nextGaussian();
    }
    return SensorImage.of(Sensor.SENTINEL2, Sensor.SENTINEL2.defaultBands(), size, size, pixels);
  }

  private static List<SensorImage> images(int count) {
    return IntStream.range(0, count).mapToObj(i -> image(32, i)).toList();
  }

  @Test
  void manyThreadsGetBitForBitWhatOneGets() throws Exception {
    List<SensorImage> images = images(6);
    List<float[]> alone = images.stream().map(i -> FEATURES.embed(i).data()).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[]>> together = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (SensorImage image : images) {
          together.add(threads.submit(() -> FEATURES.embed(image).data()));
        }
      }
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i % images.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void modelsWithOneThreadEachRunSideBySide() throws Exception {
    List<SensorImage> images = images(6);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (CsMoe first = oneThread();
        CsMoe second = oneThread()) {
      List<float[]> alone =
          images.stream().map(i -> first.features(Sensor.SENTINEL2).embed(i).data()).toList();
      List<Future<float[]>> together = new ArrayList<>();
      for (int round = 0; round < 6; round++) {
        CsMoe model = round % 2 == 0 ? first : second;
        for (SensorImage image : images) {
          together.add(threads.submit(() -> model.features(Sensor.SENTINEL2).embed(image).data()));
        }
      }
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i % images.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void weightsOfProductsTakeHalfTheMemoryAndFeaturesStayClose() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
    try (CsMoe floats = small(Precision.F32);
        CsMoe halves = small(Precision.BF16)) {
      assertThat((double) bytes(halves) / bytes(floats)).isBetween(0.5, 0.52);
      SensorImage image = images(1).get(0);
      FeatureExtractor features = halves.features(Sensor.SENTINEL2).withResize(Resize.BILINEAR);
      float[] found = features.embed(image, Pooling.CLS_NORMALISED).data();
      assertThat(features.embed(image, Pooling.CLS_NORMALISED).data()).isEqualTo(found);
      float[] exact =
          floats
              .features(Sensor.SENTINEL2)
              .withResize(Resize.BILINEAR)
              .embed(image, Pooling.CLS_NORMALISED)
              .data();
      double cosine = 0;
      for (int i = 0; i < exact.length; i++) {
        cosine += (double) exact[i] * found[i];
      }
      assertThat(cosine).isBetween(0.99, 1 - 1e-7);
    }
  }

  @Test
  void whoeverTakesTheGraphFindsWeightsRowByRow() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
    SensorImage image = images(1).get(0);
    try (CsMoe compiled = tiny(Backend.ONEDNN);
        CsMoe session = tiny(Backend.SAMEDIFF)) {
      float[] before = compiled.features(Sensor.SENTINEL2).embed(image).data();
      SameDiff graph = compiled.unwrap(SameDiff.class);
      for (SDVariable variable : session.unwrap(SameDiff.class).variables()) {
        if (variable.getVariableType() == VariableType.VARIABLE) {
          assertThat(graph.getVariable(variable.name()).getArr()).isEqualTo(variable.getArr());
        }
      }
      assertThat(compiled.features(Sensor.SENTINEL2).embed(image).data())
          .containsExactly(before, within(1e-4f));
    }
  }

  private static CsMoe small(Precision precision) {
    return CsMoe.builder()
        .preset(CsMoePreset.CSMOE_SMALL)
        .backend(Backend.ONEDNN)
        .precision(precision)
        .build();
  }

  private static long bytes(CsMoe model) {
    return model.unwrap(SameDiff.class).variables().stream()
        .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
        .mapToLong(variable -> variable.getArr().length() * variable.dataType().width())
        .sum();
  }

  private static CsMoe oneThread() {
    return CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).threads(1).build();
  }

  @Test
  void memoryIsKnownBeforeItIsTakenAndCanBeLimited() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
    long one = FEATURES.workingBytes(1);
    long four = FEATURES.workingBytes(4);
    assertThat(one).isPositive();
    // The working memory of oneDNN's threads does not grow with the batch, and is most of it here
    // with many cores.
    assertThat(four).isGreaterThan(one).isLessThanOrEqualTo(4 * one);
    assertThat(four - one).isLessThanOrEqualTo(MODEL.cost(Sensor.SENTINEL2).peakActivationBytes(4));
    FeatureExtractor limited = FEATURES.withBatchSize(16).withMemoryLimit(four);
    List<SensorImage> images = images(9);
    float[] expected = FEATURES.withBatchSize(4).embed(images, Pooling.CLS).data();
    assertThat(limited.embed(images, Pooling.CLS).data()).isEqualTo(expected);
    assertThatThrownBy(() -> FEATURES.withMemoryLimit(one - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.format("%,d", one));
  }

  @Test
  void aStreamIsTheSameAsAListWhateverTheBatchSize() {
    List<SensorImage> images = images(5);
    FeatureTensor list = FEATURES.embed(images, Pooling.MEAN_ALL);
    List<FeatureTensor> stream =
        FEATURES.withBatchSize(2).embed(images.stream(), Pooling.MEAN_ALL).toList();
    assertThat(stream).hasSize(5);
    for (int i = 0; i < 5; i++) {
      for (int d = 0; d < list.size(1); d++) {
        // products of other sizes may add in another order
        assertThat(stream.get(i).get(d)).isCloseTo(list.get(i, d), within(1e-5f));
      }
    }
  }

  @Test
  void aPlanExplainsItselfAndTheSessionSaysWhatItIs() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
    try (CsMoe compiled = tiny(Backend.ONEDNN);
        CsMoe session = tiny(Backend.SAMEDIFF)) {
      assertThat(compiled.features(Sensor.SENTINEL2).explain(3))
          .contains("product [48, 640] x [640, 32]")
          .contains("layer norm [51, 32]")
          .contains("arena of")
          .doesNotContain("fallback");
      assertThat(session.features(Sensor.SENTINEL2).explain(3)).contains("session");
      assertThatThrownBy(() -> session.features(Sensor.SENTINEL2).explain(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 1");
    }
  }

  private static CsMoe tiny(Backend backend) {
    return CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).backend(backend).build();
  }

  @Test
  void bandsAreMatchedByNameWhateverTheirOrder() {
    SensorImage image = image(32, 3);
    List<Band> reversed = new ArrayList<>(image.bands());
    Collections.reverse(reversed);
    float[] pixels = new float[image.data().length];
    for (int b = 0; b < 10; b++) {
      System.arraycopy(image.data(), image.offset(reversed.get(b)), pixels, b * 1024, 1024);
    }
    SensorImage shuffled = SensorImage.of(Sensor.SENTINEL2, reversed, 32, 32, pixels);
    assertThat(FEATURES.embed(shuffled).data()).isEqualTo(FEATURES.embed(image).data());
  }

  @Test
  void aMissingBandAWrongSensorAndAWrongSizeAreNamed() {
    SensorImage red = SensorImage.of(Sensor.SENTINEL2, List.of(Band.B04), 32, 32, new float[1024]);
    assertThatThrownBy(() -> FEATURES.embed(red))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found [B04]")
        .hasMessageContaining("expected [B02");
    SensorImage radar =
        SensorImage.of(Sensor.SENTINEL1, Sensor.SENTINEL1.defaultBands(), 32, 32, new float[2048]);
    assertThatThrownBy(() -> FEATURES.embed(radar))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SENTINEL1");
    assertThatThrownBy(() -> FEATURES.embed(image(24, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("24 x 24")
        .hasMessageContaining("32 x 32");
    assertThat(FEATURES.withResize(Resize.BILINEAR).embed(image(24, 0)).size(0)).isEqualTo(32);
  }

  @Test
  void aPixelWithoutDataCountsAsTheBandsMean() {
    SensorImage missing = image(32, 4);
    SensorImage filled = image(32, 4);
    int pixel = missing.offset(Band.B08) + 77;
    missing.data()[pixel] = Float.NaN;
    filled.data()[pixel] = (float) MODEL.config().statistics().of(Band.B08).mean();
    assertThat(FEATURES.embed(missing).data()).isEqualTo(FEATURES.embed(filled).data());
  }

  @Test
  void gridsAndLayersHaveTheirShapes() {
    assertThat(FEATURES.tokenGrid(images(3)).shape()).containsExactly(3, 4, 4, 32);
    List<FeatureTensor> layers = FEATURES.intermediates(images(2), LayerSelection.grids(0, -1));
    assertThat(layers).hasSize(2);
    assertThat(layers.get(1).shape()).containsExactly(2, 32, 4, 4);
    assertThat(layers.get(1).get(1, 5, 2, 3))
        .isEqualTo(FEATURES.tokenGrid(images(2)).get(1, 2, 3, 5));
    assertThatThrownBy(() -> FEATURES.intermediates(images(1), LayerSelection.grids(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between -2 and 1 but was 2");
  }

  @Test
  void anInterruptedThreadStopsWithAnErrorAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> FEATURES.embed(images(2), Pooling.CLS))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aClosedModelSaysSoAndUnwrapGivesTheGraph() {
    CsMoe model = CsMoe.builder().preset(CsMoePreset.CSMAE_TINY).build();
    assertThat(model.unwrap(SameDiff.class).ops()).isNotEmpty();
    assertThatThrownBy(() -> model.unwrap(String.class))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("SameDiff");
    FeatureExtractor features = model.features(Sensor.SENTINEL2);
    assertThatThrownBy(() -> features.routing(image(32, 0), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DENSE");
    model.close();
    model.close();
    assertThatThrownBy(() -> features.embed(image(32, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void theSameSeedDrawsTheSameModelAndOneSensorsPathIsThatOfTheWhole() {
    SensorImage image = image(32, 9);
    try (CsMoe one =
        CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).onlySensor(Sensor.SENTINEL2).build()) {
      assertThat(one.features(Sensor.SENTINEL2).embed(image).data())
          .isEqualTo(FEATURES.embed(image).data());
      assertThatThrownBy(() -> one.features(Sensor.SENTINEL1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("SENTINEL1");
    }
  }
}
