package org.csmoe.raster;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.csmoe.RasterFormatException;

/**
 * The bytes of one file, read at given positions. Nothing is allocated before its range is known to
 * lie inside the file. Safe for use by several threads.
 */
final class TiffSource implements Closeable {
  private final String name;
  private final Bytes bytes;
  private final long size;

  /** Where the bytes come from. Safe for use by several threads. */
  interface Bytes extends Closeable {
    /** Reads at least one byte at a position inside, or returns a negative number at the end. */
    int read(ByteBuffer target, long position) throws IOException;
  }

  TiffSource(String name, Bytes bytes, long size) {
    this.name = name;
    this.bytes = bytes;
    this.size = size;
  }

  static TiffSource of(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new TiffSource(path.toString(), new Channel(channel), channel.size());
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be opened: " + e, e);
    }
  }

  /** A file in memory; the array is not copied. */
  static TiffSource of(String name, byte[] content) {
    return new TiffSource(name, new Memory(content), content.length);
  }

  private record Channel(FileChannel channel) implements Bytes {
    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Memory(byte[] content) implements Bytes {
    @Override
    public int read(ByteBuffer target, long position) {
      int count = target.remaining();
      target.put(content, (int) position, count);
      return count;
    }

    @Override
    public void close() {}
  }

  /**
   * Reads a range.
   *
   * @throws RasterFormatException when the range does not lie inside the file
   */
  byte[] read(String what, long offset, long length) {
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
      throw malformed(
          what,
          "bytes %d + %d".formatted(offset, length),
          "a range in a file of %d".formatted(size));
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw malformed(what, length + " bytes", "at most " + (Integer.MAX_VALUE - 8));
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) length);
    try {
      while (buffer.hasRemaining()) {
        if (bytes.read(buffer, offset + buffer.position()) < 0) {
          throw new EOFException("file became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: %s: cannot read %d bytes at %d: %s".formatted(name, what, length, offset, e), e);
    }
    return buffer.array();
  }

  long size() {
    return size;
  }

  RasterFormatException malformed(Object where, Object found, Object expected) {
    return new RasterFormatException(
        "%s: %s: found %s, expected %s".formatted(name, where, found, expected));
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot be closed: " + e, e);
    }
  }
}
