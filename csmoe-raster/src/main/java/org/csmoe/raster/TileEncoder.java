package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.zip.Deflater;

/**
 * Encodes square tiles of one type with a predictor and a compression. Reuses its buffers: one tile
 * at a time, one thread at a time.
 */
final class TileEncoder implements AutoCloseable {
  private final int size;
  private final PixelType type;
  private final Predictor predictor;
  private final Compression compression;
  private final OptionalDouble noData;
  private final ByteBuffer row;
  private final byte[] predicted;
  private final Deflater deflater = new Deflater();
  private byte[] output;

  /** Pixels by their index in some array. */
  @FunctionalInterface
  interface Pixels {
    double at(int index);
  }

  TileEncoder(
      int size,
      PixelType type,
      Predictor predictor,
      Compression compression,
      OptionalDouble noData) {
    this.size = size;
    this.type = type;
    this.predictor = predictor;
    this.compression = compression;
    this.noData = noData;
    // The floating-point predictor begins with the most significant byte whatever the file's order.
    row =
        ByteBuffer.allocate(size * type.bytes())
            .order(
                predictor == Predictor.FLOATING_POINT
                    ? ByteOrder.BIG_ENDIAN
                    : ByteOrder.LITTLE_ENDIAN);
    predicted = new byte[size * size * type.bytes()];
    output = new byte[predicted.length / 2 + 64];
  }

  /**
   * Encodes a tile of {@code width x height} pixels, padded with zeros to the tile's size.
   *
   * @param data pixels
   * @param offset the tile's first pixel in data
   * @param stride pixels from one row of data to the next
   * @return the encoded bytes, valid until the next call
   * @throws IllegalArgumentException when the type does not hold a value
   */
  ByteBuffer encode(Pixels data, int offset, int stride, int width, int height) {
    Arrays.fill(predicted, (byte) 0);
    int valid = width * type.bytes();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        put(x * type.bytes(), data.at(offset + y * stride + x), offset + y * stride + x);
      }
      Arrays.fill(row.array(), valid, row.capacity(), (byte) 0);
      int start = y * row.capacity();
      if (predictor == Predictor.FLOATING_POINT) {
        splitBytes(start);
      } else {
        System.arraycopy(row.array(), 0, predicted, start, row.capacity());
        if (predictor == Predictor.HORIZONTAL) {
          subtractNeighbours(start);
        }
      }
    }
    return switch (compression) {
      case NONE -> ByteBuffer.wrap(predicted);
      case ZSTD -> ByteBuffer.wrap(Zstandard.encode(predicted));
      default -> deflate();
    };
  }

  private void put(int at, double given, int index) {
    double value = given;
    if (Double.isNaN(value)) {
      if (noData.isEmpty()) {
        throw new IllegalArgumentException(
            "data[%d] is NaN, which %s does not hold; set noData".formatted(index, type));
      }
      value = noData.getAsDouble();
    }
    if (!type.isFloat()) {
      value = type.stored(value);
      if (value < type.min() || value > type.max()) {
        throw new IllegalArgumentException(
            "data[%d] must be in %.0f..%.0f for %s but was %s"
                .formatted(index, type.min(), type.max(), type, given));
      }
    }
    switch (type) {
      case UINT8, INT8 -> row.put(at, (byte) (int) value);
      case UINT16, INT16 -> row.putShort(at, (short) (int) value);
      case UINT32, INT32 -> row.putInt(at, (int) (long) value);
      case FLOAT32 -> row.putFloat(at, (float) value);
      case FLOAT64 -> row.putDouble(at, value);
    }
  }

  /** Gathers bytes by significance, then takes differences: TIFF Technical Note 3. */
  private void splitBytes(int start) {
    byte[] bytes = row.array();
    int width = type.bytes();
    for (int plane = 0; plane < width; plane++) {
      for (int x = 0; x < size; x++) {
        predicted[start + plane * size + x] = bytes[x * width + plane];
      }
    }
    for (int i = start + bytes.length - 1; i > start; i--) {
      predicted[i] -= predicted[i - 1];
    }
  }

  /** Differences of whole samples, modulo their size: TIFF 6.0, section 14. */
  private void subtractNeighbours(int start) {
    ByteBuffer samples = ByteBuffer.wrap(predicted).order(ByteOrder.LITTLE_ENDIAN);
    int width = type.bytes();
    for (int i = start + (size - 1) * width; i > start; i -= width) {
      switch (width) {
        case 1 -> predicted[i] -= predicted[i - 1];
        case 2 -> samples.putShort(i, (short) (samples.getShort(i) - samples.getShort(i - 2)));
        case 4 -> samples.putInt(i, samples.getInt(i) - samples.getInt(i - 4));
        default -> samples.putLong(i, samples.getLong(i) - samples.getLong(i - 8));
      }
    }
  }

  private ByteBuffer deflate() {
    deflater.reset();
    deflater.setInput(predicted);
    deflater.finish();
    int length = 0;
    while (!deflater.finished()) {
      if (length == output.length) {
        output = Arrays.copyOf(output, 2 * output.length);
      }
      length += deflater.deflate(output, length, output.length - length);
    }
    return ByteBuffer.wrap(output, 0, length);
  }

  @Override
  public void close() {
    deflater.end();
  }
}
