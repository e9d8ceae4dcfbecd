package org.csmoe.training;

import java.util.List;
import org.csmoe.CsMoeConfig;
import org.csmoe.model.internal.EncoderGraph;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What an encoder yields of a batch of images, for heads. Token grids are in raster order. */
public final class Features {
  private final CsMoeConfig config;
  private final SameDiff graph;
  private final EncoderGraph.Names names;

  Features(CsMoeConfig config, SameDiff graph, Sensor sensor) {
    this.config = config;
    this.graph = graph;
    this.names = EncoderGraph.Names.of(sensor);
  }

  /**
   * The CLS token after the final norm.
   *
   * @return {@code [batch, width]}
   */
  public Value cls() {
    return vector(names.cls());
  }

  /**
   * The mean of the patch tokens.
   *
   * @return {@code [batch, width]}
   */
  public Value meanPatches() {
    return vector(names.meanPatches());
  }

  /**
   * The mean of all tokens.
   *
   * @return {@code [batch, width]}
   */
  public Value meanAll() {
    return vector(names.meanAll());
  }

  /**
   * The patch tokens after the final norm.
   *
   * @return {@code [batch, grid, grid, width]}
   */
  public Value grid() {
    return grid(config.layers() - 1);
  }

  /**
   * The patch tokens after a block and the norm that follows its encoder.
   *
   * @param layer from 0, the first block of the sensor's encoder, or negative from the last one, -1
   * @return {@code [batch, grid, grid, width]}
   * @throws IllegalArgumentException when there is no such block
   */
  public Value grid(int layer) {
    int layers = config.layers();
    if (layer < -layers || layer >= layers) {
      throw new IllegalArgumentException(
          "layer must be between %d and %d but was %d".formatted(-layers, layers - 1, layer));
    }
    int grid = config.grid();
    int width = config.width();
    SDIndex all = SDIndex.all();
    SDVariable rows = graph.getVariable(names.normalisedLayer(layer < 0 ? layer + layers : layer));
    SDVariable patches =
        graph
            .reshape(rows, -1, config.tokens(), width)
            .get(all, SDIndex.interval(1, config.tokens()), all);
    return new Value(
        graph.reshape(patches, -1, grid, grid, width), List.of(Value.BATCH, grid, grid, width));
  }

  /**
   * How many blocks the encoder has.
   *
   * @return at least 1
   */
  public int layers() {
    return config.layers();
  }

  /**
   * Height and width of the images.
   *
   * @return pixels
   */
  public int imageSize() {
    return config.imageSize();
  }

  private Value vector(String name) {
    return new Value(graph.getVariable(name), List.of(Value.BATCH, config.width()));
  }
}
