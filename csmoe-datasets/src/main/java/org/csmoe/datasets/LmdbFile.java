package org.csmoe.datasets;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;

/**
 * The unnamed database of an LMDB file (format version 1, little-endian), read only: values by key,
 * and all keys. The file is a B+tree of pages. A page is read by position when it is needed, and
 * every number in it is checked before it is followed: a damaged file ends in an exception, never
 * in a loop, since the tree has the depth that its description says and no page is visited twice.
 *
 * <p>Databases of sorted duplicates or with keys of another order are refused, and so are named
 * databases. Nobody may write to the file meanwhile: readers are not entered in the lock file.
 *
 * <p>Safe for use by several threads. As with any file channel, interrupting a thread inside a read
 * closes the file.
 */
final class LmdbFile implements AutoCloseable {
  static final String DATA = "data.mdb";

  private static final int MAGIC = 0xBEEFC0DE;
  private static final int VERSION = 1;
  private static final int HEADER = 16;
  private static final int META_BYTES = 152;
  private static final int MIN_PAGE = 256;
  private static final int MAX_PAGE = 32_768;
  private static final int MAX_DEPTH = 32;
  private static final int NODE_HEADER = 8;
  private static final long NO_PAGE = -1;

  private static final int BRANCH = 0x01;
  private static final int LEAF = 0x02;
  private static final int OVERFLOW = 0x04;
  private static final int META = 0x08;
  private static final int KINDS = 0x6F;

  private static final int BIG_VALUE = 0x01;

  private final Path path;
  private final FileChannel channel;
  private final long fileSize;
  private final int pageSize;
  private final Meta meta;

  /** The state after a transaction: the tree of the unnamed database. */
  private record Meta(
      long transaction, long lastPage, int flags, int depth, long entries, long root) {}

  private LmdbFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.fileSize = channel.size();
    ByteBuffer first = read(0, META_BYTES);
    requireMeta(first, 0);
    pageSize = first.getInt(40);
    if (Integer.bitCount(pageSize) != 1 || pageSize < MIN_PAGE || pageSize > MAX_PAGE) {
      throw malformed(
          40, "page size " + pageSize, "a power of two in %d..%d".formatted(MIN_PAGE, MAX_PAGE));
    }
    ByteBuffer second = read(pageSize, META_BYTES);
    requireMeta(second, pageSize);
    Meta one = parseMeta(first);
    Meta two = parseMeta(second);
    meta = two.transaction() > one.transaction() ? two : one;
    requireReadable();
  }

  /**
   * Opens a database.
   *
   * @param path its file, or the folder with {@code data.mdb}
   * @throws CsMoeException when the file is not of this format, or a kind that is not supported
   * @throws UncheckedIOException when it cannot be read
   */
  static LmdbFile open(Path path) {
    Path file = Files.isDirectory(path) ? path.resolve(DATA) : path;
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return new LmdbFile(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw Failures.of(file, "cannot be read", e);
    }
  }

  private void requireMeta(ByteBuffer page, long offset) {
    if (page.getInt(HEADER) != MAGIC) {
      boolean swapped = page.getInt(HEADER) == Integer.reverseBytes(MAGIC);
      throw malformed(
          offset + HEADER,
          swapped ? "LMDB written by a big-endian machine" : "no LMDB",
          "LMDB's magic number, little-endian");
    }
    if (page.getInt(HEADER + 4) != VERSION) {
      throw malformed(
          offset + HEADER + 4, "format version " + page.getInt(HEADER + 4), "" + VERSION);
    }
    if ((page.getShort(10) & KINDS) != META) {
      throw malformed(offset + 10, "page flags " + page.getShort(10), "those of a meta page");
    }
  }

  private static Meta parseMeta(ByteBuffer page) {
    int main = HEADER + 24 + 48;
    return new Meta(
        page.getLong(HEADER + 128),
        page.getLong(HEADER + 120),
        Short.toUnsignedInt(page.getShort(main + 4)),
        Short.toUnsignedInt(page.getShort(main + 6)),
        page.getLong(main + 32),
        page.getLong(main + 40));
  }

  private void requireReadable() {
    if (meta.flags() != 0) {
      throw new CsMoeException(
          "%s: found a database with flags 0x%x, expected one without sorted duplicates, integer or reversed keys"
              .formatted(path, meta.flags()));
    }
    boolean empty = meta.root() == NO_PAGE;
    if (meta.depth() > MAX_DEPTH
        || empty != (meta.depth() == 0)
        || meta.entries() < 0
        || empty != (meta.entries() == 0)) {
      throw new CsMoeException(
          "%s: found a tree of depth %d, %d entries and root %d, which do not fit together"
              .formatted(path, meta.depth(), meta.entries(), meta.root()));
    }
  }

  Path path() {
    return path;
  }

  /** How many keys there are. */
  long size() {
    return meta.entries();
  }

  /**
   * Finds a value.
   *
   * @param key all bytes of the key
   * @return a copy of the value, little-endian; empty when there is no such key
   * @throws CsMoeException when the file is damaged
   * @throws UncheckedIOException when it cannot be read
   */
  Optional<ByteBuffer> get(byte[] key) {
    if (meta.depth() == 0) {
      return Optional.empty();
    }
    try {
      Page page = page(meta.root(), meta.depth() > 1 ? BRANCH : LEAF);
      for (int depth = meta.depth(); depth > 1; depth--) {
        page = page(page.child(page.childIndex(key)), depth > 2 ? BRANCH : LEAF);
      }
      int index = page.lowerBound(key, 0);
      return index < page.count() && Arrays.equals(page.key(index), key)
          ? Optional.of(value(page, index))
          : Optional.empty();
    } catch (IOException e) {
      throw Failures.of(path, "cannot be read", e);
    }
  }

  /**
   * Visits all keys in the order of the tree.
   *
   * @throws CsMoeException when the file is damaged
   * @throws UncheckedIOException when it cannot be read
   */
  void forEachKey(Consumer<byte[]> visitor) {
    if (meta.depth() == 0) {
      return;
    }
    try {
      Walk walk = new Walk(visitor);
      walk.visit(meta.root(), meta.depth());
      if (walk.keys != meta.entries()) {
        throw new CsMoeException(
            "%s: found %d keys, expected the %d of its description"
                .formatted(path, walk.keys, meta.entries()));
      }
    } catch (IOException e) {
      throw Failures.of(path, "cannot be read", e);
    }
  }

  /** Counts pages, so that a tree whose pages point at each other ends. */
  private final class Walk {
    private final Consumer<byte[]> visitor;
    private long pages;
    private long keys;

    Walk(Consumer<byte[]> visitor) {
      this.visitor = visitor;
    }

    void visit(long number, int depth) throws IOException {
      if (++pages > fileSize / pageSize) {
        throw new CsMoeException(path + ": found a tree of more pages than the file has");
      }
      Page page = page(number, depth > 1 ? BRANCH : LEAF);
      for (int i = 0; i < page.count(); i++) {
        if (depth > 1) {
          visit(page.child(i), depth - 1);
        } else {
          keys++;
          visitor.accept(page.key(i));
        }
      }
    }
  }

  private ByteBuffer value(Page page, int index) throws IOException {
    int node = page.node(index);
    int flags = Short.toUnsignedInt(page.bytes().getShort(node + 4));
    int start = node + NODE_HEADER + page.keyLength(index);
    long size = Integer.toUnsignedLong(page.bytes().getInt(node));
    if ((flags & ~BIG_VALUE) != 0) {
      throw malformed(
          page.start() + node, "a named database or duplicates, flags " + flags, "a value");
    }
    boolean big = flags == BIG_VALUE;
    if (start + (big ? Long.BYTES : size) > pageSize) {
      throw malformed(
          page.start() + node, "a value of %d bytes".formatted(size), "one that ends in its page");
    }
    if (!big) {
      return page.bytes().slice(start, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }
    long number = page.bytes().getLong(start);
    long offset = offset(number);
    ByteBuffer header = read(offset, HEADER);
    requireHeader(header, number, OVERFLOW);
    long pages = Integer.toUnsignedLong(header.getInt(12));
    if (HEADER + size > pages * pageSize || size > Integer.MAX_VALUE) {
      throw malformed(
          offset + 12,
          "%d pages for a value of %d bytes".formatted(pages, size),
          "enough, and less than 2 GiB");
    }
    return read(offset + HEADER, (int) size);
  }

  /** A branch or leaf page whose header is checked; nodes are checked when they are read. */
  private record Page(LmdbFile file, long start, ByteBuffer bytes, int count) {

    /** Where a node begins in the page; its header and its key lie in the page. */
    int node(int index) {
      int node = Short.toUnsignedInt(bytes.getShort(HEADER + 2 * index));
      int length = bytes.limit();
      if (node < HEADER + 2 * count
          || node + NODE_HEADER > length
          || node + NODE_HEADER + Short.toUnsignedInt(bytes.getShort(node + 6)) > length) {
        throw file.malformed(
            start + HEADER + 2L * index, "a node at " + node, "one that lies in its page");
      }
      return node;
    }

    int keyLength(int index) {
      return Short.toUnsignedInt(bytes.getShort(node(index) + 6));
    }

    byte[] key(int index) {
      byte[] key = new byte[keyLength(index)];
      bytes.get(node(index) + NODE_HEADER, key);
      return key;
    }

    /** The page below a node of a branch: 48 bits. */
    long child(int index) {
      int node = node(index);
      return Integer.toUnsignedLong(bytes.getInt(node))
          | Short.toUnsignedLong(bytes.getShort(node + 4)) << 32;
    }

    /** The child whose keys are the key or enclose it; the first child has no lower bound. */
    int childIndex(byte[] key) {
      int index = lowerBound(key, 1);
      boolean equal = index < count && Arrays.equals(key(index), key);
      return equal ? index : index - 1;
    }

    /** The first node from one on whose key is not less, or the count. */
    int lowerBound(byte[] key, int from) {
      int low = from;
      int high = count;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (Arrays.compareUnsigned(key(middle), key) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  private Page page(long number, int kind) throws IOException {
    long offset = offset(number);
    ByteBuffer bytes = read(offset, pageSize);
    requireHeader(bytes, number, kind);
    int lower = Short.toUnsignedInt(bytes.getShort(12));
    if (lower <= HEADER || lower > pageSize || lower % 2 != 0) {
      throw malformed(offset + 12, "keys up to byte " + lower, "at least one, inside the page");
    }
    return new Page(this, offset, bytes, (lower - HEADER) / 2);
  }

  private long offset(long number) {
    if (number < 2 || number > meta.lastPage() || number >= fileSize / pageSize) {
      throw new CsMoeException(
          "%s: found a reference to page %d, expected one of 2..%d"
              .formatted(path, number, Math.min(meta.lastPage(), fileSize / pageSize - 1)));
    }
    return number * pageSize;
  }

  private void requireHeader(ByteBuffer header, long number, int kind) {
    int flags = Short.toUnsignedInt(header.getShort(10));
    if (header.getLong(0) != number || (flags & KINDS) != kind) {
      throw malformed(
          number * pageSize,
          "page %d of kind 0x%x".formatted(header.getLong(0), flags & KINDS),
          "page %d of kind 0x%x".formatted(number, kind));
    }
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    if (offset + length > fileSize) {
      throw malformed(offset, "the end after %d bytes".formatted(fileSize), length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("the file was cut after opening");
      }
    }
    return bytes.flip();
  }

  private CsMoeException malformed(long offset, String found, String expected) {
    return new CsMoeException(
        "%s: LMDB at byte %d: found %s, expected %s".formatted(path, offset, found, expected));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Failures.of(path, "cannot be closed", e);
    }
  }
}
