package org.csmoe.raster;

/** The type of one sample as it is read; narrower ones in a file become the next wider of these. */
public enum PixelType {
  /** Unsigned 8-bit integer. */
  UINT8(1, 8),
  /** Signed 8-bit integer. */
  INT8(2, 8),
  /** Unsigned 16-bit integer. */
  UINT16(1, 16),
  /** Signed 16-bit integer. */
  INT16(2, 16),
  /** Unsigned 32-bit integer. */
  UINT32(1, 32),
  /** Signed 32-bit integer. */
  INT32(2, 32),
  /** IEEE 754 single precision. */
  FLOAT32(3, 32),
  /** IEEE 754 double precision. */
  FLOAT64(3, 64);

  private final int sampleFormat;
  private final int bits;

  PixelType(int sampleFormat, int bits) {
    this.sampleFormat = sampleFormat;
    this.bits = bits;
  }

  /**
   * The size of one sample.
   *
   * @return bytes: 1, 2, 4 or 8
   */
  public int bytes() {
    return bits / 8;
  }

  /**
   * Whether samples are floating-point numbers.
   *
   * @return true for {@link #FLOAT32} and {@link #FLOAT64}
   */
  public boolean isFloat() {
    return sampleFormat == 3;
  }

  /** The least integer of an integer type. */
  double min() {
    return sampleFormat == 2 ? -Math.scalb(1.0, bits - 1) : 0;
  }

  /** The greatest integer of an integer type. */
  double max() {
    return Math.scalb(1.0, sampleFormat == 2 ? bits - 1 : bits) - 1;
  }

  /** A value as this type would hold it, range apart: integers are rounded, halves from zero. */
  double stored(double value) {
    return switch (this) {
      case FLOAT64 -> value;
      case FLOAT32 -> (float) value;
      default -> Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
    };
  }

  int bits() {
    return bits;
  }

  int sampleFormat() {
    return sampleFormat;
  }
}
