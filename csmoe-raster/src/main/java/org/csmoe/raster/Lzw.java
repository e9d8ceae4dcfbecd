package org.csmoe.raster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decoder of TIFF's LZW: codes of 9 to 12 bits, most significant bit first, widened one code early.
 * Streams from before TIFF 6.0 have the least significant bit first and are widened when the table
 * is full; they are told by their first code, which clears the table, and never begin like others.
 */
final class Lzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int TABLE = 4096;
  private static final int MAX_WIDTH = 12;
  private static final VarHandle LOW_FIRST =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Lzw() {}

  /**
   * Decodes until the output is full.
   *
   * @return how many bytes were written, fewer than the output holds when the input ends early, or
   *     -1 when a code is not in the table
   */
  static int decode(byte[] input, byte[] output) {
    boolean old = input.length > 1 && input[0] == 0 && (input[1] & 1) == 1;
    return decode(old ? Bits.reversedInBytes(input) : input, old, output);
  }

  /**
   * A string of the table is a stretch of the output already written. Most have a few bytes only,
   * so the table also keeps the first eight of each: one store writes them, without a read of what
   * was just written. Strings of any length take the same steps, since jumps that cannot be
   * foreseen would cost more than all the rest.
   *
   * @param mirrored whether each code has its least significant bit first
   */
  private static int decode(byte[] input, boolean mirrored, byte[] output) {
    // Made here, the arrays have a length that the compiler knows.
    long[] heads = new long[TABLE];
    long[] places = new long[TABLE];
    for (int code = 0; code < CLEAR; code++) {
      heads[code] = code;
      places[code] = 1;
    }
    int early = mirrored ? 0 : 1;
    int width = 9;
    int full = (1 << width) - early;
    // What the first code after a clear defines has the number of the end, and is never looked up.
    int next = END;
    long previousHead = 0;
    long previousPlace = 0;
    int written = 0;
    int position = 0;
    long bits = 0;
    int available = 0;
    while (written < output.length) {
      bits |= Bits.highFirst(input, position) >>> available;
      position += (63 - available) >> 3;
      available |= 56;
      int code = (int) (bits >>> (64 - width)) & (TABLE - 1);
      bits <<= width;
      available -= width;
      if (position > input.length && 8L * position - available > 8L * input.length) {
        return written;
      }
      if (mirrored) {
        code = Integer.reverse(code) >>> (32 - width);
      }
      if (code == CLEAR) {
        width = 9;
        full = (1 << width) - early;
        next = END;
        previousHead = 0;
        previousPlace = 0;
        continue;
      }
      if (code == END) {
        return written;
      }
      long head = heads[code];
      long place = places[code];
      int previousLength = length(previousPlace);
      if (code >= next) {
        if (code > next) {
          return -1;
        }
        // The string that this code defines: the one before and its own first byte.
        head = appended(previousHead, previousLength, previousHead);
        place = previousPlace + 1;
      }
      if (next < TABLE) {
        heads[next & (TABLE - 1)] = appended(previousHead, previousLength, head);
        places[next & (TABLE - 1)] = previousPlace + 1;
        next++;
        if (next == full && width < MAX_WIDTH) {
          width++;
          full = (1 << width) - early;
        }
      }
      previousHead = head;
      previousPlace = (long) written << 16 | length(place);
      written = write(output, written, head, place);
    }
    return written;
  }

  /** The first eight bytes of a string with the first byte of another one behind it. */
  private static long appended(long head, int length, long other) {
    return length < Long.BYTES ? head | (other & 0xFF) << (Byte.SIZE * length) : head;
  }

  /** A place is where a string stands in the output, and its length, at most 4096, below. */
  private static int length(long place) {
    return (int) place & 0xFFFF;
  }

  /** Writes a string, as far as the output goes, and returns where it ends. */
  private static int write(byte[] output, int at, long head, long place) {
    int end = at + length(place);
    int source = (int) (place >>> 16) + Long.BYTES;
    if (end + Long.BYTES <= output.length) {
      LOW_FIRST.set(output, at, head);
      // A string that reaches into what is being written does so by its last byte, at least eight
      // bytes after its first.
      for (int to = at + Long.BYTES; to < end; to += Long.BYTES, source += Long.BYTES) {
        LOW_FIRST.set(output, to, (long) LOW_FIRST.get(output, source));
      }
      return end;
    }
    end = Math.min(end, output.length);
    for (int to = at; to < end; to++) {
      int index = to - at;
      output[to] =
          index < Long.BYTES
              ? (byte) (head >>> (Byte.SIZE * index))
              : output[source + index - Long.BYTES];
    }
    return end;
  }
}
