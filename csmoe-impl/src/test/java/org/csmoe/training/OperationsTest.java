package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.data.Dataset;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.Gradients;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.Layers;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What heads and losses are made of, one by one. */
class OperationsTest {
  private static final CsMoeConfig MODEL = TinyPretraining.MODEL;

  @TempDir private Path folder = Path.of("");

  private final SameDiff graph = SameDiff.create();
  private final Operations operations = new Operations(new Layers(graph), new BatchNorms(true));

  private Value placeholder(String name, int... shape) {
    long[] sizes = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      sizes[i] = shape[i];
    }
    return operations.wrap(graph.placeHolder(name, DataType.FLOAT, sizes), shape);
  }

  private float[] run(Value result, Map<String, float[]> inputs, Map<String, List<Long>> shapes) {
    String name = result.variable().rename("result").name();
    float[][] found = new float[1][];
    try (GraphExecutor executor = Executors.choose(Backend.AUTO, 1)) {
      executor.run(
          graph,
          new Signature(shapes, List.of(name)),
          tensors -> inputs.forEach((key, array) -> tensors.get(key).put(array)),
          tensors -> {
            found[0] = new float[tensors.get(name).remaining()];
            tensors.get(name).get(found[0]);
          });
    }
    return found[0];
  }

  private float[] loss(Loss loss, float[] scores, float[] targets, int classes) {
    Value z = placeholder("z", Value.BATCH, classes);
    Value y = placeholder("y", Value.BATCH, classes);
    List<Long> shape = List.of((long) scores.length / classes, (long) classes);
    return run(
        loss.apply(operations, z, y),
        Map.of("z", scores, "y", targets),
        Map.of("z", shape, "y", shape));
  }

  @Test
  void crossEntropyCountsWhatHasAClassAndIsExactForLargeScores() {
    float[] scores = {1, 2, 500, -500, 3, 4};
    // The third sample has no class.
    float[] targets = {1, 0, 0, 1, 0, 0};
    double expected = (2 * Math.log(1 + Math.E) + 3 * 1000) / (2 + 3);
    assertThat(loss(Loss.crossEntropy(2, 3), scores, targets, 2)[0])
        .isCloseTo((float) expected, within(1e-3f));
  }

  @Test
  void crossEntropyOfNothingIsZero() {
    assertThat(loss(Loss.crossEntropy(), new float[] {1, 2}, new float[2], 2)[0]).isZero();
  }

  @Test
  void binaryCrossEntropyIsTheMeanOverSamplesAndClasses() {
    float[] scores = {0.5f, -2, 80, -90};
    float[] targets = {1, 0, 0, 1};
    double expected = (3 * Math.log1p(Math.exp(-0.5)) + Math.log1p(Math.exp(-2)) + 80 + 2 * 90) / 4;
    assertThat(loss(Loss.binaryCrossEntropy(3, 2), scores, targets, 2)[0])
        .isCloseTo((float) expected, within(1e-4f));
  }

  @Test
  void binaryCrossEntropyHasItsSlopeAtAScoreOfZero() {
    Value w = operations.parameter("w", Initialisation.constant(0), 1);
    Value z = operations.multiply(placeholder("x", Value.BATCH, 1), w);
    Value loss = Loss.binaryCrossEntropy().apply(operations, z, placeholder("y", Value.BATCH, 1));
    loss.variable().rename("loss");
    Parameter parameter =
        new Parameter(
            "head.w",
            List.of(1L),
            List.of("head.w"),
            List.of(1L),
            new Parameter.Init.Constant(0),
            true);
    try (ParameterValues values = ParameterValues.allocate(List.of(parameter));
        ParameterValues slopes = ParameterValues.allocate(List.of(parameter));
        GraphExecutor executor = Executors.choose(Backend.AUTO, 1)) {
      values.array(parameter).assign(0);
      values.bind(graph);
      executor.differentiate(
          graph,
          new Signature(Map.of("x", List.of(1L, 1L), "y", List.of(1L, 1L)), List.of("loss")),
          new Gradients("loss", Map.of("head.w", slopes.array(parameter))),
          tensors -> {
            tensors.get("x").put(2);
            tensors.get("y").put(1);
          },
          tensors -> {});
      // x (s(0) - 1); oneDNN's exponential is a polynomial.
      assertThat(slopes.array(parameter).getFloat(0)).isCloseTo(-1f, within(1e-5f));
    }
  }

  @Test
  void functionsAreThoseOfJava() {
    Map<Operations.Function, BiFunction<Double, Integer, Double>> expected =
        Map.of(
            Operations.Function.SIGMOID, (x, i) -> 1 / (1 + Math.exp(-x)),
            Operations.Function.TANH, (x, i) -> Math.tanh(x),
            Operations.Function.EXP, (x, i) -> Math.exp(x),
            Operations.Function.LOG, (x, i) -> Math.log(x),
            Operations.Function.SQRT, (x, i) -> Math.sqrt(x),
            Operations.Function.SQUARE, (x, i) -> x * x,
            Operations.Function.ABS, (x, i) -> Math.abs(x));
    assertThat(expected.keySet()).containsExactlyInAnyOrder(Operations.Function.values());
    Value x = placeholder("x", Value.BATCH, 2);
    Value[] all = new Value[expected.size()];
    Operations.Function[] functions = Operations.Function.values();
    for (int i = 0; i < all.length; i++) {
      all[i] = operations.apply(functions[i], x);
    }
    float[] found =
        run(
            operations.concat(1, all),
            Map.of("x", new float[] {0.3f, 1.7f}),
            Map.of("x", List.of(1L, 2L)));
    for (int i = 0; i < all.length; i++) {
      BiFunction<Double, Integer, Double> function =
          expected.getOrDefault(functions[i], (value, any) -> Double.NaN);
      assertThat((double) found[2 * i]).isCloseTo(function.apply(0.3, 0), within(1e-5));
      assertThat((double) found[2 * i + 1]).isCloseTo(function.apply(1.7, 0), within(1e-5));
    }
  }

  @Test
  void maximumMeanProductPermutationAndSliceAreWhatTheySay() {
    Value x = placeholder("x", Value.BATCH, 2, 2);
    Value turned = operations.permute(x, 0, 2, 1);
    Value larger = operations.maximum(x, turned);
    Value squared = operations.product(larger, x);
    Value row = operations.slice(operations.softmax(operations.multiply(squared, 0)), 1, 0, 1);
    Value mean = operations.reshape(operations.mean(squared, 1), Value.BATCH, 1, 2);
    Value all = operations.concat(1, larger, squared, row, mean);
    assertThat(all.shape()).containsExactly(Value.BATCH, 6, 2);
    float[] found =
        run(all, Map.of("x", new float[] {1, 2, 3, 4}), Map.of("x", List.of(1L, 2L, 2L)));
    assertThat(found).containsExactly(1, 3, 3, 4, 10, 14, 15, 22, 0.5f, 0.5f, 12.5f, 18);
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    Value x = placeholder("x", Value.BATCH, 3);
    Value y = placeholder("y", Value.BATCH, 4);
    assertThatThrownBy(() -> operations.add(x, y)).hasMessageContaining("same sizes, or 1");
    assertThatThrownBy(() -> operations.concat(0, x, x)).hasMessageContaining("not in the batch");
    assertThatThrownBy(() -> operations.concat(0, x, y)).hasMessageContaining("parts must differ");
    assertThatThrownBy(() -> operations.reshape(x, Value.BATCH, 2)).hasMessageContaining("shape");
    assertThatThrownBy(() -> operations.permute(x, 0, 0)).hasMessageContaining("order");
    assertThatThrownBy(() -> operations.slice(x, 1, 2, 4)).hasMessageContaining("from and to");
    assertThatThrownBy(() -> operations.conv3x3("c", x, 2)).hasMessageContaining("[batch, height");
    assertThatThrownBy(() -> operations.product(x, y)).hasMessageContaining("leading dimensions");
    operations.batchNorm("norm", x);
    assertThatThrownBy(() -> operations.batchNorm("norm", x)).hasMessageContaining("used once");
    assertThatThrownBy(() -> operations.wrap("x", 1)).isInstanceOf(CsMoeException.class);
    assertThat(x.unwrap(SDVariable.class).name()).isEqualTo("x");
  }

  @Test
  void plansForAFrozenEncoderHaveNoWayBackThroughIt() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
    FineTuningBuilder builder =
        FineTuning.builder()
            .model(MODEL)
            .sensor(Sensor.SENTINEL2)
            .head(Head.linear(4))
            .training(Patterns.sides(8, 16, 1));
    assertThat(backward(builder)).contains("layer norm backward", "softmax backward");
    assertThat(backward(builder.freezeEncoder()))
        .contains("log softmax backward")
        .doesNotContain("layer norm backward", "] softmax backward", "gelu backward");
  }

  private static String backward(FineTuningBuilder builder) {
    try (FineTuningTask task = new FineTuningTask(builder.build(), builder.rates());
        ParameterValues slopes = ParameterValues.allocate(task.saved().parameters());
        GraphExecutor executor = Executors.choose(Backend.ONEDNN, 1)) {
      Map<String, INDArray> arrays = new HashMap<>();
      slopes.parameters().forEach(p -> arrays.put(p.name(), slopes.array(p)));
      Inputs inputs = task.filler().allocate(2, task.losses());
      return executor.explain(
          task.graph(), inputs.signature(), Optional.of(new Gradients(TunedGraph.LOSS, arrays)));
    }
  }

  @Test
  void theExampleOfTheDocumentationRuns() throws IOException {
    Dataset train = Patterns.sides(32, 16, 1);
    String text =
        FineTuningExample.tune(
            MODEL,
            Weights.untrained(),
            train,
            Patterns.sides(8, 16, 2),
            Patterns.sides(12, 16, 3),
            folder);
    assertThat(text).contains("average accuracy", "left");
  }
}
