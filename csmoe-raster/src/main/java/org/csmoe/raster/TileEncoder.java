package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Encodes square float32 tiles with the floating-point predictor and Deflate. Reuses its buffers:
 * one tile at a time, one thread at a time.
 */
final class TileEncoder implements AutoCloseable {
  private final int size;
  private final ByteBuffer row;
  private final byte[] predicted;
  private final Deflater deflater = new Deflater();
  private byte[] output;

  TileEncoder(int size) {
    this.size = size;
    row = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.BIG_ENDIAN);
    predicted = new byte[size * size * Float.BYTES];
    output = new byte[predicted.length / 2 + 64];
  }

  /**
   * Encodes a tile of {@code width x height} pixels, padded with zeros to the tile's size.
   *
   * @param data pixels
   * @param offset the tile's first pixel in data
   * @param stride pixels from one row of data to the next
   * @param nan what is stored for NaN
   * @return the encoded bytes, valid until the next call
   */
  ByteBuffer encode(float[] data, int offset, int stride, int width, int height, float nan) {
    Arrays.fill(predicted, (byte) 0);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float value = data[offset + y * stride + x];
        row.putFloat(x * Float.BYTES, Float.isNaN(value) ? nan : value);
      }
      Arrays.fill(row.array(), width * Float.BYTES, row.capacity(), (byte) 0);
      splitBytes(y * row.capacity());
    }
    return deflate();
  }

  /** Gathers bytes by significance, then takes differences: TIFF Technical Note 3. */
  private void splitBytes(int start) {
    byte[] bytes = row.array();
    for (int plane = 0; plane < Float.BYTES; plane++) {
      for (int x = 0; x < size; x++) {
        predicted[start + plane * size + x] = bytes[x * Float.BYTES + plane];
      }
    }
    for (int i = start + bytes.length - 1; i > start; i--) {
      predicted[i] -= predicted[i - 1];
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
