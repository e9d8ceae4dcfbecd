package org.csmoe.raster;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.csmoe.io.AtomicFile;

/** A file to which encoded tiles are appended, behind room for a header. */
final class TileStore implements Closeable {
  static final int HEADER_BYTES = 16;

  private final AtomicFile file;
  private long end = HEADER_BYTES;

  /** Tiles in a file, which is closed with this. */
  TileStore(AtomicFile file) {
    this.file = file;
  }

  /** For reading. */
  FileChannel channel() {
    return file.channel();
  }

  long end() {
    return end;
  }

  /** Appends bytes and returns where they begin. */
  long append(ByteBuffer bytes) throws IOException {
    long offset = end;
    end = offset + bytes.remaining();
    file.write(bytes, offset);
    return offset;
  }

  /** Writes the header before the first tile. */
  void putHeader(ByteBuffer bytes) throws IOException {
    file.write(bytes, 0);
  }

  /** Reads bytes that were appended. */
  ByteBuffer read(long offset, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (file.channel().read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("the scratch file became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
