package org.csmoe.benchmarks;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.csmoe.retrieval.Hit;
import org.csmoe.retrieval.IndexEntry;
import org.csmoe.retrieval.IndexWriter;
import org.csmoe.retrieval.RetrievalIndex;
import org.csmoe.sensor.Sensor;

/** Our side of {@code retrieval.sh}: exact search, or the graph's time and recall. */
public final class RetrievalBenchmark {
  private static final int ROWS = 100_000;
  private static final int DIMENSION = 384;
  private static final int K = 10;
  private static final int SHOTS = 15;
  // The compiler has seen every loop by then.
  private static final int WARMUPS = 15;

  private RetrievalBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments folder with {@code vectors.f32}, and {@code exact} or {@code graph}
   * @throws IOException when the vectors cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    Path work = Path.of(arguments[0]);
    List<float[]> vectors = read(work.resolve("vectors.f32"));
    List<float[]> queries = vectors.subList(ROWS, vectors.size());
    Path folder = work.resolve("index");
    if (!Files.exists(folder)) {
      try (IndexWriter writer = IndexWriter.create(folder, DIMENSION)) {
        for (int row = 0; row < ROWS; row++) {
          writer.add(
              IndexEntry.of(Integer.toString(row), Sensor.SENTINEL2, row % 19), vectors.get(row));
        }
        writer.commit();
      }
    }
    if (arguments[1].equals("exact")) {
      exact(folder, queries);
    } else {
      graph(folder, queries);
    }
  }

  private static List<float[]> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      FloatBuffer values =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      return IntStream.range(0, values.capacity() / DIMENSION)
          .mapToObj(
              row -> {
                float[] vector = new float[DIMENSION];
                values.get(row * DIMENSION, vector);
                return vector;
              })
          .toList();
    }
  }

  private static void exact(Path folder, List<float[]> queries) {
    try (RetrievalIndex index = RetrievalIndex.open(folder, 2)) {
      for (int count : new int[] {1, 64}) {
        double[] times = new double[SHOTS];
        long sum = 0;
        for (int shot = -WARMUPS; shot < SHOTS; shot++) {
          int first = Math.max(0, shot) + 5;
          List<float[]> asked = queries.subList(first, first + count);
          long begin = System.nanoTime();
          List<List<Hit>> hits = index.searchAll(asked, K, index.all());
          if (shot >= 0) {
            times[shot] = (System.nanoTime() - begin) / 1e6;
          }
          sum =
              hits.stream()
                  .flatMap(List::stream)
                  .mapToLong(hit -> Long.parseLong(hit.entry().id()))
                  .sum();
        }
        Arrays.sort(times);
        System.out.printf(
            Locale.ROOT,
            "ours %d queries: median %.1f ms, min %.1f, max %.1f, sum of rows %d%n",
            count,
            times[SHOTS / 2],
            times[0],
            times[SHOTS - 1],
            sum);
      }
    }
  }

  private static void graph(Path folder, List<float[]> queries) {
    long begin = System.nanoTime();
    try (IndexWriter writer = IndexWriter.open(folder)) {
      writer.buildGraph();
    }
    System.out.printf(
        Locale.ROOT, "graph built in %.1f s, one thread%n", (System.nanoTime() - begin) / 1e9);
    try (RetrievalIndex index = RetrievalIndex.open(folder, 2)) {
      List<List<Hit>> exact = index.searchAll(queries, K, index.all());
      for (int beam : new int[] {10, 10, 50, 100, 200}) {
        int found = 0;
        begin = System.nanoTime();
        for (int q = 0; q < queries.size(); q++) {
          Set<Hit> hits = new HashSet<>(index.searchGraph(queries.get(q), K, beam, index.all()));
          hits.retainAll(exact.get(q));
          found += hits.size();
        }
        System.out.printf(
            Locale.ROOT,
            "graph beam %d: %.3f ms a query, one thread, recall@10 %.4f%n",
            beam,
            (System.nanoTime() - begin) / 1e6 / queries.size(),
            found / (double) K / queries.size());
      }
    }
  }
}
