package org.csmoe.weights;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.csmoe.WeightFormatException;

/**
 * A file, on disk or in memory, read by position, by several threads at once. Elements pass through
 * small reused direct buffers that stay in the processor's cache, so that reading costs little more
 * than the system call and no page of the file is kept mapped.
 */
final class WeightFile implements Closeable {
  private static final int SCRATCH_BYTES = 1 << 18;
  private static final int SHOWN_CHARS = 200;

  private final String name;
  private final Content content;
  private final long size;
  private final Queue<ByteBuffer> scratch = new ConcurrentLinkedQueue<>();

  /** Where the bytes are. */
  private sealed interface Content extends Closeable {
    /** Reads some bytes, as many as the target has room for or fewer; -1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;

    ByteBuffer map(long offset, long length) throws IOException;
  }

  private record OnDisk(FileChannel channel) implements Content {
    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }

    @Override
    public ByteBuffer map(long offset, long length) throws IOException {
      return channel.map(MapMode.READ_ONLY, offset, length);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Bytes from 0 to the limit; read by position only. */
  private record InMemory(ByteBuffer bytes) implements Content {
    @Override
    public int read(ByteBuffer target, long position) {
      int count = (int) Math.min(target.remaining(), bytes.limit() - position);
      if (count <= 0) {
        return -1;
      }
      target.put(bytes.slice((int) position, count));
      return count;
    }

    @Override
    public ByteBuffer map(long offset, long length) {
      return bytes.slice((int) offset, (int) length);
    }

    @Override
    public void close() {}
  }

  private WeightFile(String name, Content content, long size) {
    this.name = name;
    this.content = content;
    this.size = size;
  }

  /** Bytes in memory, from the buffer's position to its limit, not copied. */
  static WeightFile of(String name, ByteBuffer bytes) {
    ByteBuffer all = bytes.slice().asReadOnlyBuffer();
    return new WeightFile(name, new InMemory(all), all.limit());
  }

  static WeightFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new WeightFile(path.toString(), new OnDisk(channel), channel.size());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What to call the file in messages. */
  String name() {
    return name;
  }

  long size() {
    return size;
  }

  /** Reads bytes as a little-endian heap buffer. The caller has checked the range. */
  ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(buffer, offset);
    return buffer.flip();
  }

  /** Reads elements as float32. The caller has checked the range. */
  void readFloats(DType dtype, ByteOrder order, long offset, int count, FloatBuffer destination)
      throws IOException {
    ByteBuffer buffer = scratch.poll();
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    }
    buffer.order(order);
    int perRound = SCRATCH_BYTES / dtype.bytes();
    for (int done = 0; done < count; ) {
      int step = Math.min(perRound, count - done);
      fill(buffer.clear().limit(step * dtype.bytes()), offset + (long) done * dtype.bytes());
      FloatDecoder.decode(dtype, buffer.flip(), step, destination);
      done += step;
    }
    scratch.add(buffer);
  }

  /** Maps bytes read-only. The caller has checked the range. */
  ByteBuffer map(ByteOrder order, long offset, long length) throws IOException {
    return content.map(offset, length).order(order);
  }

  private void fill(ByteBuffer buffer, long offset) throws IOException {
    long start = offset - buffer.position();
    while (buffer.hasRemaining()) {
      if (content.read(buffer, start + buffer.position()) < 0) {
        throw new EOFException(
            "%s: found the end at byte %d; expected %d more bytes: the file was cut after opening"
                .formatted(name, start + buffer.position(), buffer.remaining()));
      }
    }
  }

  WeightFormatException malformed(String where, long offset, String found, String expected) {
    return new WeightFormatException(
        "%s: %s at byte %d: found %s; expected %s".formatted(name, where, offset, found, expected));
  }

  /** Quotes text from a file for a message, made {@link #plain}. */
  static String quote(String text) {
    return '"' + plain(text) + '"';
  }

  /**
   * Text from a file for a message: not too long, and without characters that move a terminal's
   * cursor, break lines or turn the direction of what follows.
   */
  static String plain(String text) {
    String shown = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "..." : text;
    return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
