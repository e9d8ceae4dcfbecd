package org.csmoe.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
import org.csmoe.data.Dataset;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.Gradients;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients at the size that the bundled model is trained at, where kernels are blocked and
 * threaded other than in the small golden cases: along all of them at once the loss changes as they
 * say.
 */
class PretrainingSlopeTest {
  private static final int BATCH = 32;

  /** Of the loss; small, since softmax over unscaled routing logits bends strongly. */
  private static final double CHANGE = 1e-3;

  @ParameterizedTest
  @EnumSource(
      value = CsMoePreset.class,
      names = {"CSMOE_MINI", "CSMAE_MINI"})
  void theLossChangesAlongTheGradientAsItSays(CsMoePreset preset) {
    Objective objective =
        Objective.builder()
            .decoders(new DecoderConfig(DecoderConfig.Sharing.TARGET, 64, 2, 2))
            .build();
    try (PretrainingTask task =
            new PretrainingTask(preset.config(), objective, Weights.untrained(), Resize.NONE);
        ParameterValues slopes =
            ParameterValues.allocate(
                task.values().parameters().stream().filter(Parameter::trainable).toList());
        GraphExecutor executor = Executors.choose(Backend.AUTO, 0)) {
      Map<String, INDArray> arrays = new HashMap<>();
      slopes.parameters().forEach(p -> arrays.put(p.name(), slopes.array(p)));
      Gradients gradients = new Gradients(task.loss(), arrays);
      Inputs inputs = inputs(task, preset.config());
      loss(task, executor, gradients, inputs);
      Map<Parameter, INDArray> found = new HashMap<>();
      slopes.parameters().forEach(p -> found.put(p, slopes.array(p).dup()));
      double square =
          found.values().stream()
              .mapToDouble(slope -> Math.pow(slope.norm2Number().doubleValue(), 2))
              .sum();
      double step = CHANGE / square;
      move(task, found, step);
      double above = loss(task, executor, gradients, inputs);
      move(task, found, -2 * step);
      double below = loss(task, executor, gradients, inputs);
      // A loss near 8 rounds to 5e-7, and the loss is no straight line.
      assertThat((above - below) / (2 * CHANGE)).isCloseTo(1, within(0.01));
    }
  }

  private static void move(PretrainingTask task, Map<Parameter, INDArray> slopes, double step) {
    slopes.forEach((parameter, slope) -> task.values().array(parameter).addi(slope.mul(step)));
  }

  private static Inputs inputs(PretrainingTask task, CsMoeConfig config) {
    Task.Filler filler = task.filler();
    Inputs inputs = filler.allocate(BATCH, task.losses());
    Dataset samples = Pairs.waves(BATCH, config.imageSize(), 3);
    for (int i = 0; i < BATCH; i++) {
      filler.fill(inputs, i, samples.get(i), new SplittableRandom(i));
    }
    filler.finish(inputs);
    return inputs;
  }

  private static double loss(
      PretrainingTask task, GraphExecutor executor, Gradients gradients, Inputs inputs) {
    Map<String, Double> loss = new HashMap<>();
    executor.differentiate(
        task.graph(),
        inputs.signature(),
        gradients,
        inputs::write,
        found -> loss.put(task.loss(), (double) found.get(task.loss()).get(0)));
    return requireNonNull(loss.get(task.loss()));
  }
}
