package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.csmoe.FeedForward.SOFT_MOE;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Both executors yield the same for the encoders that the SDK names. */
class PresetExecutorsTest {
  /** Of the largest value, as of random graphs. */
  private static final double TOLERANCE = 1e-5;

  /**
   * Routing logits of untrained wide blocks are sums of 768 products of normalised numbers, about
   * 28 in size: their softmax is so steep that rounding grows from block to block. With
   * trained-like weights PyTorch's floats differ from its doubles by 6.1e-5 after six blocks, the
   * plan's by 3.8e-5, the session's by 4.2e-5.
   */
  private static final double DEEP = 5e-3;

  /** Sums over all tokens, one after the other. */
  private static final double GRADIENT_TOLERANCE = 5e-5;

  private static final EncoderGraph.Names NAMES = EncoderGraph.Names.of(Sensor.SENTINEL2);
  private static final Cores CORES = new Cores(0);

  @BeforeEach
  void requireBinary() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
  }

  @ParameterizedTest
  @EnumSource(CsMoePreset.class)
  void encodersYieldTheSame(CsMoePreset preset) {
    try (CsMoe model = CsMoe.builder().preset(preset).onlySensor(Sensor.SENTINEL2).build();
        INDArray image = image(preset);
        GraphExecutor compiled = new CompiledExecutor(CORES);
        GraphExecutor session = new SameDiffExecutor(CORES)) {
      SameDiff graph = model.unwrap(SameDiff.class);
      Map<String, INDArray> inputs = Map.of(NAMES.image(), image);
      List<String> outputs = List.of(NAMES.layer(0), lastTokens(preset), NAMES.cls());
      List<float[]> wanted = Runs.run(session, graph, inputs, outputs);
      List<float[]> found = Runs.run(compiled, graph, inputs, outputs);
      for (int i = 0; i < outputs.size(); i++) {
        assertThat(deviation(found.get(i), wanted.get(i)))
            .as(outputs.get(i))
            .isLessThan(i == 0 ? TOLERANCE : tolerance(preset));
      }
    }
  }

  /** After several Soft MoE blocks, whose sharp routing magnifies rounding the wider they are. */
  private static double tolerance(CsMoePreset preset) {
    if (preset.config().feedForward() != SOFT_MOE || preset.config().layers() < 4) {
      return TOLERANCE;
    }
    return preset.config().width() == 768 ? DEEP : 5 * TOLERANCE;
  }

  /** The large ones differ in size alone, and take SameDiff many seconds. */
  @ParameterizedTest
  @EnumSource(
      value = CsMoePreset.class,
      names = {"CSMOE_SMALL", "CSMOE_TINY", "CSMAE_TINY"})
  void theirGradientsAreTheSame(CsMoePreset preset) {
    try (CsMoe model = CsMoe.builder().preset(preset).onlySensor(Sensor.SENTINEL2).build();
        INDArray image = image(preset);
        GraphExecutor compiled = new CompiledExecutor(CORES);
        GraphExecutor session = new SameDiffExecutor(CORES)) {
      SameDiff graph = model.unwrap(SameDiff.class);
      SDVariable tokens = graph.getVariable(lastTokens(preset));
      graph.math().square(tokens.sub(1).mul(tokens.add(2))).mean().rename("loss");
      Map<String, INDArray> inputs = Map.of(NAMES.image(), image);
      Map<String, INDArray> wanted = gradients(session, graph, inputs);
      Map<String, INDArray> found = gradients(compiled, graph, inputs);
      assertThat(found).isNotEmpty();
      found.forEach(
          (name, gradient) ->
              assertThat(
                      deviation(
                          gradient.data().asFloat(),
                          Objects.requireNonNull(wanted.get(name)).data().asFloat()))
                  .as(name)
                  .isLessThan(GRADIENT_TOLERANCE));
    }
  }

  private static String lastTokens(CsMoePreset preset) {
    return NAMES.normalisedLayer(preset.config().layers() - 1);
  }

  private static INDArray image(CsMoePreset preset) {
    int size = preset.config().imageSize();
    Nd4j.getRandom().setSeed(5);
    return Nd4j.randn(DataType.FLOAT, 2, 10, size, size);
  }

  private static Map<String, INDArray> gradients(
      GraphExecutor executor, SameDiff graph, Map<String, INDArray> inputs) {
    Map<String, INDArray> arrays = new HashMap<>();
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        arrays.put(variable.name(), Nd4j.create(DataType.FLOAT, variable.getShape()));
      }
    }
    executor.differentiate(
        graph,
        Runs.signature(inputs, List.of("loss")),
        new Gradients("loss", arrays),
        Runs.writer(inputs),
        outputs -> {});
    return arrays;
  }

  private static double deviation(float[] found, float[] wanted) {
    assertThat(found).hasSameSizeAs(wanted);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      double difference = Math.abs(found[i] - wanted[i]);
      worst = difference <= worst ? worst : difference;
    }
    return worst / Math.max(largest, 1e-3);
  }
}
