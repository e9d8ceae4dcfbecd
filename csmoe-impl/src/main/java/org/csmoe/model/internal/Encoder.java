package org.csmoe.model.internal;

import java.util.List;
import java.util.Optional;
import org.csmoe.CsMoeConfig;
import org.csmoe.FeedForward;
import org.csmoe.model.internal.Parameter.Init;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The parts of the encoder, for graphs that put them together: with all tokens for features, with
 * those that are not masked for pretraining.
 */
public final class Encoder {
  public static final double EPSILON = 1e-6;

  private final Layers layers;
  private final SameDiff graph;
  private final CsMoeConfig config;
  private final SoftMoeLayer softMoe;

  public Encoder(Layers layers, CsMoeConfig config) {
    this.layers = layers;
    this.graph = layers.graph();
    this.config = config;
    this.softMoe = new SoftMoeLayer(layers, config);
  }

  /** The fixed positions {@code [1, 1 + patches, width]}, in raster order after the CLS token's. */
  public SDVariable positions() {
    List<Long> shape = List.of(1L, (long) config.tokens(), (long) config.width());
    return layers.declare(
        new Parameter("pos_embed", shape, List.of("pos_embed"), shape, new Init.SinCos(), false));
  }

  /**
   * Embeds patches, in whatever order.
   *
   * @param patches {@code [rows, bands * height * width]}
   * @return {@code [rows, width]}
   */
  public SDVariable embed(Sensor sensor, SDVariable patches) {
    long patch = config.patchSize();
    long width = config.width();
    long bands = config.bands(sensor).size();
    long pixels = bands * patch * patch;
    String name = "patch_embed" + suffix(sensor) + ".proj";
    SDVariable weight =
        layers.declare(
            new Parameter(
                name + ".weight",
                List.of(width, pixels),
                List.of(name + ".weight"),
                List.of(width, bands, patch, patch),
                Layers.xavier(pixels, width),
                true));
    SDVariable bias =
        layers.parameter(name + ".bias", new Init.Uniform(1 / Math.sqrt((double) pixels)), width);
    return graph.mmul(patches, weight, false, true, false).add(bias);
  }

  /** Puts the sensor's CLS token in front of {@code [batch, patches, width]}. */
  public SDVariable withCls(Sensor sensor, SDVariable embedded) {
    int width = config.width();
    SDVariable cls =
        layers.parameter("cls_token" + suffix(sensor), new Init.Normal(0.02), 1, 1, width);
    SDVariable clsPerImage =
        graph
            .zerosLike(embedded.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all()))
            .add(cls);
    return graph.concat(1, clsPerImage, embedded);
  }

  /** What a block yields: its rows, and those of the Soft MoE layer if it has one. */
  public record Block(SDVariable rows, Optional<SoftMoeLayer.Output> routing) {}

  /** Block {@code index} of the sensor's own blocks and the shared ones after them. */
  public Block block(Sensor sensor, int index, SDVariable x, int tokens) {
    int own = config.sensorLayers();
    String name =
        index < own ? "blocks_" + sensor.shortName() + "." + index : "blocks." + (index - own);
    int width = config.width();
    SDVariable attended =
        x.add(
            layers.attention(
                name + ".attn", norm(name + ".norm1", x), tokens, width, config.heads()));
    SDVariable normed = norm(name + ".norm2", attended);
    if (config.feedForward() == FeedForward.DENSE) {
      SDVariable fed = layers.dense(name + ".mlp", normed, width, config.hidden());
      return new Block(attended.add(fed), Optional.empty());
    }
    SoftMoeLayer.Output moe = softMoe.apply(name + ".mlp", normed, tokens);
    return new Block(attended.add(moe.rows()), Optional.of(moe));
  }

  /**
   * The norm after the sensor's own blocks, or after the shared ones, for the output of a block.
   */
  public SDVariable normAfter(Sensor sensor, int index, SDVariable x) {
    return norm(index < config.sensorLayers() ? "norm_" + sensor.shortName() : "norm", x);
  }

  public SDVariable norm(String name, SDVariable rows) {
    return layers.layerNorm(name, rows, 1, config.width(), EPSILON);
  }

  private static String suffix(Sensor sensor) {
    return sensor == Sensor.SENTINEL1 ? "" : "_" + sensor.shortName();
  }
}
