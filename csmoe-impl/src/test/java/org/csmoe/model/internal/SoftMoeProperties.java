package org.csmoe.model.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.csmoe.CsMoeBuilder;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.DispatchInput;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.model.internal.Parameter.Init;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Invariants of the routing, on one Soft MoE layer with random weights. */
class SoftMoeProperties {
  private static final int WIDTH = 8;

  @Property(tries = 25)
  void dispatchColumnsAndCombineRowsSumToOne(
      @ForAll @IntRange(min = 1, max = 20) int tokens,
      @ForAll @IntRange(min = 1, max = 6) int experts,
      @ForAll RoutingNorm norm,
      @ForAll long seed) {
    try (Layer layer = new Layer(config(experts, Slots.dynamic(), norm), tokens, seed)) {
      Result result = layer.run(layer.tokens(2));
      int slots = layer.slots;
      for (int b = 0; b < 2; b++) {
        for (int s = 0; s < slots; s++) {
          double sum = 0;
          for (int t = 0; t < tokens; t++) {
            float weight = result.dispatch[(b * tokens + t) * slots + s];
            assertThat(weight).isBetween(0f, 1f);
            sum += weight;
          }
          assertThat(sum).isCloseTo(1, within(1e-5));
        }
        for (int t = 0; t < tokens; t++) {
          double sum = 0;
          for (int s = 0; s < slots; s++) {
            sum += result.combine[(b * tokens + t) * slots + s];
          }
          assertThat(sum).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Property(tries = 25)
  void anImageDoesNotDependOnItsNeighboursInTheBatch(
      @ForAll @IntRange(min = 1, max = 14) int tokens,
      @ForAll @IntRange(min = 1, max = 5) int experts,
      @ForAll long seed) {
    try (Layer layer =
        new Layer(config(experts, Slots.dynamic(), RoutingNorm.LAYER_NORM), tokens, seed)) {
      float[] batch = layer.tokens(3);
      int length = tokens * WIDTH;
      float[] second = Arrays.copyOfRange(batch, length, 2 * length);
      float[] together = layer.run(batch).rows;
      // products of other sizes may add in another order
      assertClose(layer.run(second).rows, Arrays.copyOfRange(together, length, 2 * length));
    }
  }

  @Property(tries = 25)
  void fixedSlotsAreEquivariantToAnyPermutationOfTokens(
      @ForAll @IntRange(min = 1, max = 14) int tokens,
      @ForAll @IntRange(min = 1, max = 4) int experts,
      @ForAll @IntRange(min = 1, max = 3) int slots,
      @ForAll long seed) {
    int[] order = new Random(seed).ints(0, tokens).distinct().limit(tokens).toArray();
    assertEquivariant(
        config(experts, Slots.fixed(slots), RoutingNorm.LAYER_NORM), tokens, order, seed);
  }

  @Property(tries = 25)
  void dynamicSlotsAreEquivariantToPermutationsInsideASegment(
      @ForAll @IntRange(min = 1, max = 14) int tokens,
      @ForAll @IntRange(min = 2, max = 5) int experts,
      @ForAll long seed) {
    int[] order = new int[tokens];
    Random random = new Random(seed);
    for (int first = 0; first < tokens; first += experts) {
      int size = Math.min(experts, tokens - first);
      int[] inside = random.ints(0, size).distinct().limit(size).toArray();
      for (int i = 0; i < size; i++) {
        order[first + i] = first + inside[i];
      }
    }
    assertEquivariant(
        config(experts, Slots.dynamic(), RoutingNorm.LAYER_NORM), tokens, order, seed);
  }

  @Property(tries = 20)
  void saturatedLogitsStayFinite(
      @ForAll @IntRange(min = 1, max = 14) int tokens,
      @ForAll @IntRange(min = 1, max = 4) int experts,
      @ForAll RoutingNorm norm,
      @ForAll long seed) {
    try (Layer layer = new Layer(config(experts, Slots.dynamic(), norm), tokens, seed)) {
      layer.fill(norm == RoutingNorm.LAYER_NORM ? "moe.norm.weight" : "moe.norm.gamma", 1e6f);
      for (float value : layer.run(layer.tokens(1)).rows) {
        assertThat(value).isFinite();
      }
    }
  }

  @Property(tries = 20)
  void slotsOfRawTokensLieBetweenTheSmallestAndTheLargestToken(
      @ForAll @IntRange(min = 1, max = 14) int tokens,
      @ForAll @IntRange(min = 1, max = 4) int experts,
      @ForAll long seed) {
    CsMoeConfig config =
        builder(experts, Slots.dynamic(), RoutingNorm.LAYER_NORM)
            .dispatchInput(DispatchInput.RAW)
            .buildConfig();
    try (Layer layer = new Layer(config, tokens, seed)) {
      float[] x = layer.tokens(1);
      Result result = layer.run(x);
      for (int d = 0; d < WIDTH; d++) {
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (int t = 0; t < tokens; t++) {
          least = Math.min(least, x[t * WIDTH + d]);
          most = Math.max(most, x[t * WIDTH + d]);
        }
        for (int s = 0; s < layer.slots; s++) {
          double slot = 0;
          for (int t = 0; t < tokens; t++) {
            slot += (double) result.dispatch[t * layer.slots + s] * x[t * WIDTH + d];
          }
          assertThat(slot).isBetween(least - 1e-4, most + 1e-4);
        }
      }
    }
  }

  @Property(tries = 10)
  void oneExpertWithOneUniformSlotIsTheDensePerceptronOfTheMeanToken(
      @ForAll @IntRange(min = 1, max = 10) int tokens, @ForAll long seed) {
    CsMoeConfig config =
        builder(1, Slots.fixed(1), RoutingNorm.LAYER_NORM)
            .dispatchInput(DispatchInput.RAW)
            .buildConfig();
    try (Layer layer = new Layer(config, tokens, seed)) {
      layer.fill("moe.slot_norm.weight", 0);
      layer.fill("moe.slot_norm.bias", 0);
      float[] x = layer.tokens(1);
      float[] mean = new float[WIDTH];
      for (int i = 0; i < x.length; i++) {
        mean[i % WIDTH] += x[i] / tokens;
      }
      double[] expected = layer.perceptron(mean);
      float[] rows = layer.run(x).rows;
      for (int i = 0; i < rows.length; i++) {
        assertThat((double) rows[i]).isCloseTo(expected[i % WIDTH], within(1e-4));
      }
    }
  }

  private static void assertEquivariant(CsMoeConfig config, int tokens, int[] order, long seed) {
    try (Layer layer = new Layer(config, tokens, seed)) {
      float[] x = layer.tokens(1);
      assertClose(layer.run(permute(x, order)).rows, permute(layer.run(x).rows, order));
    }
  }

  private static float[] permute(float[] rows, int[] order) {
    float[] result = new float[rows.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(rows, order[i] * WIDTH, result, i * WIDTH, WIDTH);
    }
    return result;
  }

  /** Single precision with logits up to the width: 1e-4 of values around 1. */
  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-4f * (1 + Math.abs(expected[i]))));
    }
  }

  private static CsMoeConfig config(int experts, Slots slots, RoutingNorm norm) {
    return builder(experts, slots, norm).buildConfig();
  }

  private static CsMoeBuilder builder(int experts, Slots slots, RoutingNorm norm) {
    return CsMoePreset.CSMOE_TINY.config().toBuilder()
        .width(WIDTH)
        .experts(experts)
        .slots(slots)
        .routingNorm(norm);
  }

  /** What one run yields. */
  private static final class Result {
    private final float[] rows;
    private final float[] dispatch;
    private final float[] combine;

    Result(List<float[]> outputs) {
      rows = outputs.get(0);
      dispatch = outputs.get(1);
      combine = outputs.get(2);
    }
  }

  /** One layer with random weights. */
  private static final class Layer implements AutoCloseable {
    private final SameDiff graph = SameDiff.create();
    private final Map<String, INDArray> inputs = new HashMap<>();
    private final List<String> outputs;
    private final Random random;
    private final int tokens;
    private final int slots;

    Layer(CsMoeConfig config, int tokens, long seed) {
      this.tokens = tokens;
      this.random = new Random(seed);
      Layers layers = new Layers(graph);
      SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, WIDTH);
      SoftMoeLayer.Output moe = new SoftMoeLayer(layers, config).apply("moe", x, tokens);
      outputs = List.of(moe.rows().name(), moe.dispatch().name(), moe.combine().name());
      slots = config.slots().perExpert(tokens, config.experts()) * config.experts();
      for (Parameter parameter : layers.parameters()) {
        long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape);
        double spread = parameter.init() instanceof Init.Uniform ? 0.4 : 0.2;
        float centre = parameter.init() instanceof Init.Constant constant ? constant.value() : 0;
        for (int i = 0; i < array.length(); i++) {
          NativeFloats.of(array).put(i, (float) (centre + spread * random.nextGaussian()));
        }
        inputs.put(parameter.name(), array);
      }
    }

    float[] tokens(int batch) {
      float[] x = new float[batch * tokens * WIDTH];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      return x;
    }

    void fill(String parameter, float value) {
      INDArray array = requireNonNull(inputs.get(parameter));
      for (int i = 0; i < array.length(); i++) {
        NativeFloats.of(array).put(i, value);
      }
    }

    Result run(float[] x) {
      try (INDArray array = Nd4j.createUninitialized(DataType.FLOAT, x.length / WIDTH, WIDTH);
          GraphExecutor executor = new SameDiffExecutor(new Cores(0))) {
        NativeFloats.of(array).put(x);
        Map<String, INDArray> all = new HashMap<>(inputs);
        all.put("x", array);
        return new Result(Runs.run(executor, graph, all, outputs));
      }
    }

    /** The expert in double precision, with the error function by its Taylor series. */
    double[] perceptron(float[] x) {
      float[] w1 = values("moe.experts.0.weight");
      float[] b1 = values("moe.experts.0.bias");
      float[] w2 = values("moe.experts.3.weight");
      float[] b2 = values("moe.experts.3.bias");
      double[] hidden = new double[4 * WIDTH];
      for (int h = 0; h < hidden.length; h++) {
        double sum = b1[h];
        for (int d = 0; d < WIDTH; d++) {
          sum += w1[h * WIDTH + d] * x[d];
        }
        hidden[h] = sum / 2 * (1 + erf(sum / Math.sqrt(2)));
      }
      double[] result = new double[WIDTH];
      for (int d = 0; d < WIDTH; d++) {
        result[d] = b2[d];
        for (int h = 0; h < hidden.length; h++) {
          result[d] += w2[d * hidden.length + h] * hidden[h];
        }
      }
      return result;
    }

    private float[] values(String parameter) {
      return requireNonNull(inputs.get(parameter)).data().asFloat();
    }

    private static double erf(double x) {
      if (Math.abs(x) > 5) {
        return Math.signum(x);
      }
      double term = x;
      double sum = x;
      for (int n = 1; n < 200; n++) {
        term *= -x * x / n;
        sum += term / (2 * n + 1);
      }
      return 2 / Math.sqrt(Math.PI) * sum;
    }

    @Override
    public void close() {
      inputs.values().forEach(INDArray::close);
    }
  }
}
