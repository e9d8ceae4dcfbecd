package org.csmoe.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
import org.csmoe.features.FeatureTensor;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Milliseconds from a safetensors file of the p16 model to the embedding of one image, in a JVM
 * that has done nothing yet.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 5, jvmArgsAppend = "-Xmx3g")
public class LoadBenchmark {
  /** The weights, as {@code load.py} writes them. */
  @Param("p16.safetensors")
  public String weights = "";

  /** Loads, compiles, and embeds. */
  @Benchmark
  public FeatureTensor loadAndEmbed() {
    float[] pixels = new float[10 * 224 * 224];
    SensorImage image =
        SensorImage.of(Sensor.SENTINEL2, Sensor.SENTINEL2.defaultBands(), 224, 224, pixels);
    try (CsMoe model =
        CsMoe.builder()
            .preset(CsMoePreset.CSMOE_P16)
            .onlySensor(Sensor.SENTINEL2)
            .weights(Weights.file(Path.of(weights)))
            .build()) {
      return model.features(Sensor.SENTINEL2).embed(image);
    }
  }

  /** Prints the peak of resident memory. */
  @TearDown
  public void tearDown() throws Exception {
    PeakMemory.print();
  }
}
