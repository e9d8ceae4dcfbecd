package org.csmoe.examples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.csmoe.CsMoeConfig;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.LayerSelection;
import org.csmoe.features.TokenLayout;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Scene;
import org.csmoe.raster.Window;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * Embeds a scene of any size, tile by tile, into one grid of tokens. Memory holds one row of tiles
 * of the result. Where tiles overlap, tokens are averaged with cosine weights that favour the
 * middle of a tile. A token whose patch has any pixel without data is NaN.
 */
final class TokenMosaic {
  /** What happens where the scene is not a whole number of tiles. */
  enum Edge {
    /** What does not fill a tile is left out. */
    DROP,
    /** The last tile is shifted inwards by whole tokens. */
    SHIFT,
    /** The last tile is filled up with no-data. */
    PAD
  }

  /** How a scene is cut: pixels per tile and between tiles, edges, the layer, tiles at once. */
  record Cut(int tile, int stride, Edge edge, Optional<Integer> layer, int batch) {}

  /** Takes the rows of the grid from top to bottom. */
  interface RowConsumer {
    void row(int row, float[] values) throws IOException;
  }

  private final Scene scene;
  private final FeatureExtractor features;
  private final Cut cut;
  private final int grid;
  private final int width;
  private final int token;
  private final int[] columnsStart;
  private final int[] rowsStart;
  private final int columns;
  private final int rows;
  private final double[] profile;

  TokenMosaic(Scene scene, FeatureExtractor features, CsMoeConfig config, Cut cut) {
    this.scene = scene;
    this.features = features;
    this.cut = cut;
    this.grid = config.grid();
    this.width = config.width();
    if (cut.tile() % grid != 0) {
      throw new IllegalArgumentException(
          "tile must be a multiple of the model's %d patches per side but was %d"
              .formatted(grid, cut.tile()));
    }
    this.token = cut.tile() / grid;
    if (cut.stride() < token || cut.stride() > cut.tile() || cut.stride() % token != 0) {
      throw new IllegalArgumentException(
          "stride must be a multiple of the token size %d, at most tile %d, but was %d"
              .formatted(token, cut.tile(), cut.stride()));
    }
    this.columnsStart = starts(scene.width(), "width");
    this.rowsStart = starts(scene.height(), "height");
    this.columns = extent(columnsStart, scene.width());
    this.rows = extent(rowsStart, scene.height());
    this.profile = new double[grid];
    for (int i = 0; i < grid; i++) {
      profile[i] = Math.sin(Math.PI * (i + 0.5) / grid);
    }
  }

  private int[] starts(int size, String name) {
    if (size < cut.tile() && cut.edge() != Edge.PAD) {
      throw new IllegalArgumentException(
          "scene's %s must be at least tile %d but was %d; pad the edge or make the tile smaller"
              .formatted(name, cut.tile(), size));
    }
    List<Integer> starts = new ArrayList<>();
    int start = 0;
    for (; start + cut.tile() <= size; start += cut.stride()) {
      starts.add(start);
    }
    int covered = starts.isEmpty() ? 0 : starts.get(starts.size() - 1) + cut.tile();
    if (covered < size && cut.edge() == Edge.PAD) {
      starts.add(start);
    } else if (cut.edge() == Edge.SHIFT) {
      int last = (size - cut.tile()) / token * token;
      if (last > starts.get(starts.size() - 1)) {
        starts.add(last);
      }
    }
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  private int extent(int[] starts, int size) {
    int end = starts[starts.length - 1] + cut.tile();
    return cut.edge() == Edge.PAD ? (Math.min(end, size) + token - 1) / token : end / token;
  }

  int columns() {
    return columns;
  }

  int rows() {
    return rows;
  }

  int width() {
    return width;
  }

  int tiles() {
    return columnsStart.length * rowsStart.length;
  }

  /** The scene's transform with one pixel per token. */
  Optional<GeoTransform> transform() {
    return scene.transform().map(transform -> transform.scaled(token));
  }

  /** Embeds the scene; {@code done} is told of each batch of tiles. */
  void run(RowConsumer consumer, IntConsumer done) throws IOException {
    float[] sums = new float[Math.multiplyExact(grid * columns, width)];
    float[] weights = new float[grid * columns];
    for (int r = 0; r < rowsStart.length; r++) {
      addRow(rowsStart[r], sums, weights, done);
      int top = rowsStart[r] / token;
      int next = r + 1 < rowsStart.length ? rowsStart[r + 1] / token : rows;
      int finished = Math.min(next - top, grid);
      for (int i = 0; i < finished; i++) {
        consumer.row(top + i, finish(sums, weights, i));
      }
      shift(sums, finished * columns * width);
      shift(weights, finished * columns);
    }
  }

  private void addRow(int top, float[] sums, float[] weights, IntConsumer done) {
    List<SensorImage> batch = new ArrayList<>();
    List<Integer> lefts = new ArrayList<>();
    for (int c = 0; c < columnsStart.length; c++) {
      SensorImage image = read(columnsStart[c], top);
      if (hasData(image)) {
        batch.add(image);
        lefts.add(columnsStart[c]);
      }
      if (batch.size() == cut.batch() || (c == columnsStart.length - 1 && !batch.isEmpty())) {
        FeatureTensor tokens = tokens(batch);
        for (int i = 0; i < batch.size(); i++) {
          add(tokens, i, batch.get(i), lefts.get(i) / token, top / token, sums, weights);
        }
        batch.clear();
        lefts.clear();
      }
      done.accept(1);
    }
  }

  private FeatureTensor tokens(List<SensorImage> batch) {
    if (cut.layer().isEmpty()) {
      return features.tokenGrid(batch);
    }
    LayerSelection selection =
        new LayerSelection(List.of(cut.layer().get()), true, false, TokenLayout.NLC);
    return features.intermediates(batch, selection).get(0);
  }

  /** A tile, filled up with NaN where it leaves the scene. */
  private SensorImage read(int left, int top) {
    int tile = cut.tile();
    int wide = Math.min(tile, scene.width() - left);
    int high = Math.min(tile, scene.height() - top);
    SensorImage part = scene.read(new Window(left, top, wide, high));
    if (wide == tile && high == tile) {
      return part;
    }
    float[] data = new float[part.bands().size() * tile * tile];
    Arrays.fill(data, Float.NaN);
    for (int b = 0; b < part.bands().size(); b++) {
      for (int y = 0; y < high; y++) {
        System.arraycopy(part.data(), (b * high + y) * wide, data, (b * tile + y) * tile, wide);
      }
    }
    Sensor sensor = part.sensor();
    return SensorImage.of(sensor, part.bands(), tile, tile, data);
  }

  private static boolean hasData(SensorImage image) {
    for (float value : image.data()) {
      if (!Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  private void add(
      FeatureTensor tokens,
      int index,
      SensorImage image,
      int left,
      int top,
      float[] sums,
      float[] weights) {
    for (int y = 0; y < grid && top + y < rows; y++) {
      for (int x = 0; x < grid && left + x < columns; x++) {
        if (!complete(image, x, y)) {
          continue;
        }
        float weight = (float) (profile[x] * profile[y]);
        int cell = y * columns + left + x;
        int from = ((index * grid + y) * grid + x) * width;
        for (int d = 0; d < width; d++) {
          sums[cell * width + d] += weight * tokens.data()[from + d];
        }
        weights[cell] += weight;
      }
    }
  }

  private boolean complete(SensorImage image, int x, int y) {
    int tile = cut.tile();
    for (int b = 0; b < image.bands().size(); b++) {
      for (int py = y * token; py < (y + 1) * token; py++) {
        int row = (b * tile + py) * tile;
        for (int px = x * token; px < (x + 1) * token; px++) {
          if (Float.isNaN(image.data()[row + px])) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private float[] finish(float[] sums, float[] weights, int row) {
    float[] values = new float[columns * width];
    for (int x = 0; x < columns; x++) {
      float weight = weights[row * columns + x];
      for (int d = 0; d < width; d++) {
        values[x * width + d] =
            weight == 0 ? Float.NaN : sums[(row * columns + x) * width + d] / weight;
      }
    }
    return values;
  }

  private static void shift(float[] values, int by) {
    System.arraycopy(values, by, values, 0, values.length - by);
    Arrays.fill(values, values.length - by, values.length, 0);
  }
}
