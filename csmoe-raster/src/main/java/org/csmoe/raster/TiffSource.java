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
  private final Path path;
  private final FileChannel channel;
  private final long size;

  TiffSource(Path path) {
    this.path = path;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      size = channel.size();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be opened: " + e, e);
    }
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
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new EOFException("file became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: %s: cannot read %d bytes at %d: %s".formatted(path, what, length, offset, e), e);
    }
    return buffer.array();
  }

  long size() {
    return size;
  }

  RasterFormatException malformed(Object where, Object found, Object expected) {
    return new RasterFormatException(
        "%s: %s: found %s, expected %s".formatted(path, where, found, expected));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be closed: " + e, e);
    }
  }
}
