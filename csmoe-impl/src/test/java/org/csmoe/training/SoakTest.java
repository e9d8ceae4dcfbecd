package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long work holds no more memory at its end than after its beginning. */
@Tag("slow")
class SoakTest {
  /** Histories and caches of the platform; one leaked result of 32 floats a pass is more. */
  private static final long HEAP_GROWTH = 1L << 20;

  /**
   * Compiled code and the allocator's arenas still grow; a leak of one run's arena is gigabytes.
   */
  private static final long RESIDENT_GROWTH = 64L << 20;

  @TempDir private Path folder = Path.of("");

  private static void requireSteady(String what, List<ProcessMemory> samples) {
    for (int i = 0; i < samples.size(); i++) {
      System.out.printf("%s, measurement %d: %s%n", what, i, samples.get(i));
    }
    ProcessMemory early = samples.get(1);
    ProcessMemory last = samples.get(samples.size() - 1);
    assertThat(last.heap()).as("live heap").isLessThan(early.heap() + HEAP_GROWTH);
    assertThat(last.pointers()).as("native pointers").isLessThanOrEqualTo(early.pointers());
    assertThat(last.resident()).as("resident").isLessThan(early.resident() + RESIDENT_GROWTH);
  }

  @Test
  void tenThousandPassesFromFourThreadsAreEqualAndTakeNoMoreMemory() throws Exception {
    List<SensorImage> images = new ArrayList<>();
    Pairs.waves(10, 32, 5).forEach(sample -> images.add(sample.image(Sensor.SENTINEL2)));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<ProcessMemory> samples = new ArrayList<>(List.of(ProcessMemory.measure()));
    try (CsMoe model = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).build()) {
      FeatureExtractor features = model.features(Sensor.SENTINEL2);
      List<float[]> alone = images.stream().map(image -> features.embed(image).data()).toList();
      for (int block = 0; block < 10; block++) {
        List<Future<float[]>> results = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
          SensorImage image = images.get(i % images.size());
          results.add(threads.submit(() -> features.embed(image).data()));
        }
        for (int i = 0; i < results.size(); i++) {
          assertThat(results.get(i).get()).isEqualTo(alone.get(i % alone.size()));
        }
        results.clear();
        samples.add(ProcessMemory.measure());
      }
    } finally {
      threads.shutdownNow();
    }
    requireSteady("1000 forward passes", samples);
  }

  @Test
  void aThousandStepsOfPretrainingTakeNoMoreMemory() throws IOException {
    List<ProcessMemory> samples = new ArrayList<>(List.of(ProcessMemory.measure()));
    TrainingListener measuring =
        new TrainingListener() {
          @Override
          public void stepped(Step step) {
            if (step.step() % 100 == 0) {
              try {
                samples.add(ProcessMemory.measure());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }
        };
    TrainingResult result =
        TinyPretraining.builder(100, 80).listener(measuring).folder(folder).build().run();
    assertThat(result.steps()).isEqualTo(1000);
    requireSteady("100 steps", samples);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }
}
