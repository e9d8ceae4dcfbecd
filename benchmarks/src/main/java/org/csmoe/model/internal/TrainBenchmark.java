package org.csmoe.model.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.benchmarks.PeakMemory;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
 * Milliseconds of a training step: forward, backward and AdamW of the encoder, mean-square loss.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
public class TrainBenchmark {
  /** Images at once. */
  @Param("4")
  public int batch = 4;

  /** The model. */
  @Param("CSMOE_P16")
  public CsMoePreset preset = CsMoePreset.CSMOE_P16;

  /** What runs the network. */
  @Param({"ONEDNN", "SAMEDIFF"})
  public Backend backend = Backend.AUTO;

  private final List<AutoCloseable> resources = new ArrayList<>();
  private Runnable step = () -> {};
  private Supplier<String> explanation = () -> "";

  /** Builds the model, its loss and the optimiser. */
  @Setup
  public void setUp() {
    CsMoe model =
        CsMoe.builder().preset(preset).onlySensor(Sensor.SENTINEL2).backend(backend).build();
    resources.add(model);
    SameDiff graph = model.unwrap(SameDiff.class);
    EncoderGraph.Names names = EncoderGraph.Names.of(Sensor.SENTINEL2);
    SDVariable tokens = graph.getVariable(names.normalisedLayer(preset.config().layers() - 1));
    graph.math().square(tokens).mean().rename("loss");
    Map<String, INDArray> gradients = new HashMap<>();
    List<AdamW.Target> targets = new ArrayList<>();
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        INDArray value = variable.getArr();
        INDArray gradient = Nd4j.create(DataType.FLOAT, value.shape());
        gradients.put(variable.name(), gradient);
        targets.add(new AdamW.Target(value, gradient, 0.05, 1));
      }
    }
    AdamW optimiser = new AdamW(targets, AdamW.Settings.DEFAULT);
    resources.add(optimiser);
    GraphExecutor executor = Executors.choose(backend, 0);
    resources.add(executor);
    long size = preset.config().imageSize();
    Signature signature =
        new Signature(
            Map.of(names.image(), List.of((long) batch, 10L, size, size)), List.of("loss"));
    Gradients wanted = new Gradients("loss", gradients);
    float[] pixels = Nd4j.randn(DataType.FLOAT, batch * 10 * size * size).data().asFloat();
    step =
        () -> {
          executor.differentiate(
              graph,
              signature,
              wanted,
              inputs -> inputs.get(names.image()).put(pixels),
              outputs -> {});
          optimiser.update(1e-4, 1);
        };
    explanation = () -> executor.explain(graph, signature, Optional.of(wanted));
  }

  /**
   * Frees everything, prints the plan if {@code -Dexplain=true}, and the peak of resident memory
   * where the system tells it.
   */
  @TearDown
  public void tearDown() throws Exception {
    if (Boolean.getBoolean("explain")) {
      System.out.println(explanation.get());
    }
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
    PeakMemory.print();
  }

  /** One step. */
  @Benchmark
  public void train() {
    step.run();
  }
}
