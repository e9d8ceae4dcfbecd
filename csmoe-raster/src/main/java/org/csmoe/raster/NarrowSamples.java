package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Samples narrower than any {@link PixelType}: unsigned integers of 1 to 31 bits, a stream of bits
 * with the most significant one first whatever the file's byte order, and floats of 16 and 24 bits,
 * in the byte order of the file. Each row begins at a byte.
 *
 * @param rowSamples samples of a row
 * @param bits bits of a sample
 * @param type what a sample becomes
 * @param order byte order of the file
 */
record NarrowSamples(int rowSamples, int bits, PixelType type, ByteOrder order)
    implements SampleConversion {

  private long rowBytes() {
    return ((long) rowSamples * bits + 7) / 8;
  }

  @Override
  public long storedBytes(int rows) {
    return rowBytes() * rows;
  }

  @Override
  public byte[] toPixels(byte[] stored, int rows) {
    ByteBuffer pixels = ByteBuffer.allocate(rowSamples * type.bytes() * rows).order(order);
    boolean swapped = type.isFloat() && order == ByteOrder.LITTLE_ENDIAN;
    int mask = (1 << bits) - 1;
    for (int row = 0; row < rows; row++) {
      int position = (int) (row * rowBytes());
      long window = 0;
      int available = 0;
      for (int i = 0; i < rowSamples; i++) {
        while (available < bits) {
          window = window << 8 | (stored[position++] & 0xFF);
          available += 8;
        }
        available -= bits;
        int sample = (int) (window >>> available) & mask;
        put(pixels, swapped ? Integer.reverseBytes(sample) >>> (32 - bits) : sample);
      }
    }
    return pixels.array();
  }

  private void put(ByteBuffer pixels, int sample) {
    switch (type.bytes()) {
      case 1 -> pixels.put((byte) sample);
      case 2 -> pixels.putShort((short) sample);
      default -> {
        if (type.isFloat()) {
          pixels.putFloat(toFloat(sample, bits));
        } else {
          pixels.putInt(sample);
        }
      }
    }
  }

  /**
   * The value of a float of 16 bits (IEEE 754 binary16: exponent of 5 bits) or of 24 bits (exponent
   * of 7 bits), both exact in single precision.
   */
  static float toFloat(int sample, int bits) {
    int exponentBits = bits == 16 ? 5 : 7;
    int fractionBits = bits - 1 - exponentBits;
    int largest = (1 << exponentBits) - 1;
    int exponent = sample >>> fractionBits & largest;
    int fraction = sample & (1 << fractionBits) - 1;
    float magnitude;
    if (exponent == largest) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      int unit = 1 - (largest >> 1) - fractionBits;
      magnitude =
          exponent == 0
              ? Math.scalb((float) fraction, unit)
              : Math.scalb((float) (fraction | 1 << fractionBits), unit + exponent - 1);
    }
    return (sample >>> (bits - 1) & 1) == 0 ? magnitude : -magnitude;
  }
}
