package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.CsMoePreset;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.Pooling;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interrupting another thread's work, wherever it is just then. */
class InterruptionTest {
  @TempDir private Path folder = Path.of("");

  /** Runs work on a thread, interrupts it some time after it has begun, and tells what it threw. */
  private static Throwable interrupt(Interruptible work, long microseconds) throws Exception {
    return interruptIfGoing(work, microseconds).orElseThrow();
  }

  /** The same; empty if the work came to its end before. */
  private static Optional<Throwable> interruptIfGoing(Interruptible work, long microseconds)
      throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run(begun);
              } catch (Throwable e) {
                thrown.set(e);
              } finally {
                // Where there was nothing left to do but write the result, no step is made.
                begun.countDown();
              }
            },
            "interrupted-work");
    thread.start();
    assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
    TimeUnit.MICROSECONDS.sleep(microseconds);
    thread.interrupt();
    thread.join(TimeUnit.MINUTES.toMillis(5));
    assertThat(thread.isAlive()).isFalse();
    return Optional.ofNullable(thrown.get());
  }

  private interface Interruptible {
    void run(CountDownLatch begun);
  }

  private static List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("csmoe-prefetch"))
        .toList();
  }

  @Test
  void pretrainingEndsWithoutThreadOrTemporaryFileAndGoesOn() throws Exception {
    for (int round = 0; round < 6; round++) {
      // Two thousand epochs: it cannot end before it is interrupted.
      Throwable thrown =
          interrupt(
              begun ->
                  TinyPretraining.builder(2000, 24)
                      .listener(
                          new TrainingListener() {
                            @Override
                            public void stepped(Step step) {
                              begun.countDown();
                            }
                          })
                      .folder(folder)
                      .build()
                      .run(),
              1000L + 7919L * round);
      assertThat(thrown)
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("; run it again on " + folder + " to go on");
      assertThat(ourThreads()).isEmpty();
      requireWholeFiles();
    }
  }

  @Test
  void pretrainingLosesNoStepHoweverOftenItIsInterrupted() throws Exception {
    TinyPretraining.builder(12, 24).folder(folder.resolve("whole")).build().run();
    interruptUntilDone(
        folder.resolve("parts/model.safetensors"),
        (step, done) -> assertThat(step).isEqualTo(done),
        listener ->
            TinyPretraining.builder(12, 24)
                .listener(listener)
                .folder(folder.resolve("parts"))
                .build()
                .run());
    assertThat(folder.resolve("parts/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
  }

  /** Between the parts of a batch, batch norms have seen some of a step that is not made. */
  @Test
  void batchNormsInPartsOfABatchAreNeverHalfUpdated() throws Exception {
    tune("whole", listener -> {});
    interruptUntilDone(
        folder.resolve("parts/model.safetensors"),
        (step, done) -> assertThat(step).isLessThanOrEqualTo(done),
        listener -> tune("parts", builder -> builder.listener(listener)));
    assertThat(folder.resolve("parts/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
  }

  private void tune(String name, Consumer<FineTuningBuilder> change) {
    FineTuningBuilder builder =
        FineTuning.builder()
            .model(TinyPretraining.MODEL)
            .sensor(Sensor.SENTINEL2)
            .head(SegmentationHead.uperNet(2).withChannels(8))
            .settings(
                TrainingSettings.builder()
                    .epochs(3)
                    .batchSize(8)
                    .microBatches(2)
                    .warmUpEpochs(0)
                    .build())
            .training(Patterns.masks(24, 16, 1))
            .threads(1)
            .folder(folder.resolve(name + "-checkpoints"));
    change.accept(builder);
    try (FineTuned tuned = builder.build().run()) {
      tuned.save(folder.resolve(name));
    } catch (IOException e) {
      throw Failures.of(folder.resolve(name), "cannot be written", e);
    }
  }

  /** What a run that goes on begins with, and the steps that were made before. */
  private interface Beginning {
    void check(long step, long done);
  }

  /** Interrupts runs at different moments until one comes to its end and makes a file. */
  private static void interruptUntilDone(
      Path file, Beginning beginning, Consumer<TrainingListener> run) throws Exception {
    long[] done = new long[1];
    for (int round = 0; !Files.exists(file); round++) {
      assertThat(round).as("rounds").isLessThan(100);
      Optional<Throwable> thrown =
          interruptIfGoing(
              begun ->
                  run.accept(
                      new TrainingListener() {
                        @Override
                        public void begins(long step) {
                          beginning.check(step, done[0]);
                        }

                        @Override
                        public void stepped(Step step) {
                          done[0] = step.step();
                          begun.countDown();
                        }
                      }),
              1000L + 4793L * (round % 17));
      // Unchecked when the result was being written; then only that is made again.
      thrown.ifPresent(
          e ->
              assertThat(e)
                  .isInstanceOfAny(CsMoeException.class, UncheckedIOException.class)
                  .hasMessageContaining("interrupted"));
    }
  }

  private void requireWholeFiles() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    for (Path file : files) {
      assertThat(file.getFileName().toString()).doesNotStartWith(".");
      if (file.toString().endsWith(".safetensors")) {
        Checkpoint.open(file).close();
      }
    }
  }

  @Test
  void anExtractorWorksOnAfterAnInterruptedRun() throws Exception {
    List<SensorImage> images = new ArrayList<>();
    Pairs.waves(4, 32, 6).forEach(sample -> images.add(sample.image(Sensor.SENTINEL2)));
    try (CsMoe model = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).build()) {
      FeatureExtractor features = model.features(Sensor.SENTINEL2);
      float[] before = features.embed(images, Pooling.CLS).data();
      for (int round = 0; round < 10; round++) {
        Throwable thrown =
            interrupt(
                begun -> {
                  begun.countDown();
                  for (int i = 0; i < 1_000_000; i++) {
                    features.embed(images, Pooling.CLS);
                  }
                },
                500L + 1789L * round);
        assertThat(thrown).isInstanceOf(CsMoeException.class).hasMessageContaining("interrupted");
        assertThat(features.embed(images, Pooling.CLS).data()).isEqualTo(before);
      }
    }
  }
}
