package org.csmoe.model.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.csmoe.CsMoeConfig;
import org.csmoe.DispatchInput;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.model.internal.Parameter.Init;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The layers of the network, composed from primitive SameDiff operations, and the parameters they
 * declare. Tokens travel as {@code [batch * tokens, width]}, since products of matrices need no
 * copy then; the batch size stays free.
 */
final class Layers {
  private static final double EPSILON = 1e-6;

  private final SameDiff graph;
  private final CsMoeConfig config;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  Layers(SameDiff graph, CsMoeConfig config) {
    this.graph = graph;
    this.config = config;
  }

  /** All parameters declared so far, in order. */
  List<Parameter> parameters() {
    return new ArrayList<>(parameters.values());
  }

  /** Declares a parameter, or finds it when a shared layer declared it before. */
  SDVariable parameter(String name, Init init, long... shape) {
    List<Long> sizes = IntStream.range(0, shape.length).mapToObj(i -> shape[i]).toList();
    return declare(new Parameter(name, sizes, List.of(name), sizes, init, true));
  }

  SDVariable declare(Parameter parameter) {
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

  private SDVariable expertParameter(
      String prefix, String suffix, Init init, List<Long> stacked, List<Long> single) {
    List<String> tensors =
        IntStream.range(0, config.experts())
            .mapToObj(e -> prefix + ".experts." + e + "." + suffix)
            .toList();
    return declare(
        new Parameter(prefix + ".experts." + suffix, stacked, tensors, single, init, true));
  }

  static Init xavier(long in, long out) {
    return new Init.Uniform(Math.sqrt(6.0 / (in + out)));
  }

  /** {@code y = x W^T + b} of rows; weight [out, in]. */
  SDVariable linear(String name, SDVariable x, int in, int out) {
    SDVariable weight = parameter(name + ".weight", xavier(in, out), out, in);
    SDVariable bias = parameter(name + ".bias", new Init.Constant(0), out);
    return graph.mmul(x, weight, false, true, false).add(bias);
  }

  /** LayerNorm over the last dimension with weight and bias, epsilon 1e-6. */
  SDVariable layerNorm(String name, SDVariable x, int lastDimension) {
    SDVariable weight = parameter(name + ".weight", new Init.Constant(1), config.width());
    SDVariable bias = parameter(name + ".bias", new Init.Constant(0), config.width());
    SDVariable centred = x.sub(x.mean(true, lastDimension));
    SDVariable variance = graph.math().square(centred).mean(true, lastDimension);
    SDVariable scale = graph.math().rsqrt(variance.add(EPSILON));
    return centred.mul(scale).mul(weight).add(bias);
  }

  /** {@code x / max(|x|, 1e-12) * sqrt(width) * gamma} over the last dimension. */
  private SDVariable rmsNorm(String name, SDVariable x, int lastDimension) {
    SDVariable gamma = parameter(name + ".gamma", new Init.Constant(1), config.width());
    SDVariable squares = graph.math().square(x).sum(true, lastDimension);
    // sqrt(max(s, 1e-24)) = max(sqrt(s), 1e-12), without the infinite slope of sqrt at zero
    SDVariable scale = graph.math().rsqrt(graph.math().max(squares, graph.constant(1e-24f)));
    return x.mul(scale).mul(gamma.mul(Math.sqrt(config.width())));
  }

  private SDVariable routingNorm(String name, SDVariable x, int lastDimension) {
    return config.routingNorm() == RoutingNorm.LAYER_NORM
        ? layerNorm(name, x, lastDimension)
        : rmsNorm(name, x, lastDimension);
  }

  /** GELU by the error function: {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
  SDVariable gelu(SDVariable x) {
    SDVariable erf = graph.math().erf(x.mul(Math.sqrt(0.5)));
    return x.mul(erf.add(1.0).mul(0.5));
  }

  /** Multi-head self-attention among the tokens of each image. */
  SDVariable attention(String name, SDVariable x, int tokens) {
    int width = config.width();
    int heads = config.heads();
    int head = width / heads;
    SDVariable qkv =
        graph.reshape(linear(name + ".qkv", x, width, 3 * width), -1, tokens, 3, heads, head);
    SDVariable q = headsFirst(qkv, 0, tokens).mul(1 / Math.sqrt(head));
    SDVariable weights =
        graph.nn().softmax(graph.mmul(q, headsFirst(qkv, 1, tokens), false, true, false), 3);
    SDVariable mixed = graph.mmul(weights, headsFirst(qkv, 2, tokens), false, false, false);
    SDVariable rows = graph.reshape(graph.permute(mixed, 0, 2, 1, 3), -1, width);
    return linear(name + ".proj", rows, width, width);
  }

  /** An interval, since ND4J cannot differentiate a slice that drops its dimension. */
  private SDVariable headsFirst(SDVariable qkv, int which, int tokens) {
    SDIndex all = SDIndex.all();
    SDVariable part = qkv.get(all, all, SDIndex.interval(which, which + 1), all, all);
    int heads = config.heads();
    SDVariable four = graph.reshape(part, -1, tokens, heads, config.width() / heads);
    return graph.permute(four, 0, 2, 1, 3);
  }

  /** The dense perceptron of CSMAE. */
  SDVariable dense(String name, SDVariable x) {
    SDVariable hidden = gelu(linear(name + ".fc1", x, config.width(), config.hidden()));
    return linear(name + ".fc2", hidden, config.hidden(), config.width());
  }

  /**
   * The Soft MoE layer (paper equations 12 and 13). Slots are numbered {@code slot * experts +
   * expert}, the order in which the slot projection yields them.
   */
  SoftMoe softMoe(String name, SDVariable x, int tokens) {
    int width = config.width();
    int slots = config.slots().perExpert(tokens, config.experts());
    int all = slots * config.experts();
    SDVariable rows = routingNorm(name + ".norm", x, 1);
    SDVariable normalised = graph.reshape(rows, -1, tokens, width);
    SDVariable logits =
        config.slots() instanceof Slots.Fixed
            ? fixedLogits(name, rows, tokens, slots)
            : dynamicLogits(name, normalised, tokens, slots);
    SDVariable scaled =
        config.dispatchTemperature() == 1.0 ? logits : logits.div(config.dispatchTemperature());
    SDVariable dispatch = graph.nn().softmax(scaled, 1);
    SDVariable combine = graph.nn().softmax(logits, 2);
    SDVariable source =
        config.dispatchInput() == DispatchInput.NORMALISED
            ? normalised
            : graph.reshape(x, -1, tokens, width);
    SDVariable inputs = graph.mmul(dispatch, source, true, false, false);
    SDVariable outputs = experts(name, inputs, slots);
    SDVariable mixed = graph.mmul(combine, outputs, false, false, false);
    return new SoftMoe(graph.reshape(mixed, -1, width), dispatch, combine, all);
  }

  /** What a Soft MoE layer yields: rows, and routing weights {@code [batch, tokens, slots]}. */
  record SoftMoe(SDVariable rows, SDVariable dispatch, SDVariable combine, int slots) {}

  private SDVariable dynamicLogits(String name, SDVariable x, int tokens, int slots) {
    int width = config.width();
    int experts = config.experts();
    SDVariable means = graph.reshape(segmentMeans(x, tokens, slots), -1, width);
    SDVariable weight =
        parameter(
            name + ".to_slot_embeds.0.weight",
            xavier(width, (long) experts * width),
            (long) experts * width,
            width);
    SDVariable projected = graph.reshape(graph.mmul(means, weight, false, true, false), -1, width);
    SDVariable embeddings =
        graph.reshape(
            routingNorm(name + ".to_slot_embeds.2", projected, 1),
            -1,
            (long) slots * experts,
            width);
    return graph.mmul(x, embeddings, false, true, false);
  }

  /** Means of consecutive segments of {@code experts} tokens; the last may be shorter. */
  private SDVariable segmentMeans(SDVariable x, int tokens, int slots) {
    int experts = config.experts();
    int width = config.width();
    int full = tokens / experts;
    if (full == slots) {
      return graph.reshape(x, -1, slots, experts, width).mean(2);
    }
    SDVariable rest =
        x.get(SDIndex.all(), SDIndex.interval(full * experts, tokens), SDIndex.all()).mean(true, 1);
    if (full == 0) {
      return rest;
    }
    SDVariable head = x.get(SDIndex.all(), SDIndex.interval(0, full * experts), SDIndex.all());
    return graph.concat(1, graph.reshape(head, -1, full, experts, width).mean(2), rest);
  }

  private SDVariable fixedLogits(String name, SDVariable rows, int tokens, int slots) {
    int width = config.width();
    int experts = config.experts();
    SDVariable embeddings =
        parameter(name + ".slot_embeds", new Init.Normal(1), experts, slots, width);
    SDVariable ordered = graph.reshape(graph.permute(embeddings, 1, 0, 2), -1, width);
    SDVariable normalised = routingNorm(name + ".slot_norm", ordered, 1);
    return graph.reshape(
        graph.mmul(rows, normalised, false, true, false), -1, tokens, (long) slots * experts);
  }

  /** All experts as one batched product: {@code [batch, slots * experts, width]} in and out. */
  private SDVariable experts(String name, SDVariable inputs, int slots) {
    long experts = config.experts();
    long width = config.width();
    long hidden = config.hidden();
    SDVariable grouped =
        graph.reshape(
            graph.permute(graph.reshape(inputs, -1, slots, experts, width), 2, 0, 1, 3),
            experts,
            -1,
            width);
    SDVariable weight1 =
        expertParameter(
            name,
            "0.weight",
            xavier(width, hidden),
            List.of(experts, hidden, width),
            List.of(hidden, width));
    SDVariable bias1 =
        expertParameter(
            name, "0.bias", new Init.Constant(0), List.of(experts, 1L, hidden), List.of(hidden));
    SDVariable weight2 =
        expertParameter(
            name,
            "3.weight",
            xavier(hidden, width),
            List.of(experts, width, hidden),
            List.of(width, hidden));
    SDVariable bias2 =
        expertParameter(
            name, "3.bias", new Init.Constant(0), List.of(experts, 1L, width), List.of(width));
    SDVariable activated = gelu(graph.mmul(grouped, weight1, false, true, false).add(bias1));
    SDVariable outputs = graph.mmul(activated, weight2, false, true, false).add(bias2);
    return graph.reshape(
        graph.permute(graph.reshape(outputs, experts, -1, slots, width), 1, 2, 0, 3),
        -1,
        slots * experts,
        width);
  }
}
