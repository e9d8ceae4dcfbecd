package org.csmoe.retrieval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.NeighborArray;
import org.apache.lucene.util.hnsw.OnHeapHnswGraph;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;

/** Makes the file of a {@link NeighbourGraph}. One thread, so that the same rows give the same. */
final class GraphBuilder {
  private static final long SEED = 20180330;

  private GraphBuilder() {}

  /** Builds a graph of all rows and writes it. */
  static void build(VectorRows rows, int connections, int beamWidth, Path path) throws IOException {
    long level0 = 4L * rows.size() * (1 + 2L * connections);
    // Upper levels add a part in connections; the file is mapped at once.
    if (level0 > Integer.MAX_VALUE / 8L * 7) {
      throw new CsMoeException(
          "%s: a graph of %d rows with %d connections would take %d bytes, expected at most %d; take"
                  .formatted(path, rows.size(), connections, level0, Integer.MAX_VALUE / 8L * 7)
              + " fewer connections");
    }
    HnswGraphBuilder builder =
        HnswGraphBuilder.create(
            RowScorer.amongRows(rows, rows.size()), connections, beamWidth, SEED, rows.size());
    for (int row = 0; row < rows.size(); row++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("%s: interrupted at row %d".formatted(path, row));
      }
      builder.addGraphNode(row);
    }
    write(builder.getCompletedGraph(), connections, path);
  }

  private static void write(OnHeapHnswGraph graph, int connections, Path path) throws IOException {
    try (AtomicFile file = AtomicFile.create(path)) {
      Sink sink = new Sink(file);
      sink.buffer.put(
          NeighbourGraph.header(graph.size(), connections, graph.numLevels(), graph.entryNode()));
      for (int node = 0; node < graph.size(); node++) {
        neighbours(graph, 0, node, 2 * connections, sink);
      }
      for (int level = 1; level < graph.numLevels(); level++) {
        int[] nodes = nodes(graph, level);
        sink.put(nodes.length);
        for (int node : nodes) {
          sink.put(node);
        }
        for (int node : nodes) {
          neighbours(graph, level, node, connections, sink);
        }
      }
      sink.flush();
      file.commit();
    }
  }

  private static int[] nodes(HnswGraph graph, int level) throws IOException {
    HnswGraph.NodesIterator iterator = graph.getNodesOnLevel(level);
    int[] nodes = new int[iterator.size()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = iterator.nextInt();
    }
    Arrays.sort(nodes);
    return nodes;
  }

  private static void neighbours(OnHeapHnswGraph graph, int level, int node, int width, Sink sink)
      throws IOException {
    NeighborArray neighbours = graph.getNeighbors(level, node);
    sink.put(neighbours.size());
    for (int i = 0; i < width; i++) {
      sink.put(i < neighbours.size() ? neighbours.nodes()[i] : 0);
    }
  }

  /** Integers into a file. */
  private static final class Sink {
    private final AtomicFile file;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    Sink(AtomicFile file) {
      this.file = file;
    }

    void put(int value) throws IOException {
      if (buffer.remaining() < Integer.BYTES) {
        flush();
      }
      buffer.putInt(value);
    }

    void flush() throws IOException {
      buffer.flip();
      file.write(buffer);
      buffer.clear();
    }
  }
}
