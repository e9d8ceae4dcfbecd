package org.csmoe.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Conversion of stored elements to float32. */
final class FloatDecoder {

  private FloatDecoder() {}

  /**
   * Converts {@code count} elements from the source's position on, in the source's byte order, and
   * puts them at the destination's position. The source's position does not move.
   */
  static void decode(DType dtype, ByteBuffer source, int count, FloatBuffer destination) {
    int start = source.position();
    switch (dtype) {
      case F32 ->
          destination.put(
              source.slice(start, count * Float.BYTES).order(source.order()).asFloatBuffer());
      case F16 -> {
        for (int i = 0; i < count; i++) {
          destination.put(half(source.getShort(start + i * Short.BYTES)));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          destination.put(Bfloat16.toFloat(source.getShort(start + i * Short.BYTES)));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          destination.put(element(dtype, source, start + i * dtype.bytes()));
        }
      }
    }
  }

  /** The element at a byte index. Values beyond float32's range become infinite. */
  static float element(DType dtype, ByteBuffer source, int index) {
    return switch (dtype) {
      case F64 -> (float) source.getDouble(index);
      case F32 -> source.getFloat(index);
      case F16 -> half(source.getShort(index));
      case BF16 -> Bfloat16.toFloat(source.getShort(index));
      case I64 -> source.getLong(index);
      case I32 -> source.getInt(index);
      case I16 -> source.getShort(index);
      case I8 -> source.get(index);
      case U64 -> unsigned(source.getLong(index));
      case U32 -> Integer.toUnsignedLong(source.getInt(index));
      case U16 -> Short.toUnsignedInt(source.getShort(index));
      case U8 -> Byte.toUnsignedInt(source.get(index));
      case BOOL -> source.get(index) == 0 ? 0 : 1;
    };
  }

  /** IEEE 754 binary16 to binary32, exact; a NaN keeps its payload. */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    int wide = exponent == 0x1f ? 0xff : exponent + (127 - 15);
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }

  private static float unsigned(long bits) {
    // Halving keeps the lowest bit sticky, so that the rounding to float32 happens only once.
    return bits >= 0 ? bits : (float) ((bits >>> 1) | (bits & 1)) * 2;
  }
}
