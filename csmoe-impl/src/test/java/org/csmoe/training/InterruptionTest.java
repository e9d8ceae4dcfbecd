package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.CsMoePreset;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.Pooling;
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
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run(begun);
              } catch (Throwable e) {
                thrown.set(e);
              }
            },
            "interrupted-work");
    thread.start();
    assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
    TimeUnit.MICROSECONDS.sleep(microseconds);
    thread.interrupt();
    thread.join(TimeUnit.MINUTES.toMillis(5));
    assertThat(thread.isAlive()).isFalse();
    return Objects.requireNonNull(thrown.get(), "what the interrupted work threw");
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
      // Between steps a checkpoint is written; within one, or within a write, it is given up.
      assertThat(thrown).isInstanceOfAny(CsMoeException.class, UncheckedIOException.class);
      assertThat(ourThreads()).isEmpty();
      requireWholeFiles();
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
