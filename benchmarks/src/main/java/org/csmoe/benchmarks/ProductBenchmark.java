package org.csmoe.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.compiler.internal.Plan;
import org.csmoe.compiler.internal.Signature;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
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
 * Milliseconds of the p16 model's largest product, queries, keys and values of all tokens, alone in
 * oneDNN: {@code 2 * batch * 197 * 768 * 2304} operations. It is the limit of the whole pass here.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
@Fork(1)
public class ProductBenchmark {
  private static final int TOKENS = 197;
  private static final int WIDTH = 768;

  /** Images at once. */
  @Param({"8", "32"})
  public int batch = 8;

  private Plan plan = compile(1);

  private static Plan compile(int batch) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, WIDTH);
    SDVariable weight = graph.var(Nd4j.rand(DataType.FLOAT, 3 * WIDTH, WIDTH));
    graph.mmul(x, weight, false, true, false).rename("y");
    long rows = (long) batch * TOKENS;
    return GraphCompiler.compile(
        graph, new Signature(Map.of("x", List.of(rows, (long) WIDTH)), List.of("y")));
  }

  /** Compiles the product. */
  @Setup
  public void setUp() {
    plan.close();
    plan = compile(batch);
    plan.run(
        inputs -> {
          for (int i = 0; i < batch * TOKENS * WIDTH; i++) {
            inputs.get("x").put(i, i % 13 / 13f);
          }
        },
        outputs -> {});
  }

  /** Frees it. */
  @TearDown
  public void tearDown() {
    plan.close();
  }

  /** One product. */
  @Benchmark
  public void multiply() {
    plan.run(inputs -> {}, outputs -> {});
  }
}
