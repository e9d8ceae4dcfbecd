package org.csmoe.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    Map<String, INDArray> inputs = random.inputs(batch);
    List<String> outputs = random.outputs();
    Map<String, INDArray> expected = graph.output(new HashMap<>(inputs), outputs);
    List<INDArray> found = executor.run(graph, inputs, outputs);
    for (int i = 0; i < outputs.size(); i++) {
      INDArray wanted = Objects.requireNonNull(expected.get(outputs.get(i)));
      assertThat(found.get(i).shape()).as(random + "").isEqualTo(wanted.shape());
      // Values in between are of the order of 1 and more: differences of equal ones leave rounding.
      double scale = Math.max(1, wanted.amaxNumber().doubleValue());
      assertThat(found.get(i).sub(wanted).amaxNumber().doubleValue() / scale)
          .as(outputs.get(i) + " of " + random)
          .isLessThan(TOLERANCE);
    }
  }

  @Example
  void theSameInputsGiveTheSameBitsAndAreLeftAsTheyWere() {
    RandomGraph random = new RandomGraph(11);
    SameDiff graph = random.graph();
    Map<String, INDArray> inputs = random.inputs(3);
    Map<String, INDArray> copies = new HashMap<>();
    inputs.forEach((name, array) -> copies.put(name, array.dup()));
    List<INDArray> first = executor.run(graph, inputs, random.outputs());
    for (int i = 0; i < 20; i++) {
      List<INDArray> again = executor.run(graph, inputs, random.outputs());
      for (int j = 0; j < first.size(); j++) {
        assertThat(again.get(j).data().asFloat()).isEqualTo(first.get(j).data().asFloat());
      }
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
      INDArray found = executor.run(graph, Map.of("x", input), List.of("y")).get(0);
      assertThat(found.shape()).containsExactly(rows, 4);
      assertThat(found.getDouble(rows - 1, 3))
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
    assertThatThrownBy(() -> executor.run(graph, Map.of("x", input), List.of("y")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }
}
