package org.csmoe.model.internal;

import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeConfig;
import org.csmoe.FeedForward;
import org.csmoe.model.internal.Parameter.Init;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The one definition of the network: a SameDiff graph with one path per sensor and shared variables
 * in the cross-sensor blocks. The batch size is free. Variables are placeholders until {@link
 * #bind} gives them arrays, so that a graph can be counted without memory for its weights.
 */
final class EncoderGraph {
  private final CsMoeConfig config;
  private final SameDiff graph = SameDiff.create();
  private final Layers layers;

  EncoderGraph(CsMoeConfig config) {
    this.config = config;
    this.layers = new Layers(graph, config);
    // SameDiff's default holders keep a second copy of every array; executors take care of threads
    graph.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    config.bands().keySet().forEach(this::addPath);
  }

  SameDiff graph() {
    return graph;
  }

  List<Parameter> parameters() {
    return layers.parameters();
  }

  /** Turns the parameters into variables with values; fixed ones become constants. */
  void bind(Map<String, INDArray> values) {
    for (Parameter parameter : parameters()) {
      INDArray value = values.get(parameter.name());
      if (value == null) {
        throw new IllegalArgumentException("no value for variable " + parameter.name());
      }
      SDVariable variable = graph.getVariable(parameter.name());
      graph.associateArrayWithVariable(value, variable);
      if (parameter.trainable()) {
        variable.convertToVariable();
      } else {
        variable.convertToConstant();
      }
    }
  }

  /** Names of the graph's inputs and outputs for one sensor. */
  record Names(String sensor) {
    static Names of(Sensor sensor) {
      return new Names(sensor.shortName());
    }

    /** Input: normalised pixels {@code [batch, bands, height, width]}. */
    String image() {
      return sensor + "/image";
    }

    /** The output of a block, {@code [batch * tokens, width]}. */
    String layer(int index) {
      return sensor + "/layer" + index;
    }

    /** The output of a block after the norm that follows its encoder. */
    String normalisedLayer(int index) {
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
    String cls() {
      return sensor + "/cls";
    }

    /** The mean of the patch tokens, {@code [batch, width]}. */
    String meanPatches() {
      return sensor + "/mean_patches";
    }

    /** The mean of all tokens, {@code [batch, width]}. */
    String meanAll() {
      return sensor + "/mean_all";
    }

    /** The projected CLS token, {@code [batch, projection or width]}. */
    String projected() {
      return sensor + "/projected";
    }
  }

  private void addPath(Sensor sensor) {
    Names names = Names.of(sensor);
    String suffix = sensor == Sensor.SENTINEL1 ? "" : "_" + sensor.shortName();
    SDVariable rows = embedPatches(sensor, suffix, names);
    int layer = 0;
    for (int i = 0; i < config.sensorLayers(); i++) {
      rows = block("blocks_" + sensor.shortName() + "." + i, rows, names, layer++);
    }
    if (config.sensorLayers() > 0) {
      String norm = "norm_" + sensor.shortName();
      for (int i = 0; i < config.sensorLayers(); i++) {
        rows = layers.layerNorm(norm, graph.getVariable(names.layer(i)), 1);
        rows = named(rows, names.normalisedLayer(i));
      }
    }
    for (int i = 0; i < config.sharedLayers(); i++) {
      rows = block("blocks." + i, rows, names, layer++);
    }
    for (int i = config.sensorLayers(); i < config.layers(); i++) {
      SDVariable normed = layers.layerNorm("norm", graph.getVariable(names.layer(i)), 1);
      rows = named(normed, names.normalisedLayer(i));
    }
    if (config.sharedLayers() == 0) {
      rows = layers.layerNorm("norm", rows, 1);
    }
    pool(rows, names);
  }

  private SDVariable embedPatches(Sensor sensor, String suffix, Names names) {
    int bands = config.bands(sensor).size();
    int patch = config.patchSize();
    int grid = config.grid();
    int width = config.width();
    int pixels = bands * patch * patch;
    SDVariable image =
        graph.placeHolder(
            names.image(), DataType.FLOAT, -1, bands, config.imageSize(), config.imageSize());
    SDVariable split = graph.reshape(image, -1, bands, grid, patch, grid, patch);
    SDVariable patches = graph.reshape(graph.permute(split, 0, 2, 4, 1, 3, 5), -1, (long) pixels);
    String name = "patch_embed" + suffix + ".proj";
    List<Long> checkpointShape = List.of((long) width, (long) bands, (long) patch, (long) patch);
    SDVariable weight =
        layers.declare(
            new Parameter(
                name + ".weight",
                List.of((long) width, (long) pixels),
                List.of(name + ".weight"),
                checkpointShape,
                Layers.xavier(pixels, width),
                true));
    SDVariable bias =
        layers.parameter(name + ".bias", new Init.Uniform(1 / Math.sqrt(pixels)), width);
    SDVariable embedded =
        graph.reshape(
            graph.mmul(patches, weight, false, true, false).add(bias),
            -1,
            (long) grid * grid,
            width);
    List<Long> positionShape = List.of(1L, (long) config.tokens(), (long) width);
    SDVariable positions =
        layers.declare(
            new Parameter(
                "pos_embed",
                positionShape,
                List.of("pos_embed"),
                positionShape,
                new Init.SinCos(),
                false));
    SDVariable cls = layers.parameter("cls_token" + suffix, new Init.Normal(0.02), 1, 1, width);
    SDVariable clsPerImage =
        graph
            .zerosLike(embedded.get(SDIndex.all(), SDIndex.interval(0, 1), SDIndex.all()))
            .add(cls);
    SDVariable tokens = graph.concat(1, clsPerImage, embedded).add(positions);
    return graph.reshape(tokens, -1, width);
  }

  private SDVariable block(String name, SDVariable x, Names names, int layer) {
    int tokens = config.tokens();
    SDVariable attended =
        x.add(layers.attention(name + ".attn", layers.layerNorm(name + ".norm1", x, 1), tokens));
    SDVariable normed = layers.layerNorm(name + ".norm2", attended, 1);
    SDVariable fed;
    if (config.feedForward() == FeedForward.DENSE) {
      fed = layers.dense(name + ".mlp", normed);
    } else {
      Layers.SoftMoe moe = layers.softMoe(name + ".mlp", normed, tokens);
      named(moe.dispatch(), names.dispatch(layer));
      named(moe.combine(), names.combine(layer));
      fed = moe.rows();
    }
    return named(attended.add(fed), names.layer(layer));
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
    named(config.poolNorm() ? layers.layerNorm("fc_norm", mean, 1) : mean, names.meanPatches());
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
