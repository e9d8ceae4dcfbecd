package org.csmoe.raster;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.csmoe.RasterFormatException;
import org.csmoe.io.Failures;

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

    /** Ranges inside the file, at least one, that will be read next and in this order. */
    default void readAhead(long[] offsets, long[] lengths) throws IOException {}
  }

  TiffSource(String name, Bytes bytes, long size) {
    this.name = name;
    this.bytes = bytes;
    this.size = size;
  }

  static TiffSource of(Path path) {
    if (Files.isDirectory(path)) {
      throw new RasterFormatException(path + ": found a folder, expected a TIFF file");
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new TiffSource(path.toString(), new Channel(channel), channel.size());
    } catch (IOException e) {
      throw Failures.of(path, "cannot be opened", e);
    }
  }

  /** A channel that stays open when this source is closed, as long as it is now. */
  static TiffSource shared(String name, FileChannel channel) throws IOException {
    Bytes bytes =
        new Bytes() {
          @Override
          public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
          }

          @Override
          public void close() {}
        };
    return new TiffSource(name, bytes, channel.size());
  }

  /** A file in memory; the array is not copied. */
  static TiffSource of(String name, byte[] content) {
    return new TiffSource(name, new Memory(content), content.length);
  }

  /** A file on a web server; its name leaves out what may be a secret. */
  static TiffSource of(URI uri, HttpClient client, Duration timeout) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("uri must begin with http: or https: but was " + uri);
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String name = "%s://%s%s%s".formatted(scheme, uri.getHost(), port, uri.getPath());
    try {
      HttpBytes bytes = new HttpBytes(uri, client, timeout);
      return new TiffSource(name, bytes, bytes.size());
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot be opened: " + e.getMessage(), e);
    }
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
    if (!isInside(offset, length)) {
      throw malformed(
          what,
          "bytes %d + %d".formatted(offset, length),
          "a range in a file of %d".formatted(size));
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw malformed(what, length + " bytes", "at most " + (Integer.MAX_VALUE - 8));
    }
    // The size of a file on a server is only what the server says: take memory as bytes come in.
    ByteBuffer buffer =
        ByteBuffer.allocate(
            (int) (isRemote() ? Math.min(length, HttpBytes.MAX_REQUEST_BYTES) : length));
    try {
      while (buffer.position() < length) {
        if (!buffer.hasRemaining()) {
          int larger = (int) Math.min(length, 2L * buffer.capacity());
          buffer = ByteBuffer.allocate(larger).put(buffer.flip());
        }
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

  private boolean isInside(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
  }

  /** Whether it pays to say beforehand what will be read. */
  boolean isRemote() {
    return bytes instanceof HttpBytes;
  }

  /** Announces ranges that will be read next; only those before the first impossible one count. */
  void readAhead(long[] offsets, long[] lengths) {
    int count = 0;
    while (count < offsets.length && isInside(offsets[count], lengths[count])) {
      count++;
    }
    if (count == 0) {
      return;
    }
    try {
      bytes.readAhead(Arrays.copyOf(offsets, count), Arrays.copyOf(lengths, count));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: cannot read at %d: %s".formatted(name, offsets[0], e.getMessage()), e);
    }
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
      throw Failures.of(name, "cannot be closed", e);
    }
  }
}
