package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.csmoe.RasterFormatException;

/**
 * An image file directory of a classic TIFF or BigTIFF. Values are read when asked for, after their
 * range was checked.
 */
final class TiffDirectory {
  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  private static final int BYTE = 1;
  private static final int ASCII = 2;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int RATIONAL = 5;
  private static final int UNDEFINED = 7;
  private static final int DOUBLE = 12;
  private static final int LONG8 = 16;

  private static final Map<Integer, TiffTag> TAGS = new HashMap<>();

  static {
    for (TiffTag tag : TiffTag.values()) {
      TAGS.put(tag.code(), tag);
    }
  }

  private final TiffSource source;
  private final ByteOrder order;
  private final boolean big;
  private final Map<TiffTag, Entry> entries = new EnumMap<>(TiffTag.class);
  private final long start;
  private final long end;

  /** One entry: {@code count} values of a type, whose bytes begin at {@code offset}. */
  private record Entry(int type, long count, long offset) {
    long bytes() {
      int size = type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
      return count > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : count * size;
    }
  }

  /** The first directory of a file. */
  TiffDirectory(TiffSource source) {
    this.source = source;
    if (source.size() < 8) {
      throw source.malformed("header", source.size() + " bytes", "a TIFF file of at least 8");
    }
    byte[] magic = source.read("header", 0, 4);
    if (magic[0] == 'I' && magic[1] == 'I') {
      order = ByteOrder.LITTLE_ENDIAN;
    } else if (magic[0] == 'M' && magic[1] == 'M') {
      order = ByteOrder.BIG_ENDIAN;
    } else {
      throw source.malformed(
          "header at byte 0", "bytes %d %d".formatted(magic[0], magic[1]), "II or MM of a TIFF");
    }
    int version = ByteBuffer.wrap(magic).order(order).getShort(2);
    if (version != 42 && version != 43) {
      throw source.malformed("header at byte 2", version, "42 (TIFF) or 43 (BigTIFF)");
    }
    big = version == 43;
    start = big ? bigOffset() : buffer("header", 4, 4).getInt() & 0xFFFFFFFFL;
    end = readEntries();
  }

  private TiffDirectory(TiffDirectory previous, long start) {
    source = previous.source;
    order = previous.order;
    big = previous.big;
    this.start = start;
    end = readEntries();
  }

  /** Where it begins in the file. */
  long start() {
    return start;
  }

  /** Where the directory after this one begins; 0 after the last. */
  long nextStart() {
    ByteBuffer link = buffer(link(), end, big ? 8 : 4);
    return big ? link.getLong() : link.getInt() & 0xFFFFFFFFL;
  }

  /** Another directory of the same file. */
  TiffDirectory at(long other) {
    return new TiffDirectory(this, other);
  }

  private long bigOffset() {
    ByteBuffer header = buffer("BigTIFF header", 4, 12);
    if (header.getShort() != 8 || header.getShort() != 0) {
      throw source.malformed("BigTIFF header at byte 4", "another offset size", 8);
    }
    return header.getLong();
  }

  /** Reads the entries and returns where they end. */
  private long readEntries() {
    String where = "directory at byte " + start;
    long count =
        big ? buffer(where, start, 8).getLong() : buffer(where, start, 2).getShort() & 0xFFFF;
    if (count < 1 || count > 65535) {
      throw source.malformed(where, count + " entries", "1 to 65535");
    }
    int entryBytes = big ? 20 : 12;
    long first = start + (big ? 8 : 2);
    ByteBuffer bytes = buffer(where, first, count * entryBytes);
    for (int i = 0; i < count; i++) {
      int at = i * entryBytes;
      TiffTag tag = TAGS.get(bytes.getShort(at) & 0xFFFF);
      if (tag == null) {
        continue;
      }
      int type = bytes.getShort(at + 2) & 0xFFFF;
      long values = big ? bytes.getLong(at + 4) : bytes.getInt(at + 4) & 0xFFFFFFFFL;
      int field = at + (big ? 12 : 8);
      Entry inline = new Entry(type, values, first + field);
      long offset = big ? bytes.getLong(field) : bytes.getInt(field) & 0xFFFFFFFFL;
      boolean fits = values >= 0 && inline.bytes() <= (big ? 8 : 4);
      entries.putIfAbsent(tag, fits ? inline : new Entry(type, values, offset));
    }
    return first + count * entryBytes;
  }

  boolean big() {
    return big;
  }

  ByteOrder order() {
    return order;
  }

  boolean has(TiffTag tag) {
    return entries.containsKey(tag);
  }

  /** The first value of an integer tag, or the default when the tag is absent. */
  long integer(TiffTag tag, long absent) {
    return has(tag) ? integers(tag, 1, 1)[0] : absent;
  }

  /** The first value of an integer tag that must be there and lie in a range. */
  int required(TiffTag tag, int min, int max) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw source.malformed(tag, "no such tag", "a value in %d..%d".formatted(min, max));
    }
    long value = integers(tag, 1, 1)[0];
    if (value < min || value > max) {
      throw malformed(tag, value, "%d..%d".formatted(min, max));
    }
    return (int) value;
  }

  /**
   * The values of an integer tag.
   *
   * @param atLeast how many values there must be
   * @param atMost how many values to read at most
   */
  long[] integers(TiffTag tag, int atLeast, int atMost) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw source.malformed(tag, "no such tag", atLeast + " values");
    }
    if (entry.count < atLeast) {
      throw malformed(tag, entry.count + " values", "at least " + atLeast);
    }
    int type = entry.type;
    if (type != BYTE && type != SHORT && type != LONG && type != LONG8) {
      throw malformed(tag, "field type " + type, "an unsigned integer type");
    }
    int width = TYPE_BYTES[type];
    long count = Math.min(entry.count, atMost);
    ByteBuffer bytes = buffer(tag.toString(), entry.offset, Math.multiplyExact(count, width));
    long[] values = new long[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case BYTE -> bytes.get(i) & 0xFF;
            case SHORT -> bytes.getShort(2 * i) & 0xFFFF;
            case LONG -> bytes.getInt(4 * i) & 0xFFFFFFFFL;
            default -> bytes.getLong(8 * i);
          };
    }
    return values;
  }

  /** The values of a tag of doubles; empty when the tag is absent. */
  double[] doubles(TiffTag tag) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      return new double[0];
    }
    if (entry.type != DOUBLE) {
      throw malformed(tag, "field type " + entry.type, "DOUBLE (12)");
    }
    ByteBuffer bytes = buffer(tag.toString(), entry.offset, entry.bytes());
    double[] values = new double[(int) entry.count];
    bytes.asDoubleBuffer().get(values);
    return values;
  }

  /** The first values of a tag of unsigned fractions; one with denominator 0 is refused. */
  double[] rationals(TiffTag tag, int count) {
    Entry entry = entries.get(tag);
    if (entry == null || entry.type != RATIONAL || entry.count < count) {
      throw malformed(
          tag,
          entry == null
              ? "no such tag"
              : "%d values of field type %d".formatted(entry.count, entry.type),
          count + " values of RATIONAL (5)");
    }
    ByteBuffer bytes = buffer(tag.toString(), entry.offset, 8L * count);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      long denominator = bytes.getInt(8 * i + 4) & 0xFFFFFFFFL;
      if (denominator == 0) {
        throw malformed(tag, "a denominator of 0", "a fraction");
      }
      values[i] = (double) (bytes.getInt(8 * i) & 0xFFFFFFFFL) / denominator;
    }
    return values;
  }

  /** The bytes of a tag, at most so many; empty when the tag is absent. */
  byte[] bytes(TiffTag tag, int atMost) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      return new byte[0];
    }
    if ((entry.type != BYTE && entry.type != UNDEFINED) || entry.count > atMost) {
      throw malformed(
          tag,
          "%d values of field type %d".formatted(entry.count, entry.type),
          "at most %d of BYTE (1) or UNDEFINED (7)".formatted(atMost));
    }
    return source.read(tag.toString(), entry.offset, entry.count);
  }

  /** The text of an ASCII tag without its closing zero. */
  Optional<String> text(TiffTag tag) {
    Entry entry = entries.get(tag);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.type != ASCII) {
      throw malformed(tag, "field type " + entry.type, "ASCII (2)");
    }
    String text =
        new String(source.read(tag.toString(), entry.offset, entry.count), StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return Optional.of(end < 0 ? text : text.substring(0, end));
  }

  RasterFormatException malformed(TiffTag tag, Object found, Object expected) {
    Entry entry = entries.get(tag);
    return source.malformed(
        entry == null ? tag : tag + " at byte " + entry.offset, found, expected);
  }

  RasterFormatException malformedLink(Object found, Object expected) {
    return source.malformed(link(), found, expected);
  }

  private String link() {
    return "link after the directory at byte " + start;
  }

  private ByteBuffer buffer(String what, long offset, long length) {
    return ByteBuffer.wrap(source.read(what, offset, length)).order(order);
  }
}
