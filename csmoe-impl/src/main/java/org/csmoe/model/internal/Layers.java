package org.csmoe.model.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.csmoe.model.internal.Parameter.Init;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The layers of a transformer, composed from primitive SameDiff operations, and the parameters they
 * declare. Tokens travel as {@code [batch * tokens, width]}, since products of matrices need no
 * copy then; the batch size stays free.
 */
public final class Layers {
  private final SameDiff graph;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  public Layers(SameDiff graph) {
    this.graph = graph;
  }

  public SameDiff graph() {
    return graph;
  }

  /** All parameters declared so far, in order. */
  public List<Parameter> parameters() {
    return new ArrayList<>(parameters.values());
  }

  /** Declares a parameter, or finds it when a shared layer declared it before. */
  public SDVariable parameter(String name, Init init, long... shape) {
    List<Long> sizes = IntStream.range(0, shape.length).mapToObj(i -> shape[i]).toList();
    return declare(new Parameter(name, sizes, List.of(name), sizes, init, true));
  }

  public SDVariable declare(Parameter parameter) {
    Parameter known = parameters.putIfAbsent(parameter.name(), parameter);
    if (known != null) {
      if (!known.equals(parameter)) {
        throw new IllegalStateException(
            "variable " + parameter.name() + " was declared as " + known + ", now as " + parameter);
      }
      return graph.getVariable(parameter.name());
    }
    long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
    return graph.placeHolder(parameter.name(), DataType.FLOAT, shape);
  }

  public static Init xavier(long in, long out) {
    return new Init.Uniform(Math.sqrt(6.0 / (in + out)));
  }

  /** {@code y = x W^T + b} of rows; weight [out, in]. */
  public SDVariable linear(String name, SDVariable x, int in, int out) {
    SDVariable weight = parameter(name + ".weight", xavier(in, out), out, in);
    SDVariable bias = parameter(name + ".bias", new Init.Constant(0), out);
    return graph.mmul(x, weight, false, true, false).add(bias);
  }

  /** LayerNorm over the last dimension with weight and bias. */
  public SDVariable layerNorm(
      String name, SDVariable x, int lastDimension, int width, double epsilon) {
    SDVariable weight = parameter(name + ".weight", new Init.Constant(1), width);
    SDVariable bias = parameter(name + ".bias", new Init.Constant(0), width);
    SDVariable centred = x.sub(x.mean(true, lastDimension));
    SDVariable variance = graph.math().square(centred).mean(true, lastDimension);
    SDVariable scale = graph.math().rsqrt(variance.add(epsilon));
    return centred.mul(scale).mul(weight).add(bias);
  }

  /** {@code 1 / max(|x|, 1e-12)} over the last dimension, which is kept. */
  public SDVariable inverseLength(SDVariable x, int lastDimension) {
    SDVariable squares = graph.math().square(x).sum(true, lastDimension);
    // sqrt(max(s, 1e-24)) = max(sqrt(s), 1e-12), without the infinite slope of sqrt at zero
    return graph.math().rsqrt(graph.math().max(squares, graph.constant(1e-24f)));
  }

  /** GELU by the error function: {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
  public SDVariable gelu(SDVariable x) {
    SDVariable erf = graph.math().erf(x.mul(Math.sqrt(0.5)));
    return x.mul(erf.add(1.0).mul(0.5));
  }

  /** Multi-head self-attention among the tokens of each image. */
  public SDVariable attention(String name, SDVariable x, int tokens, int width, int heads) {
    int head = width / heads;
    SDVariable qkv =
        graph.reshape(linear(name + ".qkv", x, width, 3 * width), -1, tokens, 3, heads, head);
    SDVariable q = headsFirst(qkv, 0, tokens, heads, head).mul(1 / Math.sqrt(head));
    SDVariable weights =
        graph
            .nn()
            .softmax(graph.mmul(q, headsFirst(qkv, 1, tokens, heads, head), false, true, false), 3);
    SDVariable mixed =
        graph.mmul(weights, headsFirst(qkv, 2, tokens, heads, head), false, false, false);
    SDVariable rows = graph.reshape(graph.permute(mixed, 0, 2, 1, 3), -1, width);
    return linear(name + ".proj", rows, width, width);
  }

  /** Queries, keys or values of {@code [batch, tokens, 3, heads, head]}, heads first. */
  private SDVariable headsFirst(SDVariable qkv, int which, int tokens, int heads, int head) {
    SDIndex all = SDIndex.all();
    // An interval, since ND4J cannot differentiate a slice that drops its dimension.
    SDVariable part = qkv.get(all, all, SDIndex.interval(which, which + 1), all, all);
    SDVariable four = graph.reshape(part, -1, tokens, heads, head);
    return graph.permute(four, 0, 2, 1, 3);
  }

  /** The perceptron of a transformer block. */
  public SDVariable dense(String name, SDVariable x, int width, int hidden) {
    return linear(name + ".fc2", gelu(linear(name + ".fc1", x, width, hidden)), hidden, width);
  }
}
