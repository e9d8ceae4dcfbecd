package org.csmoe.retrieval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.csmoe.CsMoeException;

/**
 * A hierarchical navigable small-world graph (Malkov and Yashunin, 2018) in a file of ours, mapped
 * into memory and walked by Lucene. Neighbours are checked as they are read. Safe for use by
 * several threads.
 */
final class NeighbourGraph {
  static final int HEADER_BYTES = 64;
  static final int VERSION = 1;
  static final int MAX_CONNECTIONS = 256;
  // Even with two connections half of a level's nodes are on the next one: 31 levels for 2^31 rows.
  static final int MAX_LEVELS = 64;
  private static final byte[] MAGIC = "CSMOEHNS".getBytes(StandardCharsets.US_ASCII);

  private final Path path;
  private final VectorRows vectors;
  private final IntBuffer data;
  private final int size;
  private final int connections;
  private final int entryNode;
  // Of levels from 1: how many nodes, and where their sorted list begins; places are in ints.
  private final int[] counts;
  private final int[] lists;

  private NeighbourGraph(Path path, VectorRows vectors, ByteBuffer file, int rows) {
    this.path = path;
    this.vectors = vectors;
    byte[] magic = new byte[MAGIC.length];
    file.get(magic);
    expect(Arrays.equals(magic, MAGIC), 0, "another format", "CSMOEHNS");
    int version = file.getInt();
    expect(version == VERSION, 8, "version " + version, "" + VERSION);
    size = file.getInt();
    expect(size == rows, 12, size + " rows", rows + ", as the index says");
    connections = file.getInt();
    expect(
        connections >= 2 && connections <= MAX_CONNECTIONS,
        16,
        connections + " connections",
        "2.." + MAX_CONNECTIONS);
    int levels = file.getInt();
    expect(levels >= 1 && levels <= MAX_LEVELS, 20, levels + " levels", "1.." + MAX_LEVELS);
    entryNode = file.getInt();
    expect(entryNode >= 0 && entryNode < size, 24, "entry " + entryNode, "a row below " + size);
    data = file.position(HEADER_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    counts = new int[levels];
    lists = new int[levels];
    long at = size * (1L + 2L * connections);
    for (int level = 1; level < levels; level++) {
      require(at + 1);
      counts[level] = data.get((int) at);
      expect(
          counts[level] >= 1 && counts[level] <= size,
          HEADER_BYTES + 4 * at,
          counts[level] + " nodes",
          "1.." + size);
      lists[level] = (int) at + 1;
      at += 1 + counts[level] * (2L + connections);
    }
    require(at);
    expect(
        at == data.capacity() && file.limit() % 4 == 0,
        HEADER_BYTES + 4 * at,
        "more bytes",
        "the end of the file");
  }

  /** Opens a graph of the first rows of an index. */
  static NeighbourGraph open(Path path, VectorRows vectors, int rows) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() < HEADER_BYTES || channel.size() > Integer.MAX_VALUE) {
        throw new CsMoeException(
            "%s: found %d bytes, expected %d..%d"
                .formatted(path, channel.size(), HEADER_BYTES, Integer.MAX_VALUE));
      }
      ByteBuffer file =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
              .order(ByteOrder.LITTLE_ENDIAN);
      return new NeighbourGraph(path, vectors, file, rows);
    }
  }

  /** The header of a file. */
  static ByteBuffer header(int rows, int connections, int levels, int entryNode) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putInt(VERSION)
        .putInt(rows)
        .putInt(connections)
        .putInt(levels)
        .putInt(entryNode)
        .rewind();
  }

  private void require(long ints) {
    expect(
        ints <= data.capacity(),
        HEADER_BYTES + 4L * data.capacity(),
        "the end of the file",
        "at least %d bytes".formatted(HEADER_BYTES + 4 * ints));
  }

  private void expect(boolean condition, long at, String found, String expected) {
    if (!condition) {
      throw new CsMoeException(
          "%s byte %d: found %s, expected %s; build the graph again"
              .formatted(path, at, found, expected));
    }
  }

  int size() {
    return size;
  }

  /** Which of the graph's rows come near a query: the best that the walk met, in no order. */
  int[] search(float[] query, int beamWidth, BitSet accepted) {
    Bits bits =
        new Bits() {
          @Override
          public boolean get(int row) {
            return accepted.get(row);
          }

          @Override
          public int length() {
            return size;
          }
        };
    TopKnnCollector collector = new TopKnnCollector(beamWidth, Integer.MAX_VALUE);
    try {
      HnswGraphSearcher.search(RowScorer.of(vectors, query, size), collector, new Walk(), bits);
    } catch (IOException e) {
      throw new CsMoeException(path + ": cannot be searched: " + e, e);
    }
    ScoreDoc[] found = collector.topDocs().scoreDocs;
    int[] rows = new int[found.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = found[i].doc;
    }
    return rows;
  }

  /** The graph as one thread reads it. */
  private final class Walk extends HnswGraph {
    private int next;
    private int end;

    @Override
    public void seek(int level, int node) {
      int width = level == 0 ? 2 * connections : connections;
      int at = level == 0 ? node * (1 + width) : neighbours(level, node);
      int count = data.get(at);
      expect(
          count >= 0 && count <= width,
          HEADER_BYTES + 4L * at,
          count + " neighbours",
          "0.." + width);
      next = at + 1;
      end = next + count;
    }

    /** Where a node's neighbours on an upper level stand, by a search in the level's list. */
    private int neighbours(int level, int node) {
      int low = 0;
      int high = counts[level] - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int found = data.get(lists[level] + middle);
        if (found == node) {
          return lists[level] + counts[level] + middle * (1 + connections);
        }
        if (found < node) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      throw new CsMoeException(
          "%s: found no node %d on level %d, expected it since a neighbour names it; build the graph"
                  .formatted(path, node, level)
              + " again");
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int nextNeighbor() {
      if (next == end) {
        return DocIdSetIterator.NO_MORE_DOCS;
      }
      int row = data.get(next);
      expect(row >= 0 && row < size, HEADER_BYTES + 4L * next, "row " + row, "below " + size);
      next++;
      return row;
    }

    @Override
    public int numLevels() {
      return counts.length;
    }

    @Override
    public int entryNode() {
      return entryNode;
    }

    @Override
    public NodesIterator getNodesOnLevel(int level) {
      if (level == 0) {
        return new ArrayNodesIterator(size);
      }
      int[] nodes = new int[counts[level]];
      data.get(lists[level], nodes);
      return new ArrayNodesIterator(nodes, nodes.length);
    }
  }
}
