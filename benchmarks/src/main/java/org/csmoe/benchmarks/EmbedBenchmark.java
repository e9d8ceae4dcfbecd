package org.csmoe.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.Precision;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Pooling;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Seconds per batch of Sentinel-2 images, embedded by the CLS token. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
public class EmbedBenchmark {
  /** Images at once. */
  @Param({"1", "8", "32"})
  public int batch = 1;

  /** The model. */
  @Param("CSMOE_P16")
  public CsMoePreset preset = CsMoePreset.CSMOE_P16;

  /** What runs the network. */
  @Param({"ONEDNN", "SAMEDIFF"})
  public Backend backend = Backend.AUTO;

  /** What weights are stored as. */
  @Param("F32")
  public Precision precision = Precision.F32;

  private CsMoe model = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).build();
  private List<SensorImage> images = new ArrayList<>();

  /** Builds the model and the images. */
  @Setup
  public void setUp() {
    model.close();
    model =
        CsMoe.builder()
            .preset(preset)
            .onlySensor(Sensor.SENTINEL2)
            .backend(backend)
            .precision(precision)
            .build();
    int size = preset.config().imageSize();
    Random random = new Random(0);
    for (int i = 0; i < batch; i++) {
      float[] pixels = new float[10 * size * size];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = 1000 + 500 * (float) random.nextGaussian();
      }
      images.add(
          SensorImage.of(Sensor.SENTINEL2, Sensor.SENTINEL2.defaultBands(), size, size, pixels));
    }
  }

  /** Frees the weights and prints the peak of resident memory where the system tells it. */
  @TearDown
  public void tearDown() throws IOException {
    model.close();
    PeakMemory.print();
  }

  /** One batch. */
  @Benchmark
  public FeatureTensor embed() {
    FeatureExtractor features = model.features(Sensor.SENTINEL2).withBatchSize(batch);
    return features.embed(images, Pooling.CLS);
  }
}
