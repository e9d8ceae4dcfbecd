package org.csmoe.raster;

/**
 * Decoder of TIFF's LZW: codes of 9 to 12 bits, most significant bit first, widened one code early.
 * Streams from before TIFF 6.0 have the least significant bit first and are widened when the table
 * is full; they are told by their first code, which clears the table, and never begin like others.
 * A string of the table is a stretch of the output already written, so the table holds positions.
 */
final class Lzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int TABLE = 4096;

  private Lzw() {}

  /**
   * Decodes until the output is full.
   *
   * @return how many bytes were written, fewer than the output holds when the input ends early, or
   *     -1 when a code is not in the table
   */
  static int decode(byte[] input, byte[] output) {
    int[] start = new int[TABLE];
    int[] length = new int[TABLE];
    int next = END + 1;
    int width = 9;
    int previous = -1;
    int previousLength = 0;
    int written = 0;
    int position = 0;
    boolean old = input.length > 1 && input[0] == 0 && (input[1] & 1) == 1;
    int early = old ? 0 : 1;
    int bits = 0;
    int available = 0;
    while (written < output.length) {
      while (available < width) {
        if (position == input.length) {
          return written;
        }
        int octet = input[position++] & 0xFF;
        bits = old ? bits | octet << available : bits << 8 | octet;
        available += 8;
      }
      available -= width;
      int code = (old ? bits : bits >>> available) & (1 << width) - 1;
      if (old) {
        bits >>>= width;
      }
      if (code == CLEAR) {
        next = END + 1;
        width = 9;
        previous = -1;
        continue;
      }
      if (code == END) {
        return written;
      }
      int from = written;
      if (code < CLEAR) {
        output[written++] = (byte) code;
      } else if (previous < 0 || code > next || code == TABLE) {
        return -1;
      } else {
        int source = code == next ? previous : start[code];
        int count = code == next ? previousLength + 1 : length[code];
        int end = Math.min(output.length, written + count);
        // Byte by byte: a string may reach into what is being written.
        while (written < end) {
          output[written++] = output[source++];
        }
      }
      if (previous >= 0 && next < TABLE) {
        start[next] = previous;
        length[next++] = previousLength + 1;
        if (next == (1 << width) - early && width < 12) {
          width++;
        }
      }
      previous = from;
      previousLength = written - from;
    }
    return written;
  }
}
