package org.csmoe.examples;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.csmoe.io.AtomicFile;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTiffWriterBuilder;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Window;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;

/** Where a grid of tokens is written to; nothing appears at the path until {@link #commit}. */
interface TokenSink extends TokenMosaic.RowConsumer, AutoCloseable {

  /** Moves the finished file into place. */
  void commit() throws IOException;

  @Override
  void close() throws IOException;

  /** One pixel per token, one band per dimension. */
  final class Tiff implements TokenSink {
    private static final int TILE = 16;

    private final GeoTiffWriter writer;
    private final int columns;
    private final int rows;
    private final int width;
    private float[] strip = new float[0];

    Tiff(
        Path path,
        int columns,
        int rows,
        int width,
        Optional<Crs> crs,
        Optional<GeoTransform> transform) {
      this.columns = columns;
      this.rows = rows;
      this.width = width;
      GeoTiffWriterBuilder builder =
          GeoTiffWriter.builder(path, columns, rows, width)
              .tileSize(TILE)
              .noData(Double.NaN)
              .bandNames(IntStream.range(0, width).mapToObj(d -> "feature " + d).toList());
      crs.ifPresent(builder::crs);
      transform.ifPresent(builder::transform);
      this.writer = builder.open();
    }

    @Override
    public void row(int row, float[] values) {
      int first = row / TILE * TILE;
      int high = Math.min(TILE, rows - first);
      if (row == first) {
        strip = new float[width * high * columns];
      }
      for (int x = 0; x < columns; x++) {
        for (int d = 0; d < width; d++) {
          strip[(d * high + row - first) * columns + x] = values[x * width + d];
        }
      }
      if (row == first + high - 1) {
        writer.write(new Window(0, first, columns, high), strip);
      }
    }

    @Override
    public void commit() {
      writer.commit();
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  /** One line per token: row, column, map coordinates of its centre, features. */
  final class Csv implements TokenSink {
    private final AtomicFile file;
    private final BufferedWriter writer;
    private final Optional<GeoTransform> transform;
    private final int width;

    Csv(Path path, int width, Optional<GeoTransform> transform) throws IOException {
      this.file = AtomicFile.create(path);
      this.writer = file.writer();
      this.transform = transform;
      this.width = width;
      writer.write("row,column,x,y");
      for (int d = 0; d < width; d++) {
        writer.write(",f" + d);
      }
      writer.newLine();
    }

    @Override
    public void row(int row, float[] values) throws IOException {
      for (int column = 0; column < values.length / width; column++) {
        if (Float.isNaN(values[column * width])) {
          continue;
        }
        double x = column + 0.5;
        double y = row + 0.5;
        writer.write(row + "," + column + ",");
        if (transform.isPresent()) {
          writer.write(transform.get().x(x, y) + "," + transform.get().y(x, y));
        } else {
          writer.write(x + "," + y);
        }
        for (int d = 0; d < width; d++) {
          writer.write("," + values[column * width + d]);
        }
        writer.newLine();
      }
    }

    @Override
    public void commit() throws IOException {
      writer.flush();
      file.commit();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** One tensor {@code tokens} of {@code [rows, columns, width]}, NaN where there is no data. */
  final class Safetensors implements TokenSink {
    private final Path path;
    private final long[] shape;
    private final Map<String, String> metadata;
    private final float[] values;

    Safetensors(Path path, int columns, int rows, int width, Map<String, String> metadata) {
      this.path = path;
      this.shape = new long[] {rows, columns, width};
      this.metadata = metadata;
      this.values = new float[Math.multiplyExact(Math.multiplyExact(rows, columns), width)];
      Arrays.fill(values, Float.NaN);
    }

    @Override
    public void row(int row, float[] rowValues) {
      System.arraycopy(rowValues, 0, values, row * rowValues.length, rowValues.length);
    }

    @Override
    public void commit() throws IOException {
      try (SafetensorsWriter writer =
          SafetensorsWriter.create(path, List.of(TensorInfo.f32("tokens", shape)), metadata)) {
        writer.write("tokens", FloatBuffer.wrap(values));
        writer.commit();
      }
    }

    @Override
    public void close() {}
  }
}
