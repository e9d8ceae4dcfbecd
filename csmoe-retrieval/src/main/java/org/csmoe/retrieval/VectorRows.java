package org.csmoe.retrieval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.csmoe.CsMoeException;

/**
 * The vectors of an index, mapped into memory: rows of all its segments, numbered through. Read by
 * position only, by any number of threads.
 */
final class VectorRows {
  /** What the file of a segment begins with, see docs/retrieval.md. */
  static final int HEADER_BYTES = 64;

  private static final byte[] MAGIC = "CSMOEVEC".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  // A buffer has at most 2^31 - 1 bytes.
  private static final long BYTES_PER_CHUNK = 1 << 30;

  private final int dimension;
  private final int size;
  private final int[] firstRows;
  private final FloatBuffer[] chunks;

  private VectorRows(int dimension, int size, int[] firstRows, FloatBuffer[] chunks) {
    this.dimension = dimension;
    this.size = size;
    this.firstRows = firstRows;
    this.chunks = chunks;
  }

  /** A segment's file and how many rows it must have. */
  record Segment(Path path, int rows) {}

  /** Maps segments; checks their headers and sizes, not their values. */
  static VectorRows open(List<Segment> segments, int dimension) throws IOException {
    List<Integer> firstRows = new ArrayList<>();
    List<FloatBuffer> chunks = new ArrayList<>();
    int size = 0;
    for (Segment segment : segments) {
      try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
        checkHeader(channel, segment, dimension);
        long rowBytes = 4L * dimension;
        int most = (int) (BYTES_PER_CHUNK / rowBytes);
        for (int row = 0; row < segment.rows(); row += most) {
          int count = Math.min(most, segment.rows() - row);
          firstRows.add(size + row);
          chunks.add(
              channel
                  .map(
                      FileChannel.MapMode.READ_ONLY,
                      HEADER_BYTES + row * rowBytes,
                      count * rowBytes)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .asFloatBuffer());
        }
      }
      size = Math.addExact(size, segment.rows());
    }
    return new VectorRows(
        dimension,
        size,
        firstRows.stream().mapToInt(Integer::intValue).toArray(),
        chunks.toArray(new FloatBuffer[0]));
  }

  private static void checkHeader(FileChannel channel, Segment segment, int dimension)
      throws IOException {
    long expected = HEADER_BYTES + 4L * dimension * segment.rows();
    if (channel.size() != expected) {
      throw new CsMoeException(
          "%s: found %d bytes, expected %d for %d rows of %d values"
              .formatted(segment.path(), channel.size(), expected, segment.rows(), dimension));
    }
    ByteBuffer found = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (found.hasRemaining() && channel.read(found, found.position()) >= 0) {
      // Until the header is full; the size was checked.
    }
    ByteBuffer header = header(dimension, segment.rows());
    int at = found.flip().mismatch(header);
    if (at >= 0) {
      throw new CsMoeException(
          "%s byte %d: found a header that is not %s, version %d, %d values, %d rows; the file is"
                  .formatted(segment.path(), at, ascii(MAGIC), VERSION, dimension, segment.rows())
              + " damaged or not of this index");
    }
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** The header of a segment. */
  static ByteBuffer header(int dimension, long rows) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putInt(VERSION)
        .putInt(dimension)
        .putLong(rows)
        .rewind();
  }

  int dimension() {
    return dimension;
  }

  int size() {
    return size;
  }

  /** Copies consecutive rows. */
  void copy(int row, int count, float[] target, int offset) {
    int from = row;
    int at = offset;
    int left = count;
    while (left > 0) {
      int found = Arrays.binarySearch(firstRows, from);
      int chunk = found >= 0 ? found : -found - 2;
      FloatBuffer values = chunks[chunk];
      int inChunk = from - firstRows[chunk];
      int rows = Math.min(left, values.capacity() / dimension - inChunk);
      values.get(inChunk * dimension, target, at, rows * dimension);
      from += rows;
      at += rows * dimension;
      left -= rows;
    }
  }
}
