package org.csmoe.raster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bytes as streams of bits. */
final class Bits {
  private static final VarHandle HIGH_FIRST =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bits() {}

  /** Eight bytes from a position, the first one highest; those behind the end are 0. */
  static long highFirst(byte[] bytes, int position) {
    if (position <= bytes.length - Long.BYTES) {
      return (long) HIGH_FIRST.get(bytes, position);
    }
    long word = 0;
    for (int i = position; i < position + Long.BYTES; i++) {
      word = word << Byte.SIZE | (i < bytes.length ? bytes[i] & 0xFF : 0);
    }
    return word;
  }

  /** A copy whose bytes have their bits in the other order. */
  static byte[] reversedInBytes(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = (byte) (Integer.reverse(bytes[i]) >>> 24);
    }
    return reversed;
  }
}
