package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import org.csmoe.CsMoeException;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every executor does, whatever the graph. */
abstract class GraphExecutorContract {
  /** Products of random numbers in another order of sums. */
  private static final double TOLERANCE = 1e-5;

  /** Forward and backward; the largest of 3,500 graphs was 1.1e-5. */
  private static final double GRADIENT_TOLERANCE = 3e-5;

  private final GraphExecutor executor = executor();

  abstract GraphExecutor executor();

  @AfterProperty
  void close() {
    executor.close();
  }

  @Property(tries = 150)
  void randomGraphsYieldWhatTheSessionYields(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int batch) {
    RandomGraph random = new RandomGraph(seed);
    SameDiff graph = random.graph();
    Map<String, INDArray> inputs = random.inputs(images(seed, batch));
    List<String> outputs = random.outputs();
    Map<String, INDArray> expected = graph.output(new HashMap<>(inputs), outputs);
    List<float[]> found = Runs.run(executor, graph, inputs, outputs);
    for (int i = 0; i < outputs.size(); i++) {
      INDArray wanted = Objects.requireNonNull(expected.get(outputs.get(i)));
      assertClose(found.get(i), wanted, TOLERANCE, outputs.get(i) + " of " + random);
    }
  }

  /** Sometimes many, since large stacks of matrices are compiled in another way. */
  private static int images(long seed, int batch) {
    return seed % 8 == 0 ? 50 * batch : batch;
  }

  @Property(tries = 150)
  void gradientsOfRandomGraphsAreThoseOfTheSession(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int batch) {
    RandomGraph random = new RandomGraph(seed);
    SameDiff graph = random.graph();
    Map<String, INDArray> inputs = random.inputs(images(seed, batch));
    List<String> wanted = random.variables();
    Map<String, INDArray> found = new HashMap<>();
    for (String name : wanted) {
      found.put(name, Nd4j.valueArrayOf(graph.getVariable(name).getArr().shape(), 7f));
    }
    executor.differentiate(
        graph,
        Runs.signature(inputs, List.of("loss")),
        new Gradients("loss", found),
        Runs.writer(inputs),
        outputs -> {});
    graph.setLossVariables("loss");
    Map<String, INDArray> expected = graph.calculateGradients(new HashMap<>(inputs), wanted);
    for (String name : wanted) {
      INDArray array = Objects.requireNonNull(found.get(name));
      assertClose(
          array.data().asFloat(),
          expected.getOrDefault(name, Nd4j.zeros(DataType.FLOAT, array.shape())),
          GRADIENT_TOLERANCE,
          "gradient of " + name + " of " + random);
    }
  }

  /** Against differences of the loss itself, whatever an executor thinks a derivative is. */
  @Property(tries = 60)
  void gradientsAreSlopesOfTheLoss(@ForAll long seed) {
    RandomGraph random = new RandomGraph(seed);
    SameDiff graph = random.graph();
    Map<String, INDArray> inputs = random.inputs(2);
    Map<String, INDArray> gradients = new HashMap<>();
    for (String name : random.variables()) {
      gradients.put(name, Nd4j.create(DataType.FLOAT, graph.getVariable(name).getArr().shape()));
    }
    Gradients wanted = new Gradients("loss", gradients);
    double[] loss = new double[1];
    Runnable run =
        () ->
            executor.differentiate(
                graph,
                Runs.signature(inputs, List.of("loss")),
                wanted,
                Runs.writer(inputs),
                outputs -> loss[0] = outputs.get("loss").get(0));
    run.run();
    double squares =
        gradients.values().stream().mapToDouble(g -> g.mul(g).sumNumber().doubleValue()).sum();
    // Along the gradient, by a step that moves all variables together by no more than 0.05.
    double step = Math.min(0.01 * Math.abs(loss[0]) / squares, 0.05 / Math.sqrt(squares));
    double change = 2 * step * squares / Math.abs(loss[0]);
    Assume.that(change > 1e-3);
    Map<String, INDArray> directions = new HashMap<>();
    gradients.forEach((name, gradient) -> directions.put(name, gradient.dup()));
    DoubleUnaryOperator slope =
        length -> {
          Map<String, INDArray> ways = new HashMap<>();
          directions.forEach((name, direction) -> ways.put(name, direction.mul(length)));
          ways.forEach((name, way) -> graph.getVariable(name).getArr().addi(way));
          run.run();
          double up = loss[0];
          ways.forEach((name, way) -> graph.getVariable(name).getArr().subi(way.mul(2)));
          run.run();
          ways.forEach((name, way) -> graph.getVariable(name).getArr().addi(way));
          return (up - loss[0]) / (2 * length);
        };
    double wide = slope.applyAsDouble(step);
    double narrow = slope.applyAsDouble(step / 2);
    // Where they differ, the loss is bent too much for differences to tell.
    Assume.that(Math.abs(wide - narrow) < 0.01 * Math.abs(narrow));
    // Floats leave up to 2e-6 of the loss in its difference.
    double rounding = 2e-6 / change;
    assertThat(narrow).as(random + "").isCloseTo(squares, within((0.01 + rounding) * squares));
  }

  @Example
  void whatHasNoRuleIsDifferentiatedAllTheSame() {
    SameDiff graph = SameDiff.create();
    var x = graph.placeHolder("x", DataType.FLOAT, 3, 4);
    var w = graph.var("w", Nd4j.valueArrayOf(new long[] {4}, 0.5f));
    graph.math().erf(x.mul(w)).mean().rename("loss");
    INDArray gradient = Nd4j.zeros(DataType.FLOAT, 4);
    Map<String, INDArray> inputs = Map.of("x", Nd4j.ones(DataType.FLOAT, 3, 4));
    for (int i = 0; i < 2; i++) {
      gradient.assign(0);
      executor.differentiate(
          graph,
          Runs.signature(inputs, List.of("loss")),
          new Gradients("loss", Map.of("w", gradient)),
          Runs.writer(inputs),
          outputs -> {});
      assertThat(gradient.getDouble(2))
          .isCloseTo(2 / Math.sqrt(Math.PI) * Math.exp(-0.25) / 4, within(TOLERANCE));
    }
  }

  private static void assertClose(float[] found, INDArray wanted, double tolerance, String what) {
    assertThat(found.length).as(what).isEqualTo((int) wanted.length());
    float[] expected = wanted.dup('c').data().asFloat();
    // Values in between are of the order of 1 and more: differences of equal ones leave rounding.
    double scale = Math.max(1, wanted.amaxNumber().doubleValue());
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      double difference = Math.abs(found[i] - expected[i]);
      worst = difference <= worst ? worst : difference;
    }
    assertThat(worst / scale).as(what).isLessThan(tolerance);
  }

  @Example
  void theSameInputsGiveTheSameBitsAndAreLeftAsTheyWere() {
    RandomGraph random = new RandomGraph(11);
    SameDiff graph = random.graph();
    Map<String, INDArray> inputs = random.inputs(3);
    Map<String, INDArray> copies = new HashMap<>();
    inputs.forEach((name, array) -> copies.put(name, array.dup()));
    List<float[]> first = Runs.run(executor, graph, inputs, random.outputs());
    for (int i = 0; i < 20; i++) {
      assertThat(Runs.run(executor, graph, inputs, random.outputs()))
          .usingRecursiveComparison()
          .isEqualTo(first);
    }
    inputs.forEach((name, array) -> assertThat(array).isEqualTo(copies.get(name)));
  }

  @Example
  void shapesMayChangeFromRunToRun() {
    SameDiff graph = SameDiff.create();
    var x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
    graph.math().tanh(x.mul(2)).rename("y");
    for (int i = 0; i < 30; i++) {
      int rows = 1 + i % 7;
      INDArray input = Nd4j.rand(DataType.FLOAT, rows, 4);
      float[] found = Runs.run(executor, graph, Map.of("x", input), List.of("y")).get(0);
      assertThat(found).hasSize(4 * rows);
      assertThat((double) found[4 * rows - 1])
          .isCloseTo(Math.tanh(2 * input.getDouble(rows - 1, 3)), within(TOLERANCE));
      System.gc();
    }
  }

  @Example
  void anInterruptedThreadIsRefusedAndStaysInterrupted() {
    SameDiff graph = SameDiff.create();
    graph.placeHolder("x", DataType.FLOAT, 1, 4).mul(2).rename("y");
    INDArray input = Nd4j.ones(DataType.FLOAT, 1, 4);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Runs.run(executor, graph, Map.of("x", input), List.of("y")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }
}
