package org.csmoe.raster;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A channel to which encoded tiles are appended, behind room for a header. */
final class TileStore implements Closeable {
  static final int HEADER_BYTES = 16;

  private final FileChannel channel;
  private long end = HEADER_BYTES;

  /** Tiles in the file itself. */
  TileStore(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Tiles in a scratch file beside a target. It is deleted when the store is closed; most systems
   * delete its name at once, so that nothing is left even of a process that is killed.
   */
  static TileStore beside(Path target) throws IOException {
    Path path =
        target
            .toAbsolutePath()
            .resolveSibling(".%s.%s.tiles".formatted(target.getFileName(), UUID.randomUUID()));
    return new TileStore(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  FileChannel channel() {
    return channel;
  }

  long end() {
    return end;
  }

  /** Appends bytes and returns where they begin. */
  long append(ByteBuffer bytes) throws IOException {
    long offset = end;
    end = offset + bytes.remaining();
    write(channel, bytes, offset);
    return offset;
  }

  static void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
