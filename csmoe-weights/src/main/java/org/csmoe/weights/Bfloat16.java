package org.csmoe.weights;

/** Conversion between float32 and bfloat16, which is the upper half of a float32. */
public final class Bfloat16 {
  private Bfloat16() {}

  /**
   * Rounds a number.
   *
   * @param value any number
   * @return the bits of the nearest bfloat16, of two as near the one whose last bit is 0; NaN stays
   *     NaN, and what is too large becomes infinite
   */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  /**
   * Widens a number, which is exact.
   *
   * @param bits of a bfloat16
   * @return the number
   */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
