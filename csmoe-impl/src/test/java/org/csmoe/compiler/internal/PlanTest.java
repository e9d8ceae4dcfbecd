package org.csmoe.compiler.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PlanTest {
  private static final Signature SIGNATURE =
      new Signature(Map.of("x", List.of(50L, 64L)), List.of("y"));

  private static void numbers(Tensors inputs) {
    FloatBuffer x = inputs.get("x");
    for (int i = 0; i < 50 * 64; i++) {
      x.put(i, (i % 17) / 16f);
    }
  }

  @BeforeEach
  void requireBinary() {
    assumeTrue(GraphCompiler.problem().isEmpty(), "oneDNN cannot be loaded here");
  }

  /** A perceptron with a layer norm, and with an operation that only ND4J has. */
  private static SameDiff graph() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 64);
    SDVariable w = graph.var("w", Nd4j.rand(DataType.FLOAT, 32, 64));
    SDVariable b = graph.var("b", Nd4j.rand(DataType.FLOAT, 32));
    SDVariable h = graph.mmul(x, w, false, true, false).add(b);
    SDVariable centred = h.sub(h.mean(true, 1));
    SDVariable root = graph.math().rsqrt(graph.math().square(centred).mean(true, 1).add(1e-6));
    SDVariable normed = centred.mul(root).mul(graph.var(Nd4j.ones(32))).add(b);
    SDVariable gelu = normed.mul(graph.math().erf(normed.mul(Math.sqrt(0.5))).add(1).mul(0.5));
    gelu.rename("y");
    return graph;
  }

  private static float[] run(Plan plan) {
    float[] y = new float[50 * 32];
    plan.run(PlanTest::numbers, outputs -> outputs.get("y").get(y));
    return y;
  }

  @Test
  void aRunAllocatesNothing() {
    try (Plan plan = GraphCompiler.compile(graph(), SIGNATURE)) {
      float[] y = new float[50 * 32];
      Consumer<Tensors> read = outputs -> outputs.get("y").get(y);
      for (int i = 0; i < 2000; i++) {
        plan.run(PlanTest::numbers, read);
      }
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long thread = Thread.currentThread().getId();
      long heap = threads.getThreadAllocatedBytes(thread);
      long offHeap = Pointer.totalBytes();
      int runs = 100;
      for (int i = 0; i < runs; i++) {
        plan.run(PlanTest::numbers, read);
      }
      assertThat((threads.getThreadAllocatedBytes(thread) - heap) / runs).isLessThan(1000);
      assertThat(Pointer.totalBytes()).isEqualTo(offHeap);
    }
  }

  @Test
  void closingFreesEverything() {
    SameDiff graph = graph();
    long objects = Dnnl.open();
    long bytes = Pointer.totalBytes();
    for (int i = 0; i < 20; i++) {
      try (Plan plan = GraphCompiler.compile(graph, SIGNATURE)) {
        run(plan);
        assertThat(Dnnl.open()).isGreaterThan(objects);
        assertThat(Pointer.totalBytes()).isGreaterThan(bytes);
      }
    }
    assertThat(Dnnl.open()).isEqualTo(objects);
    assertThat(Pointer.totalBytes()).isEqualTo(bytes);
  }

  @Test
  void aGraphThatCannotBeCompiledLeavesNothingBehind() {
    SameDiff graph = graph();
    graph.getVariable("y").add(graph.placeHolder("z", DataType.FLOAT, -1, 32)).rename("sum");
    Signature signature = new Signature(SIGNATURE.inputs(), List.of("y", "sum"));
    long objects = Dnnl.open();
    assertThatThrownBy(() -> GraphCompiler.compile(graph, signature)).hasMessageContaining("z");
    assertThat(Dnnl.open()).isEqualTo(objects);
  }

  @Test
  void theArraysOfAGraphStayAsLongAsItsPlan() throws Exception {
    try (Plan plan = GraphCompiler.compile(graph(), SIGNATURE)) {
      float[] expected = run(plan);
      for (int i = 0; i < 20; i++) {
        System.gc();
        Thread.sleep(10);
        // Takes the memory that arrays may have left.
        Nd4j.valueArrayOf(new long[] {32, 64}, 9f).close();
        assertThat(run(plan)).isEqualTo(expected);
      }
    }
  }

  @Test
  void threadsRunOnePlanSideBySide() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Plan plan = GraphCompiler.compile(graph(), SIGNATURE)) {
      float[] expected = run(plan);
      List<Future<float[]>> found = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        found.add(threads.submit(() -> run(plan)));
      }
      for (Future<float[]> result : found) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsFusedAndWhatIsLeftToNd4jIsTold() {
    SameDiff graph = graph();
    graph.math().erf(graph.getVariable("y")).rename("z");
    Signature signature = new Signature(SIGNATURE.inputs(), List.of("z"));
    try (Plan plan = GraphCompiler.compile(graph, signature)) {
      plan.run(PlanTest::numbers, outputs -> {});
      String[] lines = plan.explain().split("\\R");
      assertThat(lines).hasSize(5);
      assertThat(lines[0]).contains("product [50, 64] x [64, 32]", "+ bias", "ms").contains("[");
      assertThat(lines[1]).contains("layer norm [50, 32]");
      assertThat(lines[2]).contains("gelu [50, 32]");
      assertThat(lines[3]).contains("fallback erf");
      assertThat(lines[4]).contains("4 kernels", "arena of");
    }
  }

  @Test
  void whatIsConstantIsComputedOnce() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 64);
    SDVariable fixed = graph.constant(Nd4j.valueArrayOf(new long[] {64}, 3f)).mul(2).add(1);
    SDVariable variable = graph.var(Nd4j.ones(64)).mul(2);
    x.mul(fixed).add(variable).rename("y");
    try (Plan plan = GraphCompiler.compile(graph, SIGNATURE)) {
      float[] y = new float[50 * 64];
      plan.run(PlanTest::numbers, outputs -> outputs.get("y").get(y));
      assertThat(y[1]).isEqualTo(7 / 16f + 2);
      assertThat(plan.explain()).contains("3 kernels");
    }
  }

  @Test
  void gradientsGoWhereTheyAreWanted() {
    SameDiff graph = graph();
    graph.getVariable("y").mean().rename("loss");
    INDArray gradient = Nd4j.valueArrayOf(new long[] {32, 64}, 5f);
    INDArray none = Nd4j.valueArrayOf(new long[] {2}, 5f);
    graph.var("unused", Nd4j.ones(2));
    Signature signature = new Signature(SIGNATURE.inputs(), List.of("loss"));
    try (Plan plan =
        GraphCompiler.compile(graph, signature, "loss", Map.of("w", gradient, "unused", none))) {
      float[] loss = new float[2];
      plan.run(PlanTest::numbers, outputs -> loss[0] = outputs.get("loss").get(0));
      assertThat(none.data().asFloat()).containsOnly(0);
      // A step against the gradient, in place: the plan sees it.
      INDArray w = graph.getVariable("w").getArr();
      double expected = loss[0] - 0.1 * gradient.mul(gradient).sumNumber().doubleValue();
      w.subi(gradient.mul(0.1));
      plan.run(PlanTest::numbers, outputs -> loss[1] = outputs.get("loss").get(0));
      assertThat((double) loss[1]).isLessThan(loss[0]);
      assertThat((double) loss[1]).isCloseTo(expected, offset(0.1 * (loss[0] - expected)));
    }
  }

  /** Two products, of which the first one with its bias feeds the second. */
  private static SameDiff narrowGraph(DataType type) {
    SameDiff graph = SameDiff.create();
    Nd4j.getRandom().setSeed(3);
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 64);
    SDVariable v = graph.var("v", Nd4j.rand(DataType.FLOAT, 128, 64).castTo(type));
    SDVariable w = graph.var("w", Nd4j.rand(DataType.FLOAT, 32, 128).castTo(type));
    SDVariable b = graph.var("b", Nd4j.rand(DataType.FLOAT, 128));
    SDVariable h = graph.mmul(x, v, false, true, false).add(b).rename("h");
    graph.mmul(h, w, false, true, false).rename("y");
    return graph;
  }

  @Test
  void productsWithBf16FactorsPassRoundedNumbersOnAndSumFloats() {
    float[] exact = new float[50 * 32];
    float[] found = new float[50 * 32];
    try (Plan floats = GraphCompiler.compile(narrowGraph(DataType.FLOAT), SIGNATURE);
        Plan halves = GraphCompiler.compile(narrowGraph(DataType.BFLOAT16), SIGNATURE)) {
      floats.run(PlanTest::numbers, outputs -> outputs.get("y").get(exact));
      halves.run(PlanTest::numbers, outputs -> outputs.get("y").get(found));
      assertThat(halves.explain()).contains("-> [50, 128] bf16").doesNotContain("[50, 32] bf16");
      assertThat(floats.explain()).doesNotContain("bf16");
    }
    for (int i = 0; i < found.length; i++) {
      // Each factor is at most 1/512 off, all are positive, and two products follow each other.
      assertThat(found[i]).isCloseTo(exact[i], withPercentage(0.8));
    }
    assertThat(found).isNotEqualTo(exact);
  }

  @Test
  void whatIsAskedForOrUsedOtherwiseStaysAFloat() {
    SameDiff graph = narrowGraph(DataType.BFLOAT16);
    // A weight in a sum is widened.
    graph.getVariable("v").mean().rename("mean");
    Signature signature = new Signature(SIGNATURE.inputs(), List.of("h", "y", "mean"));
    try (Plan plan = GraphCompiler.compile(graph, signature)) {
      float[] mean = new float[1];
      plan.run(PlanTest::numbers, outputs -> outputs.get("mean").get(mean));
      INDArray v = graph.getVariable("v").getArr().castTo(DataType.FLOAT);
      assertThat((double) mean[0]).isCloseTo(v.meanNumber().doubleValue(), offset(1e-6));
    }
    assertThat(GraphCompiler.factors(graph)).containsExactly("w");
    assertThat(GraphCompiler.factors(narrowGraph(DataType.FLOAT)))
        .containsExactlyInAnyOrder("v", "w");
  }

  @Test
  void bf16FactorsAreNotTrained() {
    SameDiff graph = narrowGraph(DataType.BFLOAT16);
    graph.getVariable("y").mean().rename("loss");
    INDArray gradient = Nd4j.ones(128);
    Signature signature = new Signature(SIGNATURE.inputs(), List.of("loss"));
    assertThatThrownBy(() -> GraphCompiler.compile(graph, signature, "loss", Map.of("b", gradient)))
        .hasMessageContaining("BF16")
        .hasMessageContaining("train with F32");
  }

  /**
   * A product of all rows, a stack of them with a bias for each matrix and GELU, and one scaled.
   */
  private static SameDiff factorGraph() {
    SameDiff graph = SameDiff.create();
    Nd4j.getRandom().setSeed(4);
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 64);
    SDVariable w = graph.var("w", Nd4j.randn(DataType.FLOAT, 48, 64));
    SDVariable rows = graph.mmul(x, w, false, true, false).add(graph.var(Nd4j.randn(1, 48)));
    SDVariable stack =
        graph.reshape(graph.permute(graph.reshape(rows, -1, 2, 24), 1, 0, 2), 2, -1, 24);
    SDVariable v = graph.var("v", Nd4j.randn(DataType.FLOAT, 2, 40, 24));
    SDVariable h =
        graph
            .mmul(stack, v, false, true, false)
            .add(graph.var(Nd4j.randn(DataType.FLOAT, 2, 1, 40)));
    SDVariable gelu = h.mul(graph.math().erf(h.mul(Math.sqrt(0.5))).add(1).mul(0.5));
    SDVariable u = graph.var("u", Nd4j.randn(DataType.FLOAT, 2, 40, 40));
    SDVariable plain = graph.mmul(gelu.mul(0.1), u, false, true, false);
    graph.reshape(graph.permute(plain, 1, 0, 2), -1, 80).rename("y");
    return graph;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 50, 450})
  void packedWeightsGiveTheSameProducts(long rows) {
    SameDiff graph = factorGraph();
    Set<String> packable = GraphCompiler.packable(graph);
    assumeTrue(!packable.isEmpty(), "weights are not packed on this processor");
    assertThat(packable).containsExactlyInAnyOrder("w", "v", "u");
    Signature signature = new Signature(Map.of("x", List.of(rows, 64L)), List.of("y"));
    float[] expected = new float[(int) rows * 80];
    float[] found = expected.clone();
    try (Plan plan = GraphCompiler.compile(graph, signature)) {
      plan.run(inputs -> numbers(inputs, rows), outputs -> outputs.get("y").get(expected));
    }
    for (String name : packable) {
      INDArray array = graph.getVariable(name).getArr();
      FloatBuffer plain = FloatBuffer.wrap(array.data().asFloat());
      FloatBuffer memory =
          array.data().pointer().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
      Packing.pack(plain, memory, (int) array.size(-1));
      FloatBuffer again = FloatBuffer.allocate(plain.limit());
      Packing.unpack(memory, again, (int) array.size(-1));
      assertThat(again).isEqualTo(plain);
    }
    try (Plan plan = GraphCompiler.compile(graph, signature.withPacked(packable))) {
      plan.run(inputs -> numbers(inputs, rows), outputs -> outputs.get("y").get(found));
      assertThat(plan.explain())
          .contains("x [64, 48] packed + bias", "x [24, 40] packed + bias gelu");
    }
    float largest = 0;
    for (float number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    for (int i = 0; i < found.length; i++) {
      // Sums of 64, 24 and 40 products in other orders.
      assertThat((double) found[i]).isCloseTo(expected[i], offset(1e-5 * largest));
    }
  }

  private static void numbers(Tensors inputs, long rows) {
    for (int i = 0; i < rows * 64; i++) {
      inputs.get("x").put(i, (i % 17) / 16f - 0.5f);
    }
  }

  @Test
  void onlyFactorsOfWholeTilesArePacked() {
    SameDiff graph = factorGraph();
    SDVariable x = graph.getVariable("x");
    assumeTrue(!GraphCompiler.packable(graph).isEmpty(), "weights are not packed here");
    graph.mmul(x, graph.var("odd", Nd4j.rand(DataType.FLOAT, 12, 64)), false, true, false);
    graph.mmul(x, graph.var("upright", Nd4j.rand(DataType.FLOAT, 64, 16)), false, false, false);
    graph.getVariable("w").mean();
    assertThat(GraphCompiler.packable(graph)).containsExactlyInAnyOrder("v", "u");
  }

  @Test
  void aLongChainOfOperationsIsCompiledAndDifferentiated() {
    SameDiff graph = SameDiff.create();
    SDVariable y = graph.placeHolder("x", DataType.FLOAT, -1, 64).mul(graph.var("w", Nd4j.ones(1)));
    for (int i = 0; i < 5000; i++) {
      y = y.add(1e-3);
    }
    y.rename("y");
    y.mean().rename("loss");
    INDArray gradient = Nd4j.zeros(DataType.FLOAT, 1);
    try (Plan plan = GraphCompiler.compile(graph, SIGNATURE, "loss", Map.of("w", gradient))) {
      float[] found = new float[50 * 64];
      plan.run(PlanTest::numbers, outputs -> outputs.get("y").get(found));
      assertThat((double) found[16]).isCloseTo(6, offset(0.01));
      assertThat(gradient.getDouble(0)).isCloseTo(0.5, offset(0.01));
    }
  }

  @Test
  void anOperationWithoutARuleIsNamed() {
    SameDiff graph = graph();
    graph.math().erf(graph.getVariable("y")).mean().rename("loss");
    INDArray gradient = Nd4j.ones(32, 64);
    Signature signature = new Signature(SIGNATURE.inputs(), List.of("loss"));
    assertThatThrownBy(() -> GraphCompiler.compile(graph, signature, "loss", Map.of("w", gradient)))
        .isInstanceOf(NotDifferentiableException.class)
        .hasMessageContaining("erf");
  }
}
