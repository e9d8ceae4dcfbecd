package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;
import org.csmoe.Weights;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pretraining of a very small model on made-up pairs. */
class PretrainingTest {
  private static final CsMoeConfig MODEL = TinyPretraining.MODEL;
  private static final Objective OBJECTIVE = TinyPretraining.OBJECTIVE;

  @TempDir private Path folder = Path.of("");

  private static TrainingSettingsBuilder settings() {
    return TinyPretraining.settings(4);
  }

  private PretrainingBuilder pretraining(String name, TrainingSettings settings) {
    return TinyPretraining.builder(4, 24).settings(settings).folder(folder.resolve(name));
  }

  /** Collects the total loss of each step. */
  private static final class Recorder implements TrainingListener {
    private final List<Double> losses = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    @Override
    public void stepped(Step step) {
      losses.add(step.losses().getOrDefault("total", Double.NaN));
      names.addAll(step.losses().keySet());
    }
  }

  private static double total(Map<String, Double> losses) {
    return Objects.requireNonNull(losses.get("total"));
  }

  @Test
  void lossesFallOnTrainingAndOnValidation() {
    Recorder recorder = new Recorder();
    TrainingResult result =
        pretraining("a", settings().epochs(30).build()).listener(recorder).build().run();
    assertThat(result.end()).isEqualTo(TrainingResult.End.COMPLETED);
    assertThat(result.steps()).isEqualTo(90);
    assertThat(recorder.names)
        .contains("unimodal", "crossModal", "mutualInformation", "repulsion", "total")
        .doesNotContain("entropy");
    List<TrainingListener.Epoch> history = result.history();
    assertThat(total(history.get(29).training()))
        .isLessThan(0.8 * total(history.get(0).training()));
    assertThat(total(result.best())).isLessThan(0.8 * total(history.get(0).validation()));
  }

  @Test
  void theResultIsAModelThatLoads() {
    pretraining("a", settings().build()).build().run();
    Path file = folder.resolve("a/model.safetensors");
    try (CsMoe model = MODEL.toBuilder().weights(Weights.file(file)).build()) {
      assertThat(model.loadReport().complete()).isTrue();
      Dataset images = Pairs.waves(1, 16, 3);
      assertThat(
              model.features(Sensor.SENTINEL2).embed(images.get(0).image(Sensor.SENTINEL2)).data())
          .hasSize(16);
    }
    assertThat(folder.resolve("a/model.json")).content().contains("\"bestEpoch\"");
  }

  @Test
  void aRunThatDiedGoesOnWithTheLossesOfOneThatDidNot() throws IOException {
    Recorder whole = new Recorder();
    pretraining("whole", settings().build()).listener(whole).build().run();

    Recorder first = new Recorder();
    TrainingListener death =
        new TrainingListener() {
          @Override
          public void stepped(Step step) {
            if (step.step() == 8) {
              throw new IllegalStateException("died");
            }
          }
        };
    assertThatThrownBy(
            () ->
                pretraining("parts", settings().build())
                    .listener(first)
                    .listener(death)
                    .build()
                    .run())
        .hasMessage("died");
    Recorder second = new Recorder();
    TrainingResult result = pretraining("parts", settings().build()).listener(second).build().run();

    // The checkpoint was written after the second epoch of three steps each.
    assertThat(first.losses).isEqualTo(whole.losses.subList(0, 8));
    assertThat(second.losses).isEqualTo(whole.losses.subList(6, 12));
    assertThat(result.history()).hasSize(4);
    assertThat(Files.readAllBytes(folder.resolve("parts/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
    assertThat(Files.readAllBytes(folder.resolve("parts/model.json")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.json")));
  }

  @Test
  void aRunThatIsInterruptedSavesWhereItWas() throws IOException {
    Recorder whole = new Recorder();
    pretraining("whole", settings().build()).listener(whole).build().run();
    TrainingListener interruption =
        new TrainingListener() {
          @Override
          public void stepped(Step step) {
            if (step.step() == 5) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertThatThrownBy(
            () -> pretraining("parts", settings().build()).listener(interruption).build().run())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted after 5 of 12 steps")
        .hasMessageContaining("run it again");
    assertThat(Thread.interrupted()).isTrue();
    Recorder second = new Recorder();
    pretraining("parts", settings().build()).listener(second).build().run();
    assertThat(second.losses).isEqualTo(whole.losses.subList(5, 12));
    assertThat(Files.readAllBytes(folder.resolve("parts/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
  }

  @Test
  void aFinishedRunIsNotMadeAgain() {
    TrainingResult first = pretraining("a", settings().build()).build().run();
    Recorder recorder = new Recorder();
    TrainingResult second = pretraining("a", settings().build()).listener(recorder).build().run();
    assertThat(recorder.losses).isEmpty();
    assertThat(second).isEqualTo(first);
  }

  @Test
  void panelsShowVisiblePatchesAsTheyAreAndTheRestGrey() throws IOException {
    Dataset shown = Pairs.waves(2, 16, 9);
    pretraining("a", settings().build())
        .panels(List.of(shown.get(0), shown.get(1)), 3)
        .build()
        .run();
    assertThat(folder.resolve("a/reconstruction-0003.png")).exists();
    assertThat(folder.resolve("a/reconstruction-0002.png")).doesNotExist();
    BufferedImage picture = ImageIO.read(folder.resolve("a/reconstruction-0004.png").toFile());
    // Eight columns of 16 pixels, eight times as large, and a title.
    assertThat(picture.getWidth()).isEqualTo(8 * 132);
    assertThat(picture.getHeight()).isEqualTo(18 + 2 * 132);
    int grey = 0;
    for (int patch = 0; patch < 16; patch++) {
      int x = 132 + patch % 4 * 32 + 16;
      int y = 18 + patch / 4 * 32 + 16;
      int seen = picture.getRGB(x, y) & 0xFFFFFF;
      grey += seen == 0x808080 ? 1 : 0;
      assertThat(seen == 0x808080 || seen == (picture.getRGB(x - 132, y) & 0xFFFFFF)).isTrue();
    }
    assertThat(grey).isEqualTo(8);
  }

  @Test
  void otherSettingsAreNotContinued() {
    pretraining("a", settings().build()).build().run();
    assertThatThrownBy(() -> pretraining("a", settings().epochs(5).build()).build().run())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("checkpoint-000000012.safetensors")
        .hasMessageContaining("epochs: found 4, expected 5");
  }

  @Test
  void anotherModelIsNotContinuedAndTheMessageSaysInWhat() {
    pretraining("a", settings().build()).build().run();
    CsMoeConfig other = MODEL.toBuilder().experts(5).buildConfig();
    assertThatThrownBy(() -> pretraining("a", settings().build()).model(other).build().run())
        .isInstanceOf(CsMoeException.class)
        .hasMessageEndingWith(
            "another task: model.experts: found 3, expected 5. Use these, or another folder");
  }

  @Test
  void otherDataAreNotContinued() {
    pretraining("a", settings().build()).build().run();
    assertThatThrownBy(
            () ->
                pretraining("a", settings().build()).training(Pairs.waves(32, 16, 1)).build().run())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("checkpoint-000000012.safetensors")
        .hasMessageContaining("on 24 samples, found 32");
  }

  @Test
  void aDamagedCheckpointIsNamedWithTheWayOn() throws IOException {
    pretraining("a", settings().build()).build().run();
    Path newest = folder.resolve("a/checkpoint-000000012.safetensors");
    Files.write(newest, Arrays.copyOf(Files.readAllBytes(newest), 5000));
    assertThatThrownBy(() -> pretraining("a", settings().build()).build().run())
        .isInstanceOf(WeightFormatException.class)
        .hasMessageStartingWith(newest.toString())
        .hasMessageEndingWith("Delete it to go on from the checkpoint before it");
    Files.delete(newest);
    assertThat(pretraining("a", settings().build()).build().run().steps()).isEqualTo(12);
  }

  @Test
  void aSecondTrainingInOneFolderIsRefusedAndWhatAKilledOneLeftGoes() throws IOException {
    Path left = folder.resolve("a/.best.safetensors.%s.part".formatted(UUID.randomUUID()));
    Files.createDirectories(left.getParent());
    Files.createFile(left);
    TrainingListener second =
        new TrainingListener() {
          @Override
          public void begins(long step) {
            assertThat(left).doesNotExist();
            assertThatThrownBy(() -> pretraining("a", settings().build()).build().run())
                .isInstanceOf(CsMoeException.class)
                .hasMessageContaining("another run is writing into this folder");
          }
        };
    pretraining("a", settings().build()).listener(second).build().run();
  }

  @Test
  void weightsOfAnotherModelAreNotSilentlyLeftOut() {
    CsMoeConfig wider = MODEL.toBuilder().width(32).buildConfig();
    pretraining("wide", settings().build()).model(wider).build().run();
    Weights weights = Weights.file(folder.resolve("wide/model.safetensors")).lenient();
    assertThatThrownBy(() -> pretraining("a", settings().build()).weights(weights).build().run())
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("of another shape: ")
        .hasMessageContaining("patch_embed.proj.weight found [32, 2, 4, 4] expected [16, 2, 4, 4]");
    assertThat(folder.resolve("a")).doesNotExist();
    pretraining("b", settings().build()).model(wider).weights(weights).build().run();
  }

  @Test
  void onlyTheLatestCheckpointsStay() throws IOException {
    pretraining("a", settings().keep(2).build()).build().run();
    try (Stream<Path> files = Files.list(folder.resolve("a"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "best.safetensors",
              "checkpoint-000000009.safetensors",
              "checkpoint-000000012.safetensors",
              "model.json",
              "model.safetensors");
    }
  }

  @Test
  void partsOfABatchGiveTheLossesOfTheWhole() {
    Recorder whole = new Recorder();
    Recorder parts = new Recorder();
    // The mutual information compares the images of a part, hence without.
    Objective objective =
        Objective.builder().decoders(OBJECTIVE.decoders()).mutualInformationWeight(0).build();
    UnaryOperator<PretrainingBuilder> change = builder -> builder.objective(objective);
    change
        .apply(pretraining("whole", settings().clipNorm(0.5).build()))
        .listener(whole)
        .build()
        .run();
    change
        .apply(pretraining("parts", settings().clipNorm(0.5).microBatches(4).build()))
        .listener(parts)
        .build()
        .run();
    for (int i = 0; i < 12; i++) {
      // Other orders of addition, through twelve updates of Adam, which divides by small numbers.
      assertThat(parts.losses.get(i)).isCloseTo(whole.losses.get(i), within(1e-3));
    }
  }

  @Test
  void aLossThatIsNoNumberEndsTrainingWithFiniteWeights() {
    Sample good = Pairs.waves(1, 16, 3).get(0);
    float[] huge = good.image(Sensor.SENTINEL1).data().clone();
    huge[7] = 3e38f;
    Map<Sensor, SensorImage> images = new EnumMap<>(good.images());
    images.put(
        Sensor.SENTINEL1,
        SensorImage.of(Sensor.SENTINEL1, Sensor.SENTINEL1.defaultBands(), 16, 16, huge));
    List<Sample> samples = new ArrayList<>();
    Pairs.waves(15, 16, 4).forEach(samples::add);
    samples.add(new Sample("bad", images, Target.none()));
    TrainingResult result =
        pretraining("a", settings().build()).training(Dataset.of(List.of(), samples)).build().run();
    assertThat(result.end()).isEqualTo(TrainingResult.End.DIVERGED);
    assertThat(result.steps()).isLessThan(2);
    try (CsMoe model =
        MODEL.toBuilder().weights(Weights.file(folder.resolve("a/model.safetensors"))).build()) {
      for (float value :
          model.features(Sensor.SENTINEL2).embed(good.image(Sensor.SENTINEL2)).data()) {
        assertThat(value).isFinite();
      }
    }
  }

  @Test
  void trainingStopsWhenValidationDoesNotImprove() {
    TrainingResult result =
        pretraining("a", settings().epochs(50).learningRate(0).patience(2).build()).build().run();
    assertThat(result.end()).isEqualTo(TrainingResult.End.EARLY_STOP);
    assertThat(result.history()).hasSize(3);
    assertThat(result.bestEpoch()).isZero();
    TrainingResult again =
        pretraining("a", settings().epochs(50).learningRate(0).patience(2).build()).build().run();
    assertThat(again.end()).isEqualTo(TrainingResult.End.EARLY_STOP);
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    assertThatThrownBy(() -> Pretraining.builder().build()).hasMessage("model must be set");
    assertThatThrownBy(
            () ->
                pretraining("a", settings().build()).training(Pairs.waves(24, 12, 1)).build().run())
        .hasMessageContaining("image must be 16 x 16 pixels but was 12 x 12");
    assertThatThrownBy(() -> pretraining("a", settings().batchSize(32).build()).build().run())
        .hasMessage("batchSize must be at most the number of training samples, 24, but was 32");
    assertThatThrownBy(() -> settings().batchSize(8).microBatches(3).build())
        .hasMessage("microBatches must divide batchSize 8 but was 3");
    assertThatThrownBy(() -> Objective.builder().maskRatio(1.5).build())
        .hasMessage("maskRatio must be between 0.0 and 1.0 but was 1.5");
  }
}
