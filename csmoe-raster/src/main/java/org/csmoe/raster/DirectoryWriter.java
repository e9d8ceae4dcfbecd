package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Lays out one little-endian image file directory, classic or BigTIFF, with its values. */
final class DirectoryWriter {
  private static final int ASCII = 2;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int DOUBLE = 12;
  private static final int LONG8 = 16;

  private final boolean big;
  private final Map<Integer, Field> fields = new TreeMap<>();

  private record Field(int type, int count, ByteBuffer bytes) {}

  DirectoryWriter(boolean big) {
    this.big = big;
  }

  void shorts(TiffTag tag, int... values) {
    ByteBuffer bytes = allocate(values.length, Short.BYTES);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    put(tag, SHORT, values.length, bytes);
  }

  void repeatedShort(TiffTag tag, int value, int count) {
    int[] values = new int[count];
    Arrays.fill(values, value);
    shorts(tag, values);
  }

  /** Offsets and sizes: 32 bits, in BigTIFF 64. */
  void longs(TiffTag tag, long... values) {
    ByteBuffer bytes = allocate(values.length, big ? Long.BYTES : Integer.BYTES);
    for (long value : values) {
      if (big) {
        bytes.putLong(value);
      } else {
        bytes.putInt((int) value);
      }
    }
    put(tag, big ? LONG8 : LONG, values.length, bytes);
  }

  void doubles(TiffTag tag, double... values) {
    ByteBuffer bytes = allocate(values.length, Double.BYTES);
    for (double value : values) {
      bytes.putDouble(value);
    }
    put(tag, DOUBLE, values.length, bytes);
  }

  void text(TiffTag tag, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    put(tag, ASCII, text.length + 1, allocate(text.length + 1, 1).put(text));
  }

  /** The file's header, for a directory that begins at an offset. */
  ByteBuffer header(long directory) {
    ByteBuffer header = allocate(big ? 16 : 8, 1).put((byte) 'I').put((byte) 'I');
    if (big) {
      header.putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(directory);
    } else {
      header.putShort((short) 42).putInt((int) directory);
    }
    return header.rewind();
  }

  /** How many bytes the directory takes with its values. */
  int size() {
    int total = entriesBytes();
    for (Field field : fields.values()) {
      total =
          Math.addExact(
              total, field.bytes.capacity() > inlineBytes() ? even(field.bytes.capacity()) : 0);
    }
    return total;
  }

  private int inlineBytes() {
    return big ? Long.BYTES : Integer.BYTES;
  }

  private int entriesBytes() {
    return (big ? 8 : 2) + fields.size() * (big ? 20 : 12) + inlineBytes();
  }

  /**
   * The directory and, after it, the values that do not fit into its entries.
   *
   * @param offset where it will lie, even
   * @param next where the next directory lies; 0 after the last
   */
  ByteBuffer directory(long offset, long next) {
    int inline = inlineBytes();
    ByteBuffer out = allocate(size(), 1);
    if (big) {
      out.putLong(fields.size());
    } else {
      out.putShort((short) fields.size());
    }
    int values = entriesBytes();
    for (Map.Entry<Integer, Field> entry : fields.entrySet()) {
      Field field = entry.getValue();
      ByteBuffer bytes = field.bytes.rewind();
      out.putShort(entry.getKey().shortValue()).putShort((short) field.type);
      word(out, field.count);
      if (bytes.capacity() <= inline) {
        out.put(bytes).position(out.position() + inline - bytes.capacity());
      } else {
        word(out, offset + values);
        out.put(values, bytes, 0, bytes.capacity());
        values += even(bytes.capacity());
      }
    }
    word(out, next);
    return out.rewind();
  }

  private void word(ByteBuffer out, long value) {
    if (big) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
  }

  private void put(TiffTag tag, int type, int count, ByteBuffer bytes) {
    fields.put(tag.code(), new Field(type, count, bytes));
  }

  private static int even(int bytes) {
    return Math.addExact(bytes, bytes & 1);
  }

  private static ByteBuffer allocate(int count, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
