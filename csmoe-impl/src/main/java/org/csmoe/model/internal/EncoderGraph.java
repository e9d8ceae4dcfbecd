package org.csmoe.model.internal;

import java.util.List;
import org.csmoe.CsMoeConfig;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The one definition of the network: a SameDiff graph with one path per sensor and shared variables
 * in the cross-sensor blocks. The batch size is free. Variables are placeholders until {@link
 * ParameterValues#bind} gives them arrays, so that a graph can be counted without memory for its
 * weights.
 */
public final class EncoderGraph {
  private final CsMoeConfig config;
  private final SameDiff graph = SameDiff.create();
  private final Layers layers;
  private final Encoder encoder;

  public EncoderGraph(CsMoeConfig config) {
    this.config = config;
    this.layers = new Layers(graph);
    this.encoder = new Encoder(layers, config);
    // SameDiff's default holders keep a second copy of every array; executors take care of threads
    graph.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    config.bands().keySet().forEach(this::addPath);
  }

  public SameDiff graph() {
    return graph;
  }

  /** For graphs that go on from here. */
  public Layers layers() {
    return layers;
  }

  public List<Parameter> parameters() {
    return layers.parameters();
  }

  /** Names of the graph's inputs and outputs for one sensor. */
  public record Names(String sensor) {
    public static Names of(Sensor sensor) {
      return new Names(sensor.shortName());
    }

    /** Input: normalised pixels {@code [batch, bands, height, width]}. */
    public String image() {
      return sensor + "/image";
    }

    /** The output of a block, {@code [batch * tokens, width]}. */
    String layer(int index) {
      return sensor + "/layer" + index;
    }

    /** The output of a block after the norm that follows its encoder. */
    public String normalisedLayer(int index) {
      return layer(index) + "/norm";
    }

    /** Dispatch weights of a block, {@code [batch, tokens, slot * experts + expert]}. */
    String dispatch(int index) {
      return layer(index) + "/dispatch";
    }

    /** Combine weights of a block, {@code [batch, tokens, slot * experts + expert]}. */
    String combine(int index) {
      return layer(index) + "/combine";
    }

    /** The CLS token after the final norm, {@code [batch, width]}. */
    public String cls() {
      return sensor + "/cls";
    }

    /** The mean of the patch tokens, {@code [batch, width]}. */
    public String meanPatches() {
      return sensor + "/mean_patches";
    }

    /** The mean of all tokens, {@code [batch, width]}. */
    public String meanAll() {
      return sensor + "/mean_all";
    }

    /** The projected CLS token, {@code [batch, projection or width]}. */
    String projected() {
      return sensor + "/projected";
    }
  }

  private void addPath(Sensor sensor) {
    Names names = Names.of(sensor);
    SDVariable rows = embedPatches(sensor, names);
    for (int i = 0; i < config.layers(); i++) {
      Encoder.Block block = encoder.block(sensor, i, rows, config.tokens());
      int layer = i;
      block
          .routing()
          .ifPresent(
              moe -> {
                named(moe.dispatch(), names.dispatch(layer));
                named(moe.combine(), names.combine(layer));
              });
      rows = named(block.rows(), names.layer(i));
      SDVariable normed = named(encoder.normAfter(sensor, i, rows), names.normalisedLayer(i));
      if (i == config.sensorLayers() - 1 || i == config.layers() - 1) {
        rows = normed;
      }
    }
    if (config.sharedLayers() == 0) {
      rows = encoder.norm("norm", rows);
    }
    pool(rows, names);
  }

  private SDVariable embedPatches(Sensor sensor, Names names) {
    int bands = config.bands(sensor).size();
    int patch = config.patchSize();
    int grid = config.grid();
    int width = config.width();
    SDVariable image =
        graph.placeHolder(
            names.image(), DataType.FLOAT, -1, bands, config.imageSize(), config.imageSize());
    SDVariable split = graph.reshape(image, -1, bands, grid, patch, grid, patch);
    SDVariable patches =
        graph.reshape(graph.permute(split, 0, 2, 4, 1, 3, 5), -1, (long) bands * patch * patch);
    SDVariable embedded =
        graph.reshape(encoder.embed(sensor, patches), -1, (long) grid * grid, width);
    SDVariable tokens = encoder.withCls(sensor, embedded).add(encoder.positions());
    return graph.reshape(tokens, -1, width);
  }

  private void pool(SDVariable rows, Names names) {
    int width = config.width();
    SDVariable tokens = graph.reshape(rows, -1, config.tokens(), width);
    SDVariable cls =
        named(
            graph.reshape(
                tokens.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all()), -1, width),
            names.cls());
    SDVariable mean =
        tokens.get(SDIndex.all(), SDIndex.interval(1, config.tokens()), SDIndex.all()).mean(1);
    named(config.poolNorm() ? encoder.norm("fc_norm", mean) : mean, names.meanPatches());
    named(tokens.mean(1), names.meanAll());
    if (config.projection() > 0) {
      named(layers.linear("cls_projection", cls, width, config.projection()), names.projected());
    }
  }

  /** Gives a variable its public name; SameDiff would silently replace one of the same name. */
  private SDVariable named(SDVariable variable, String name) {
    if (graph.hasVariable(name)) {
      throw new IllegalStateException("the graph has a variable " + name + " already");
    }
    return variable.rename(name);
  }
}
