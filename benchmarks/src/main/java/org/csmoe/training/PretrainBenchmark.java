package org.csmoe.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
import org.csmoe.benchmarks.PeakMemory;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.AdamW;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.Gradients;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.nd4j.linalg.api.ndarray.INDArray;
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

/**
 * Milliseconds of a pretraining step on pairs that are in memory: both encoders, four
 * reconstructions, all losses, gradients, and AdamW.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
// JavaCPP lets native memory be as large as the heap may get; the full model takes 8 GiB of it.
@Fork(value = 1, jvmArgsAppend = "-Xmx10g")
public class PretrainBenchmark {
  /** Pairs at once. */
  @Param("64")
  public int batch = 64;

  /** The model. */
  @Param("CSMOE_MINI")
  public CsMoePreset preset = CsMoePreset.CSMOE_MINI;

  /** Width of the decoders. */
  @Param("128")
  public int decoderWidth = 128;

  /** Blocks of a decoder. */
  @Param("2")
  public int decoderLayers = 2;

  /** Heads of a decoder's attention. */
  @Param("4")
  public int decoderHeads = 4;

  private final List<AutoCloseable> resources = new ArrayList<>();
  private Runnable step = () -> {};

  /** Builds the graph, the optimiser, and a batch of noise. */
  @Setup
  public void setUp() {
    CsMoeConfig config = preset.config();
    Objective objective =
        Objective.builder()
            .decoders(
                new DecoderConfig(
                    DecoderConfig.Sharing.TARGET, decoderWidth, decoderLayers, decoderHeads))
            .build();
    PretrainingTask task = new PretrainingTask(config, objective, Weights.untrained(), Resize.NONE);
    resources.add(task);
    List<Parameter> trained =
        task.values().parameters().stream().filter(Parameter::trainable).toList();
    ParameterValues slopes = ParameterValues.allocate(trained);
    resources.add(slopes);
    Map<String, INDArray> arrays = new HashMap<>();
    trained.forEach(parameter -> arrays.put(parameter.name(), slopes.array(parameter)));
    Gradients gradients = new Gradients(task.loss(), arrays);
    AdamW optimiser =
        new AdamW(
            trained.stream()
                .map(p -> new AdamW.Target(task.values().array(p), slopes.array(p), 0.05, 1))
                .toList(),
            new AdamW.Settings(0.9, 0.95, 1e-8));
    resources.add(optimiser);
    GraphExecutor executor = Executors.choose(Backend.ONEDNN, 0);
    resources.add(executor);
    Inputs inputs = inputs(task, config);
    step =
        () -> {
          executor.differentiate(
              task.graph(), inputs.signature(), gradients, inputs::write, found -> {});
          optimiser.update(1e-4, 1);
        };
  }

  private Inputs inputs(PretrainingTask task, CsMoeConfig config) {
    SplittableRandom random = new SplittableRandom(0);
    Task.Filler filler = task.filler();
    Inputs inputs = filler.allocate(batch, task.losses());
    int size = config.imageSize();
    for (int i = 0; i < batch; i++) {
      Map<Sensor, SensorImage> images = new HashMap<>();
      for (Sensor sensor : Sensor.values()) {
        float[] data = new float[config.bands(sensor).size() * size * size];
        for (int k = 0; k < data.length; k++) {
          data[k] = random.nextFloat() * (sensor == Sensor.SENTINEL1 ? -30 : 4000);
        }
        images.put(sensor, SensorImage.of(sensor, config.bands(sensor), size, size, data));
      }
      filler.fill(inputs, i, new Sample("noise", images, Target.none()), random.split());
    }
    filler.finish(inputs);
    return inputs;
  }

  /** Frees everything, and prints the peak of resident memory where the system tells it. */
  @TearDown
  public void tearDown() throws Exception {
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
    PeakMemory.print();
  }

  /** One step. */
  @Benchmark
  public void pretrain() {
    step.run();
  }
}
