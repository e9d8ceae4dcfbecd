package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.evaluation.ClassificationResult;
import org.csmoe.evaluation.MultiLabelResult;
import org.csmoe.evaluation.SegmentationResult;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.GoldenConfig;
import org.csmoe.sensor.Sensor;
import org.csmoe.training.TrainingResult.End;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;

/** Fine-tuning of a very small model on made-up images. */
class FineTuningTest {
  private static final int SIZE = 16;

  private static final CsMoeConfig MODEL = TinyPretraining.MODEL;

  @TempDir private Path folder = Path.of("");

  private static TrainingSettingsBuilder settings() {
    return TrainingSettings.builder().epochs(4).batchSize(8).learningRate(3e-3).warmUpEpochs(0);
  }

  private static FineTuningBuilder sides(TrainingSettings settings) {
    return FineTuning.builder()
        .model(MODEL)
        .sensor(Sensor.SENTINEL2)
        .head(Head.linear(4))
        .settings(settings)
        .training(Patterns.sides(32, SIZE, 1))
        .validation(Patterns.sides(12, SIZE, 2))
        .augmentation(Augmentation.none())
        .threads(1);
  }

  private static FineTuningBuilder masks(TrainingSettings settings) {
    return sides(settings)
        .head(SegmentationHead.uperNet(2).withChannels(8))
        .training(Patterns.masks(32, SIZE, 1))
        .validation(Patterns.masks(12, SIZE, 2));
  }

  @Test
  void classesAreLearnt() {
    try (FineTuned tuned = sides(settings().epochs(30).build()).build().run()) {
      assertThat(tuned.training().end()).isEqualTo(End.COMPLETED);
      assertThat(tuned.training().best()).containsKeys("total", "averageAccuracy");
      Dataset test = Patterns.sides(20, SIZE, 3);
      assertThat(tuned.evaluate(test)).isInstanceOf(ClassificationResult.class);
      assertThat(tuned.evaluate(test).headline()).isGreaterThan(0.9);
      assertThat(tuned.predict(test.get(2))).isEqualTo(Target.classes(2));
      float[] together = tuned.scores(List.of(test.get(0), test.get(1), test.get(2))).data();
      float[] alone = tuned.scores(List.of(test.get(2))).data();
      for (int i = 0; i < 4; i++) {
        // Products of other sizes add in another order.
        assertThat(alone[i]).isCloseTo(together[8 + i], within(1e-4f));
      }
      assertThat(tuned.scores(List.of(test.get(0), test.get(1))).shape()).containsExactly(2, 4);
    }
  }

  @Test
  void masksAreLearntOnAFrozenEncoder() {
    FineTuning probe = masks(settings().epochs(12).build()).freezeEncoder().build();
    try (FineTuned tuned = probe.run()) {
      Dataset test = Patterns.masks(20, SIZE, 3);
      SegmentationResult result = (SegmentationResult) tuned.evaluate(test);
      assertThat(result.count()).isEqualTo(20L * SIZE * (SIZE - 1));
      assertThat(result.meanIou()).isGreaterThan(0.85);
      assertThat(tuned.scores(List.of(test.get(0))).shape()).containsExactly(1, SIZE, SIZE, 2);
      Target.Mask map = (Target.Mask) tuned.predict(test.get(0));
      assertThat(map.classes()[SIZE * 8 + 2]).isEqualTo(1);
      assertThat(map.classes()[SIZE * 8 + 13]).isZero();
    }
  }

  @Test
  void anyNumberOfClassesIsLearnt() {
    FineTuning tuning =
        sides(settings().epochs(30).build())
            .head(Head.linear(2))
            .loss(Loss.binaryCrossEntropy())
            .training(Patterns.labels(32, SIZE, 1))
            .validation(Patterns.labels(12, SIZE, 2))
            .build();
    try (FineTuned tuned = tuning.run()) {
      Dataset test = Patterns.labels(20, SIZE, 3);
      MultiLabelResult result = (MultiLabelResult) tuned.evaluate(test);
      assertThat(result.headline()).isGreaterThan(0.95);
      assertThat(tuned.predict(test.get(2))).isEqualTo(Target.classes(0, 1));
      assertThat(tuned.predict(test.get(1))).isEqualTo(Target.classes());
    }
  }

  @Test
  void aRunThatDiedGoesOnToTheWeightsOfOneThatDidNot() throws IOException {
    TrainingSettings settings = settings().build();
    try (FineTuned whole = masks(settings).folder(folder.resolve("a")).build().run()) {
      whole.save(folder.resolve("whole"));
    }
    TrainingListener death =
        new TrainingListener() {
          @Override
          public void stepped(Step step) {
            if (step.step() == 10) {
              throw new IllegalStateException("died");
            }
          }
        };
    assertThatThrownBy(
            () -> masks(settings).folder(folder.resolve("b")).listener(death).build().run())
        .hasMessage("died");
    try (FineTuned parts = masks(settings).folder(folder.resolve("b")).build().run()) {
      parts.save(folder.resolve("parts"));
      assertThat(parts.training().history()).hasSize(4);
    }
    for (String file : List.of("model.safetensors", "model.json")) {
      assertThat(Files.readAllBytes(folder.resolve("parts").resolve(file)))
          .isEqualTo(Files.readAllBytes(folder.resolve("whole").resolve(file)));
    }
    assertThatThrownBy(
            () -> masks(settings).freezeLayers(1).folder(folder.resolve("b")).build().run())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("another task: trained");
  }

  @Test
  void twoRunsAreTheSame() throws IOException {
    for (String name : List.of("a", "b")) {
      try (FineTuned tuned = masks(settings().microBatches(2).build()).build().run()) {
        tuned.save(folder.resolve(name));
      }
    }
    assertThat(Files.readAllBytes(folder.resolve("a/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("b/model.safetensors")));
  }

  /** Names of the tensors that training changed. */
  private Set<String> changed(FineTuningBuilder tuning) throws IOException {
    try (FineTuned before = sides(settings().epochs(1).learningRate(0).build()).build().run();
        FineTuned after = tuning.build().run()) {
      before.save(folder.resolve("before"));
      after.save(folder.resolve("after"));
    }
    Set<String> names = new TreeSet<>();
    try (Checkpoint before = Checkpoint.open(folder.resolve("before/model.safetensors"));
        Checkpoint after = Checkpoint.open(folder.resolve("after/model.safetensors"))) {
      for (String name : before.tensors().keySet()) {
        if (!Arrays.equals(GoldenConfig.tensor(before, name), GoldenConfig.tensor(after, name))) {
          names.add(name);
        }
      }
    }
    return names;
  }

  @Test
  void whatIsFrozenStays() throws IOException {
    assertThat(changed(sides(settings().build()).freezeEncoder()))
        .containsExactly("head.classifier.bias", "head.classifier.weight");
    assertThat(changed(sides(settings().build()).freezeLayers(1)))
        .allMatch(
            name ->
                name.startsWith("blocks.0") || name.startsWith("norm.") || name.contains("head"))
        .contains("norm.weight", "head.classifier.weight", "blocks.0.norm1.weight");
    assertThat(changed(sides(settings().build())))
        .contains("cls_token_s2", "patch_embed_s2.proj.weight", "blocks_s2.0.norm1.weight")
        .doesNotContain("pos_embed");
  }

  @Test
  void layersHaveTheRatesOfTheirDepth() {
    CsMoeConfig config = MODEL.toBuilder().sensorLayers(4).sharedLayers(2).buildConfig();
    LayerRates rates = new LayerRates(config, 2, 0.5);
    assertThat(rates.of("head.classifier.weight")).isEqualTo(1);
    assertThat(rates.of("norm.weight")).isEqualTo(1);
    assertThat(rates.of("blocks.1.norm1.weight")).isEqualTo(0.5);
    assertThat(rates.of("blocks.0.norm1.weight")).isEqualTo(0.25);
    assertThat(rates.of("norm_s2.weight")).isEqualTo(0.125);
    assertThat(rates.of("blocks_s2.3.norm1.weight")).isEqualTo(0.125);
    assertThat(rates.of("blocks_s2.2.norm1.weight")).isEqualTo(0.0625);
    assertThat(rates.of("blocks_s2.1.norm1.weight")).isZero();
    assertThat(rates.of("cls_token_s2")).isZero();
    assertThat(new LayerRates(config, LayerRates.ENCODER, 1).of("norm.weight")).isZero();
  }

  @Test
  void trainingStopsEarlyAndTheBestWeightsAreRestored() {
    TrainingSettings still = settings().epochs(50).learningRate(0).patience(2).build();
    try (FineTuned tuned = sides(still).build().run()) {
      assertThat(tuned.training().end()).isEqualTo(End.EARLY_STOP);
      assertThat(tuned.training().history()).hasSize(3);
    }
    TrainingSettings wild = settings().epochs(6).learningRate(0.1).build();
    for (FineTuning.Decision decision : FineTuning.Decision.values()) {
      try (FineTuned tuned = masks(wild).decidedBy(decision).build().run()) {
        TrainingResult result = tuned.training();
        String name = decision == FineTuning.Decision.LOSS ? "total" : "meanIou";
        double best = result.best().getOrDefault(name, Double.NaN);
        assertThat(result.bestScore()).isEqualTo(best);
        for (TrainingListener.Epoch epoch : result.history()) {
          double other = epoch.validation().getOrDefault(name, Double.NaN);
          assertThat(decision == FineTuning.Decision.LOSS ? other >= best : other <= best).isTrue();
        }
        // Running statistics included; the same weights, in batches of another size.
        assertThat(tuned.evaluate(Patterns.masks(12, SIZE, 2)).headline())
            .isCloseTo(result.best().getOrDefault("meanIou", Double.NaN), within(1e-3));
      }
    }
  }

  @Test
  void whatIsSavedLoadsAndItsEncoderIsAModel() throws IOException {
    Head head = SegmentationHead.uperNet(2).withChannels(8);
    Dataset test = Patterns.masks(3, SIZE, 3);
    List<Sample> samples = List.of(test.get(0), test.get(1), test.get(2));
    try (FineTuned tuned = masks(settings().build()).build().run()) {
      tuned.save(folder);
      try (FineTuned loaded = FineTuned.load(folder, head)) {
        // The same weights; more threads add in another order.
        assertThat(loaded.scores(samples).data())
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(tuned.scores(samples).data());
        assertThat(loaded.training()).isEqualTo(tuned.training());
        assertThat(loaded.classes()).isEqualTo(Patterns.LAND);
        assertThat(loaded.unwrap(SameDiff.class).hasVariable("scores")).isTrue();
      }
    }
    assertThatThrownBy(() -> FineTuned.load(folder, Head.linear(2)))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("classifier");
    try (CsMoe model =
        MODEL.toBuilder()
            .onlySensor(Sensor.SENTINEL2)
            .weights(Weights.file(folder.resolve("model.safetensors")))
            .build()) {
      assertThat(model.loadReport().complete()).isTrue();
    }
    Files.writeString(folder.resolve("model.json"), "{}");
    assertThatThrownBy(() -> FineTuned.load(folder, head))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("model.json");
  }

  @Test
  void imagesOfAnotherSizeAreResizedWithTheirMasks() {
    FineTuning tuning =
        masks(settings().epochs(1).build())
            .resize(Resize.BILINEAR)
            .training(Patterns.masks(16, 24, 1))
            .validation(Patterns.masks(8, 24, 2))
            .build();
    try (FineTuned tuned = tuning.run()) {
      Dataset test = Patterns.masks(4, 24, 3);
      assertThat(tuned.evaluate(test).count()).isEqualTo(4 * 24 * 23);
      Target.Mask map = (Target.Mask) tuned.predict(test.get(0));
      assertThat(map.width()).isEqualTo(24);
    }
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    TrainingSettings settings = settings().epochs(1).build();
    assertThatThrownBy(() -> FineTuning.builder().build()).hasMessage("sensor must be set");
    assertThatThrownBy(() -> sides(settings).head(Head.linear(5)).build().run())
        .hasMessageContaining("with 4 classes")
        .hasMessageContaining("yielded [-1, 5]");
    assertThatThrownBy(() -> sides(settings).training(Patterns.sides(8, 12, 1)).build().run())
        .hasMessageContaining("sample pattern")
        .hasMessageContaining("16 x 16 pixels but was 12 x 12");
    assertThatThrownBy(() -> sides(settings).validation(Patterns.masks(8, SIZE, 1)).build())
        .hasMessageContaining("validation must have the classes of training");
    assertThatThrownBy(() -> sides(settings).training(untargeted(Target.none())).build().run())
        .hasMessageContaining("target of sample s0: expected classes of the sample, found None");
    assertThatThrownBy(
            () -> sides(settings).training(untargeted(Target.classes(1, 2))).build().run())
        .hasMessageContaining("expected one class, found 2 classes");
    assertThatThrownBy(() -> sides(settings).training(untargeted(Target.classes(9))).build().run())
        .hasMessageContaining("expected classes in 0..3, found class 9");
    assertThatThrownBy(() -> sides(settings).loss(Loss.crossEntropy(1, 2)).build().run())
        .hasMessage("classWeights must be 4, one for each class, but were 2");
    assertThatThrownBy(() -> Loss.crossEntropy(1, -2))
        .hasMessage("classWeights must be finite and not negative but number 1 was -2.0");
    assertThatThrownBy(() -> sides(settings).freezeLayers(3).build())
        .hasMessage("freezeLayers must be at most the model's layers, 2, but was 3");
    assertThatThrownBy(() -> sides(settings).layerDecay(0))
        .hasMessage("layerDecay must be above 0 and at most 1 but was 0.0");
    assertThatThrownBy(() -> sides(settings).loss((o, scores, targets) -> scores).build().run())
        .hasMessageContaining("loss must yield one number");
    assertThatThrownBy(() -> masks(settings().epochs(1).batchSize(1).build()).build().run())
        .hasMessageContaining("expected at least 2");
  }

  private static Dataset untargeted(Target target) {
    Dataset images = Patterns.sides(8, SIZE, 1);
    return Dataset.of(
        Patterns.SIDES, 8, i -> new Sample("s0", Map.copyOf(images.get(i).images()), target));
  }
}
