package org.csmoe.training;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeConfig;
import org.csmoe.Slots;
import org.csmoe.features.Pooling;
import org.csmoe.model.internal.Encoder;
import org.csmoe.model.internal.Layers;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.SoftMoeLayer;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The masked autoencoder of two sensors as one graph, from patches to the losses. Visible patches
 * come as inputs in the order in which the encoder shall see them, with their positions; decoders
 * see visible tokens first and masked ones after them, each with its position, so that nothing is
 * gathered or scattered: a transformer does not care about the order of its tokens.
 */
final class PretrainingGraph {
  static final String TOTAL = "loss/total";
  static final String UNIMODAL = "loss/unimodal";
  static final String CROSS_MODAL = "loss/crossModal";
  static final String MUTUAL_INFORMATION = "loss/mutualInformation";
  static final String REPULSION = "loss/repulsion";
  static final String ENTROPY = "loss/entropy";

  /**
   * Input: a row's share of the mean of all rows that have a pair, where its pair is, {@code [2 *
   * batch, 2 * batch]}.
   */
  static final String PAIRS = "pairs";

  /** Input: the same shares, {@code [2 * batch]}. */
  static final String SHARES = "shares";

  /** Input: 1 where the denominator of a row's loss has a term, {@code [2 * batch, 2 * batch]}. */
  static final String OTHERS = "others";

  private static final double ENTROPY_EPSILON = 1e-8;

  private final CsMoeConfig config;
  private final Objective objective;
  private final SameDiff graph = SameDiff.create();
  private final Layers layers = new Layers(graph);
  private final Encoder encoder;
  private final Map<String, SDVariable> losses = new LinkedHashMap<>();
  private final int visible;

  PretrainingGraph(CsMoeConfig config, Objective objective) {
    this.config = config;
    this.objective = objective;
    this.encoder = new Encoder(layers, config);
    this.visible = visible(config, objective);
    // SameDiff's default holders keep a second copy of every array; executors take care of threads
    graph.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    build();
  }

  /** Patches of an image that the encoder sees. */
  static int visible(CsMoeConfig config, Objective objective) {
    int patches = config.grid() * config.grid();
    int visible = (int) (patches * (1 - objective.maskRatio()));
    if (visible < 1 || (objective.reconstructs() && visible == patches)) {
      throw new IllegalArgumentException(
          "maskRatio must leave between 1 and %d of %d patches visible but was %s, which leaves %d"
              .formatted(patches - 1, patches, objective.maskRatio(), visible));
    }
    return visible;
  }

  /** Names of inputs and outputs for one sensor. */
  record Names(String sensor) {
    static Names of(Sensor sensor) {
      return new Names(sensor.shortName());
    }

    /** Input: visible patches {@code [batch, visible, bands * height * width]}. */
    String patches() {
      return sensor + "/patches";
    }

    /** Input: their positions {@code [batch, visible, width]}. */
    String positions() {
      return sensor + "/positions";
    }

    /** Input: positions of visible, then masked patches {@code [batch, patches, decoder width]}. */
    String decoderPositions() {
      return sensor + "/decoder_positions";
    }

    /**
     * Input: what a sensor has where this one is masked, {@code [batch, masked, height * width *
     * bands]}.
     */
    String target(Sensor of) {
      return sensor + "/target_" + of.shortName();
    }

    /** Input: each value's share of the mean, 0 where there is no data, in the same shape. */
    String share(Sensor of) {
      return sensor + "/share_" + of.shortName();
    }

    /** Output: what was made of this sensor's tokens, in the shape of the target. */
    String reconstruction(Sensor of) {
      return sensor + "/reconstruction_" + of.shortName();
    }
  }

  SameDiff graph() {
    return graph;
  }

  List<Parameter> parameters() {
    return layers.parameters();
  }

  /** Names of the losses that are computed, the total last. */
  List<String> losses() {
    return List.copyOf(losses.keySet());
  }

  /** What the encoder yields of one sensor. */
  private record Encoded(
      SDVariable tokens, SDVariable contrasted, List<SoftMoeLayer.Output> routing) {}

  private void build() {
    Map<Sensor, Encoded> encoded = new EnumMap<>(Sensor.class);
    for (Sensor sensor : Sensor.values()) {
      encoded.put(sensor, encode(sensor));
    }
    SDVariable total = graph.constant(0f);
    if (objective.unimodalWeight() > 0) {
      SDVariable loss =
          reconstruct(encoded, Sensor.SENTINEL1, Sensor.SENTINEL1)
              .add(reconstruct(encoded, Sensor.SENTINEL2, Sensor.SENTINEL2));
      total = added(total, UNIMODAL, loss, objective.unimodalWeight());
    }
    if (objective.crossModalWeight() > 0) {
      SDVariable loss =
          reconstruct(encoded, Sensor.SENTINEL1, Sensor.SENTINEL2)
              .add(reconstruct(encoded, Sensor.SENTINEL2, Sensor.SENTINEL1));
      total = added(total, CROSS_MODAL, loss, objective.crossModalWeight());
    }
    if (objective.mutualInformationWeight() > 0) {
      SDVariable loss = mutualInformation(encoded);
      total = added(total, MUTUAL_INFORMATION, loss, objective.mutualInformationWeight());
    }
    List<SoftMoeLayer.Output> routing = new ArrayList<>();
    encoded.values().forEach(each -> routing.addAll(each.routing()));
    if (objective.repulsionWeight() > 0 && !routing.isEmpty()) {
      SDVariable loss = signed(mean(routing.stream().map(this::similarity).toList()));
      total = added(total, REPULSION, loss, objective.repulsionWeight());
    }
    if (objective.entropyWeight() > 0 && !routing.isEmpty()) {
      SDVariable loss = signed(mean(routing.stream().map(this::negativeEntropy).toList()));
      total = added(total, ENTROPY, loss, objective.entropyWeight());
    }
    losses.put(TOTAL, total.rename(TOTAL));
  }

  private SDVariable added(SDVariable total, String name, SDVariable loss, double weight) {
    SDVariable named = loss.rename(name);
    losses.put(name, named);
    return total.add(named.mul(weight));
  }

  private Encoded encode(Sensor sensor) {
    Names names = Names.of(sensor);
    int width = config.width();
    long pixels = (long) config.bands(sensor).size() * config.patchSize() * config.patchSize();
    SDVariable patches = graph.placeHolder(names.patches(), DataType.FLOAT, -1, visible, pixels);
    SDVariable positions = graph.placeHolder(names.positions(), DataType.FLOAT, -1, visible, width);
    SDVariable embedded = encoder.embed(sensor, graph.reshape(patches, -1, pixels));
    SDVariable placed = graph.reshape(embedded, -1, visible, width).add(positions);
    int tokens = visible + 1;
    SDVariable rows = graph.reshape(encoder.withCls(sensor, placed), -1, width);
    List<SoftMoeLayer.Output> routing = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      Encoder.Block block = encoder.block(sensor, i, rows, tokens);
      block.routing().ifPresent(routing::add);
      rows = block.rows();
      if (i == config.sensorLayers() - 1 || i == config.layers() - 1) {
        rows = encoder.normAfter(sensor, i, rows);
      }
    }
    if (config.sharedLayers() == 0) {
      rows = encoder.norm("norm", rows);
    }
    SDVariable sequence = graph.reshape(rows, -1, tokens, width);
    return new Encoded(rows, contrasted(sequence, tokens), routing);
  }

  /** The vector of an image that the mutual information compares, {@code [batch, width]}. */
  private SDVariable contrasted(SDVariable sequence, int tokens) {
    SDIndex all = SDIndex.all();
    int width = config.width();
    if (objective.contrasted() == Pooling.MEAN_PATCHES) {
      SDVariable mean = sequence.get(all, SDIndex.interval(1, tokens), all).mean(1);
      return config.poolNorm() ? encoder.norm("fc_norm", mean) : mean;
    }
    SDVariable cls = graph.reshape(sequence.get(all, SDIndex.interval(0, 1), all), -1, width);
    return objective.contrasted() == Pooling.CLS_PROJECTED && config.projection() > 0
        ? layers.linear("cls_projection", cls, width, config.projection())
        : cls;
  }

  /** The loss of reconstructing one sensor where another, the source of the tokens, is masked. */
  private SDVariable reconstruct(Map<Sensor, Encoded> encoded, Sensor source, Sensor target) {
    Names names = Names.of(source);
    int patches = config.grid() * config.grid();
    int masked = patches - visible;
    long pixels = (long) config.bands(target).size() * config.patchSize() * config.patchSize();
    SDVariable wanted = graph.placeHolder(names.target(target), DataType.FLOAT, -1, masked, pixels);
    Encoded from = encoded.get(source);
    if (from == null) {
      throw new IllegalStateException("no tokens of " + source);
    }
    SDVariable rows = decode(from.tokens(), source, target);
    SDVariable found = graph.reshape(rows, -1, masked, pixels).rename(names.reconstruction(target));
    SDVariable shares = graph.placeHolder(names.share(target), DataType.FLOAT, -1, masked, pixels);
    SDVariable difference = found.sub(wanted);
    SDVariable cost =
        objective.reconstruction() == Reconstruction.SQUARED_ERROR
            ? graph.math().square(difference)
            : graph.math().abs(difference);
    return cost.mul(shares).sum();
  }

  /** The reconstructed pixels of masked patches as rows. */
  private SDVariable decode(SDVariable encoded, Sensor source, Sensor target) {
    DecoderConfig decoder = objective.decoders();
    int width = decoder.width();
    int patches = config.grid() * config.grid();
    SDIndex all = SDIndex.all();
    String name = decoderName(decoder.sharing(), target);
    SDVariable embedded =
        graph.reshape(
            layers.linear(name + ".decoder_embed", encoded, config.width(), width),
            -1,
            visible + 1,
            width);
    SDVariable positions = decoderPositions(source);
    SDVariable token =
        layers.parameter(name + ".mask_token", new Parameter.Init.Normal(0.02), 1, 1, width);
    SDVariable cls = embedded.get(all, SDIndex.interval(0, 1), all);
    SDVariable seen =
        embedded
            .get(all, SDIndex.interval(1, visible + 1), all)
            .add(positions.get(all, SDIndex.interval(0, visible), all));
    SDVariable unseen = positions.get(all, SDIndex.interval(visible, patches), all).add(token);
    SDVariable rows = graph.reshape(graph.concat(1, cls, seen, unseen), -1, width);
    for (int i = 0; i < decoder.layers(); i++) {
      rows = decoderBlock(name + ".decoder_blocks." + i, rows, patches + 1, decoder);
    }
    SDVariable last =
        graph.reshape(
            graph
                .reshape(rows, -1, patches + 1, width)
                .get(all, SDIndex.interval(visible + 1, patches + 1), all),
            -1,
            width);
    SDVariable normed = decoderNorm(name + ".decoder_norm", last, width);
    long pixels = (long) config.bands(target).size() * config.patchSize() * config.patchSize();
    return layers.linear(
        headName(name, decoder.sharing(), source, target), normed, width, Math.toIntExact(pixels));
  }

  private SDVariable decoderPositions(Sensor source) {
    String name = Names.of(source).decoderPositions();
    long patches = (long) config.grid() * config.grid();
    return graph.hasVariable(name)
        ? graph.getVariable(name)
        : graph.placeHolder(name, DataType.FLOAT, -1, patches, objective.decoders().width());
  }

  private SDVariable decoderBlock(String name, SDVariable x, int tokens, DecoderConfig decoder) {
    int width = decoder.width();
    SDVariable attended =
        x.add(
            layers.attention(
                name + ".attn",
                decoderNorm(name + ".norm1", x, width),
                tokens,
                width,
                decoder.heads()));
    SDVariable normed = decoderNorm(name + ".norm2", attended, width);
    return attended.add(layers.dense(name + ".mlp", normed, width, 4 * width));
  }

  /** With the epsilon that CSMAE's decoders have, unlike its encoder. */
  private SDVariable decoderNorm(String name, SDVariable rows, int width) {
    return layers.layerNorm(name, rows, 1, width, 1e-5);
  }

  /** CSMAE's names where it has the same decoders. */
  private static String decoderName(DecoderConfig.Sharing sharing, Sensor target) {
    return switch (sharing) {
      case COMMON -> "decoder";
      case SPECIFIC -> target == Sensor.SENTINEL1 ? "decoder_s2_to_s1" : "decoder_s1_to_s2";
      case TARGET -> "decoder_" + target.shortName();
    };
  }

  private static String headName(
      String decoder, DecoderConfig.Sharing sharing, Sensor source, Sensor target) {
    return switch (sharing) {
      case COMMON ->
          decoder
              + (target == Sensor.SENTINEL1 ? ".decoder_pred_s2_to_s1" : ".decoder_pred_s1_to_s2");
      case SPECIFIC -> decoder + ".decoder_pred";
      case TARGET -> decoder + ".decoder_pred_from_" + source.shortName();
    };
  }

  /**
   * {@code -log(exp(s_pair / t) / sum exp(s_other / t))}, the mean over the images that have a
   * pair. Similarities reach from -1 to 1, so that subtracting {@code 1 / t} keeps exponentials
   * below 1.
   */
  private SDVariable mutualInformation(Map<Sensor, Encoded> encoded) {
    List<SDVariable> vectors = encoded.values().stream().map(Encoded::contrasted).toList();
    SDVariable rows = graph.concat(0, vectors.toArray(SDVariable[]::new));
    SDVariable unit = rows.mul(layers.inverseLength(rows, 1));
    SDVariable pairs = graph.placeHolder(PAIRS, DataType.FLOAT, -1, -1);
    SDVariable others = graph.placeHolder(OTHERS, DataType.FLOAT, -1, -1);
    double scale = 1 / objective.temperature();
    SDVariable logits = graph.mmul(unit, unit, false, true, false).mul(scale).sub(scale);
    SDVariable denominators = graph.math().exp(logits).mul(others).sum(1);
    SDVariable shares = graph.placeHolder(SHARES, DataType.FLOAT, -1);
    // A row without a pair has an arbitrary denominator of 1 and no share.
    return graph.math().log(denominators).mul(shares).sum().sub(logits.mul(pairs).sum());
  }

  /** The mean of squared cosines of all pairs of slots. */
  private SDVariable similarity(SoftMoeLayer.Output routing) {
    boolean embeddings = objective.repulsion() == Repulsion.SLOT_EMBEDDINGS;
    SDVariable slots = embeddings ? routing.embeddings() : routing.slots();
    boolean fixed = embeddings && config.slots() instanceof Slots.Fixed;
    SDVariable unit = slots.mul(layers.inverseLength(slots, fixed ? 1 : 2));
    return graph.math().square(graph.mmul(unit, unit, false, true, false)).mean();
  }

  /** The mean of {@code a log(a + epsilon)}: least when dispatch weights are even. */
  private SDVariable negativeEntropy(SoftMoeLayer.Output routing) {
    SDVariable weights = routing.dispatch();
    return weights.mul(graph.math().log(weights.add(ENTROPY_EPSILON))).mean();
  }

  /** Terms as the text of the paper wants them, or as its equations are printed. */
  private SDVariable signed(SDVariable term) {
    return objective.paperSigns() ? graph.math().neg(term) : term;
  }

  private SDVariable mean(List<SDVariable> terms) {
    SDVariable sum = terms.get(0);
    for (SDVariable term : terms.subList(1, terms.size())) {
      sum = sum.add(term);
    }
    return sum.div(terms.size());
  }
}
