package org.csmoe.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of a zip file and where their bytes lie, so that stored entries are read by position
 * like any other part of the file. Nothing is inflated and nothing is extracted. Zip64 is
 * understood; encryption, compression and several volumes are refused.
 */
final class ZipDirectory {
  private static final int END_LENGTH = 22;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int LOCATOR_LENGTH = 20;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int END64_LENGTH = 56;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int CENTRAL_LENGTH = 46;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int ENCRYPTED = 1;
  private static final int MAX_COMMENT = 0xffff;
  private static final int MAX_DIRECTORY_BYTES = 1 << 25;
  private static final long IN_ZIP64 = 0xffffffffL;
  private static final int COUNT_IN_ZIP64 = 0xffff;

  /** A stored entry: its bytes are {@code length} bytes of the file from {@code offset} on. */
  record Entry(String name, long offset, long length) {}

  private final WeightFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ZipDirectory(WeightFile file) {
    this.file = file;
  }

  static Map<String, Entry> read(WeightFile file) throws IOException {
    ZipDirectory directory = new ZipDirectory(file);
    directory.readCentral(directory.findEnd());
    return directory.entries;
  }

  /** Where the directory is, and how many entries the record at the file's end promises. */
  private record Range(long offset, long length, long entries) {}

  private Range findEnd() throws IOException {
    int length = (int) Math.min(file.size(), END_LENGTH + MAX_COMMENT);
    long start = file.size() - length;
    ByteBuffer tail = file.read(start, length);
    for (int i = length - END_LENGTH; i >= 0; i--) {
      if (tail.getInt(i) == END_SIGNATURE
          && i + END_LENGTH + Short.toUnsignedInt(tail.getShort(i + 20)) == length) {
        long size = Integer.toUnsignedLong(tail.getInt(i + 12));
        long offset = Integer.toUnsignedLong(tail.getInt(i + 16));
        int count = Short.toUnsignedInt(tail.getShort(i + 10));
        boolean small = size != IN_ZIP64 && offset != IN_ZIP64 && count != COUNT_IN_ZIP64;
        return small ? new Range(offset, size, count) : findEnd64(start + i);
      }
    }
    throw file.malformed(
        "zip", file.size(), "no end-of-directory record", "a complete zip file; was it cut short?");
  }

  private Range findEnd64(long end) throws IOException {
    long locatorAt = end - LOCATOR_LENGTH;
    if (locatorAt >= 0) {
      ByteBuffer locator = file.read(locatorAt, LOCATOR_LENGTH);
      long at = locator.getLong(8);
      if (locator.getInt(0) == LOCATOR_SIGNATURE && at >= 0 && at <= locatorAt - END64_LENGTH) {
        ByteBuffer end64 = file.read(at, END64_LENGTH);
        if (end64.getInt(0) == END64_SIGNATURE) {
          return new Range(end64.getLong(48), end64.getLong(40), end64.getLong(32));
        }
      }
    }
    throw file.malformed("zip", end, "no zip64 end-of-directory record", "one before this byte");
  }

  private void readCentral(Range range) throws IOException {
    if (range.length < 0
        || range.length > MAX_DIRECTORY_BYTES
        || range.offset < 0
        || range.offset > file.size() - range.length) {
      throw file.malformed(
          "zip directory",
          range.offset,
          range.length + " bytes",
          "at most %d bytes within the file's %d".formatted(MAX_DIRECTORY_BYTES, file.size()));
    }
    ByteBuffer central = file.read(range.offset, (int) range.length);
    while (central.hasRemaining()) {
      long at = range.offset + central.position();
      if (central.remaining() < CENTRAL_LENGTH
          || central.getInt(central.position()) != CENTRAL_SIGNATURE) {
        throw file.malformed("zip directory", at, "no entry header", "an entry or the end");
      }
      readEntry(central, at);
    }
    if (entries.size() != range.entries) {
      throw file.malformed(
          "zip directory",
          range.offset,
          entries.size() + " entries",
          Long.toUnsignedString(range.entries) + ", as the record at the file's end says");
    }
  }

  private void readEntry(ByteBuffer central, long at) throws IOException {
    int start = central.position();
    int nameLength = Short.toUnsignedInt(central.getShort(start + 28));
    int extraLength = Short.toUnsignedInt(central.getShort(start + 30));
    int commentLength = Short.toUnsignedInt(central.getShort(start + 32));
    int next = start + CENTRAL_LENGTH + nameLength + extraLength + commentLength;
    if (next > central.limit()) {
      throw file.malformed("zip directory", at, "an entry beyond its end", "complete entries");
    }
    byte[] nameBytes = new byte[nameLength];
    central.get(start + CENTRAL_LENGTH, nameBytes);
    String name = new String(nameBytes, StandardCharsets.UTF_8);
    String where = "zip entry " + WeightFile.quote(name);
    requireInside(name, where, at);
    if ((central.getShort(start + 8) & ENCRYPTED) != 0) {
      throw file.malformed(where, at, "encryption", "plain data");
    }
    int method = Short.toUnsignedInt(central.getShort(start + 10));
    if (method != 0) {
      throw file.malformed(
          where,
          at,
          "compression method " + method,
          "stored entries, as torch.save writes them; zip again with \"zip -0\"");
    }
    ByteBuffer extra =
        central.slice(start + CENTRAL_LENGTH + nameLength, extraLength).order(central.order());
    long[] sizes = {
      Integer.toUnsignedLong(central.getInt(start + 24)),
      Integer.toUnsignedLong(central.getInt(start + 20)),
      Integer.toUnsignedLong(central.getInt(start + 42))
    };
    if (!widen(sizes, extra) || sizes[0] != sizes[1]) {
      throw file.malformed(
          where,
          at,
          "sizes %d and %d".formatted(sizes[0], sizes[1]),
          "equal sizes, those of 4 GiB and more in a zip64 field");
    }
    Entry entry = new Entry(name, dataOffset(where, at, sizes, nameBytes), sizes[0]);
    if (entries.put(name, entry) != null) {
      throw file.malformed(where, at, "the name twice", "unique names");
    }
    central.position(next);
  }

  private void requireInside(String name, String where, long at) {
    boolean escapes =
        name.startsWith("/") || name.contains("\\") || name.contains(":") || name.indexOf(0) >= 0;
    for (String part : name.split("/", -1)) {
      escapes |= part.equals("..");
    }
    if (escapes) {
      throw file.malformed(where, at, "a name that leaves the archive", "a relative path");
    }
  }

  /** Replaces sizes that are all ones by those of the zip64 field, which has only these. */
  private static boolean widen(long[] sizes, ByteBuffer extra) {
    boolean complete = true;
    for (long size : sizes) {
      complete &= size != IN_ZIP64;
    }
    while (!complete && extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
      if (id != 1) {
        extra.position(extra.position() + length);
        continue;
      }
      int end = extra.position() + length;
      for (int i = 0; i < sizes.length; i++) {
        if (sizes[i] == IN_ZIP64) {
          if (end - extra.position() < Long.BYTES) {
            return false;
          }
          sizes[i] = extra.getLong();
        }
      }
      complete = true;
    }
    return complete;
  }

  /** Finds the data behind the entry's own header, which must tell of the same entry. */
  private long dataOffset(String where, long at, long[] sizes, byte[] name) throws IOException {
    long length = sizes[0];
    long local = sizes[2];
    int headerLength = LOCAL_LENGTH + name.length;
    if (local >= 0 && length >= 0 && local <= file.size() - headerLength) {
      ByteBuffer header = file.read(local, headerLength);
      int nameLength = Short.toUnsignedInt(header.getShort(26));
      long offset = local + LOCAL_LENGTH + nameLength + Short.toUnsignedInt(header.getShort(28));
      if (header.getInt(0) == LOCAL_SIGNATURE && length <= file.size() - offset) {
        if (nameLength != name.length
            || !header.slice(LOCAL_LENGTH, nameLength).equals(ByteBuffer.wrap(name))
            || header.getShort(8) != 0
            || (header.getShort(6) & ENCRYPTED) != 0) {
          throw file.malformed(
              where, local, "another entry's header", "the name and method of the zip directory");
        }
        return offset;
      }
    }
    throw file.malformed(
        where, at, "%d bytes behind byte %d".formatted(length, local), "data within the file");
  }
}
