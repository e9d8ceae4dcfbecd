package org.csmoe.retrieval;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.csmoe.io.AtomicFile;

/** The two files of a segment while they grow. For one thread. */
final class SegmentWriter implements Closeable {
  private final int number;
  private final int dimension;
  private final AtomicFile rows;
  private final AtomicFile entries;
  private final OutputStream lines;
  private final ByteBuffer buffer;
  private int count;

  SegmentWriter(Path folder, int number, int dimension) throws IOException {
    this.number = number;
    this.dimension = dimension;
    buffer =
        ByteBuffer.allocateDirect(Math.max(1 << 16, 4 * dimension)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(VectorRows.header(dimension, 0));
    rows = AtomicFile.create(IndexFiles.rows(folder, number));
    try {
      entries = AtomicFile.create(IndexFiles.entries(folder, number));
    } catch (IOException e) {
      rows.close();
      throw e;
    }
    lines = entries.stream();
  }

  /** Adds a row. */
  void add(byte[] line, float[] unit) throws IOException {
    if (buffer.remaining() < 4 * dimension) {
      flush();
    }
    buffer.asFloatBuffer().put(unit);
    buffer.position(buffer.position() + 4 * dimension);
    lines.write(line);
    count++;
  }

  private void flush() throws IOException {
    buffer.flip();
    rows.write(buffer);
    buffer.clear();
  }

  /** Puts both files in place; they do not count until a manifest names them. */
  IndexFiles.Segment commit() throws IOException {
    flush();
    rows.write(VectorRows.header(dimension, count), 0);
    lines.flush();
    rows.commit();
    entries.commit();
    return new IndexFiles.Segment(number, count);
  }

  @Override
  public void close() throws IOException {
    try (rows) {
      entries.close();
    }
  }
}
