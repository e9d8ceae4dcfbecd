package org.csmoe.model.internal;

import java.util.List;
import java.util.stream.IntStream;
import org.csmoe.CsMoeConfig;
import org.csmoe.DispatchInput;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.model.internal.Parameter.Init;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The Soft MoE layer (paper equations 12 and 13). Slots are numbered {@code slot * experts +
 * expert}, the order in which the slot projection yields them.
 */
public final class SoftMoeLayer {
  private final Layers layers;
  private final SameDiff graph;
  private final CsMoeConfig config;

  public SoftMoeLayer(Layers layers, CsMoeConfig config) {
    this.layers = layers;
    this.graph = layers.graph();
    this.config = config;
  }

  /**
   * What a layer yields.
   *
   * @param rows {@code [batch * tokens, width]}
   * @param dispatch {@code [batch, tokens, slots]}
   * @param combine {@code [batch, tokens, slots]}
   * @param embeddings what tokens are compared with: {@code [batch, slots, width]}, without batch
   *     when the slots are fixed
   * @param slots what the experts process, {@code [batch, slots, width]}
   */
  public record Output(
      SDVariable rows,
      SDVariable dispatch,
      SDVariable combine,
      SDVariable embeddings,
      SDVariable slots) {}

  /** Processes rows of {@code tokens} each. */
  public Output apply(String name, SDVariable x, int tokens) {
    int width = config.width();
    int slots = config.slots().perExpert(tokens, config.experts());
    SDVariable rows = routingNorm(name + ".norm", x);
    SDVariable normalised = graph.reshape(rows, -1, tokens, width);
    boolean fixed = config.slots() instanceof Slots.Fixed;
    SDVariable embeddings =
        fixed ? fixedEmbeddings(name, slots) : dynamicEmbeddings(name, normalised, tokens, slots);
    SDVariable logits =
        fixed
            ? graph.reshape(
                graph.mmul(rows, embeddings, false, true, false),
                -1,
                tokens,
                (long) slots * config.experts())
            : graph.mmul(normalised, embeddings, false, true, false);
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
    return new Output(graph.reshape(mixed, -1, width), dispatch, combine, embeddings, inputs);
  }

  private SDVariable dynamicEmbeddings(String name, SDVariable x, int tokens, int slots) {
    int width = config.width();
    int experts = config.experts();
    SDVariable means = graph.reshape(segmentMeans(x, tokens, slots), -1, width);
    SDVariable weight =
        layers.parameter(
            name + ".to_slot_embeds.0.weight",
            Layers.xavier(width, (long) experts * width),
            (long) experts * width,
            width);
    SDVariable projected = graph.reshape(graph.mmul(means, weight, false, true, false), -1, width);
    return graph.reshape(
        routingNorm(name + ".to_slot_embeds.2", projected), -1, (long) slots * experts, width);
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

  private SDVariable fixedEmbeddings(String name, int slots) {
    int width = config.width();
    SDVariable embeddings =
        layers.parameter(name + ".slot_embeds", new Init.Normal(1), config.experts(), slots, width);
    SDVariable ordered = graph.reshape(graph.permute(embeddings, 1, 0, 2), -1, width);
    return routingNorm(name + ".slot_norm", ordered);
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
            Layers.xavier(width, hidden),
            List.of(experts, hidden, width),
            List.of(hidden, width));
    SDVariable bias1 =
        expertParameter(
            name, "0.bias", new Init.Constant(0), List.of(experts, 1L, hidden), List.of(hidden));
    SDVariable weight2 =
        expertParameter(
            name,
            "3.weight",
            Layers.xavier(hidden, width),
            List.of(experts, width, hidden),
            List.of(width, hidden));
    SDVariable bias2 =
        expertParameter(
            name, "3.bias", new Init.Constant(0), List.of(experts, 1L, width), List.of(width));
    SDVariable activated = layers.gelu(graph.mmul(grouped, weight1, false, true, false).add(bias1));
    SDVariable outputs = graph.mmul(activated, weight2, false, true, false).add(bias2);
    return graph.reshape(
        graph.permute(graph.reshape(outputs, experts, -1, slots, width), 1, 2, 0, 3),
        -1,
        slots * experts,
        width);
  }

  private SDVariable expertParameter(
      String prefix, String suffix, Init init, List<Long> stacked, List<Long> single) {
    List<String> tensors =
        IntStream.range(0, config.experts())
            .mapToObj(e -> prefix + ".experts." + e + "." + suffix)
            .toList();
    return layers.declare(
        new Parameter(prefix + ".experts." + suffix, stacked, tensors, single, init, true));
  }

  private SDVariable routingNorm(String name, SDVariable rows) {
    return config.routingNorm() == RoutingNorm.LAYER_NORM
        ? layers.layerNorm(name, rows, 1, config.width(), Encoder.EPSILON)
        : rmsNorm(name, rows);
  }

  /** {@code x / max(|x|, 1e-12) * sqrt(width) * gamma} over the last dimension. */
  private SDVariable rmsNorm(String name, SDVariable x) {
    SDVariable gamma = layers.parameter(name + ".gamma", new Init.Constant(1), config.width());
    return x.mul(layers.inverseLength(x, 1)).mul(gamma.mul(Math.sqrt(config.width())));
  }
}
