package org.csmoe.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Sensor;

/**
 * Images by their feature vectors, searched by cosine similarity; what an {@link IndexWriter} had
 * committed when the index was opened. Vectors have length 1 and are mapped into memory, where the
 * operating system keeps what it has room for; entries are on the heap, some 250 bytes each.
 *
 * <p>{@link #search} and {@link #searchAll} are exact: they compare the query with every entry of
 * the selection. Equal similarities come in the order in which entries were added. Results are the
 * same to the last bit however many queries and threads there are. {@link #searchGraph} follows a
 * graph of neighbours instead, and may miss some.
 *
 * <p>Safe for use by several threads. A search uses the calling thread and up to {@code threads -
 * 1} helpers, which all searches of this index share. Interrupting the calling thread ends its
 * search with a {@link CsMoeException}. Whoever opens an index closes it, after the last search.
 *
 * <pre>{@code
 * try (RetrievalIndex index = RetrievalIndex.open(Path.of("archive"))) {
 *   Selection radar = index.select(Sensor.SENTINEL1);
 *   for (Hit hit : index.search(opticalFeatures, 10, radar)) {
 *     System.out.println(hit.entry().id() + " " + hit.similarity());
 *   }
 * }
 * }</pre>
 */
public final class RetrievalIndex implements AutoCloseable {
  // How many rows an exact search compares in the time that a walk takes for one place of its beam:
  // an estimate from searches of 50,000 x 384, not tuned.
  private static final long ROWS_PER_BEAM = 64;

  private final Path folder;
  private final Snapshot snapshot;
  private final Optional<NeighbourGraph> graph;
  private final int threads;
  private final ExecutorService helpers;
  private final Selection all;

  private RetrievalIndex(Path folder, int threads) throws IOException {
    this.folder = folder;
    this.threads = threads;
    snapshot = Snapshot.read(folder);
    graph = snapshot.graph();
    all = new Selection(this, snapshot.alive());
    helpers =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "csmoe-retrieval");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Opens an index with a thread for each processor.
   *
   * @param folder what an {@link IndexWriter} made
   * @return the index; the caller closes it
   * @throws CsMoeException when the folder is no index, or is damaged
   * @throws UncheckedIOException when a file cannot be read
   */
  public static RetrievalIndex open(Path folder) {
    return open(folder, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Opens an index.
   *
   * @param folder what an {@link IndexWriter} made
   * @param threads how many threads a search uses at most, at least 1
   * @return the index; the caller closes it
   * @throws IllegalArgumentException when threads are fewer than 1
   * @throws CsMoeException when the folder is no index, or is damaged
   * @throws UncheckedIOException when a file cannot be read
   */
  public static RetrievalIndex open(Path folder, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1 but was " + threads);
    }
    try {
      return new RetrievalIndex(folder, threads);
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be read", e);
    }
  }

  /**
   * How many entries there are.
   *
   * @return deleted ones do not count
   */
  public int size() {
    return all.size();
  }

  /**
   * How many values a vector has.
   *
   * @return at least 1
   */
  public int dimension() {
    return snapshot.rows().dimension();
  }

  /**
   * How many rows the neighbour graph covers; {@link #searchGraph} compares the others one by one.
   *
   * @return 0 when there is no graph
   */
  public int graphRows() {
    return graph.map(NeighbourGraph::size).orElse(0);
  }

  /**
   * All entries.
   *
   * @return in the order in which they were added
   */
  public Stream<IndexEntry> entries() {
    return entries(all);
  }

  /**
   * Some of the entries.
   *
   * @param selection which
   * @return in the order in which they were added
   * @throws IllegalArgumentException when the selection is of another index
   */
  public Stream<IndexEntry> entries(Selection selection) {
    return selection.rowsOf(this).stream().mapToObj(snapshot.entries()::get);
  }

  /**
   * The image of an id.
   *
   * @param sensor what took it
   * @param id its id
   * @return entry and vector, a copy of length 1; empty when there is none
   */
  public Optional<IndexedVector> find(Sensor sensor, String id) {
    requireOpen();
    return Optional.ofNullable(snapshot.places().get(new IndexEntry.Key(sensor, id)))
        .map(
            row -> {
              float[] vector = new float[dimension()];
              snapshot.rows().copy(row, 1, vector, 0);
              return new IndexedVector(snapshot.entries().get(row), vector);
            });
  }

  /**
   * All entries.
   *
   * @return a selection of all of them
   */
  public Selection all() {
    return all;
  }

  /**
   * The entries that fulfil a condition.
   *
   * @param condition asked once for each entry, in order, by this thread
   * @return those it is true for
   */
  public Selection select(Predicate<IndexEntry> condition) {
    BitSet rows = new BitSet(snapshot.entries().size());
    snapshot.alive().stream()
        .filter(row -> condition.test(snapshot.entries().get(row)))
        .forEach(rows::set);
    return new Selection(this, rows);
  }

  /**
   * The entries of a sensor.
   *
   * @param sensor the sensor
   * @return those it took
   */
  public Selection select(Sensor sensor) {
    return select(entry -> entry.sensor() == sensor);
  }

  /**
   * Finds the entries most like a query, of all.
   *
   * @param query a vector of {@link #dimension()} values of any length but 0
   * @param k how many to find, at least 1
   * @return best first; fewer when there are fewer entries
   * @throws IllegalArgumentException when the query has another dimension, a value that is not
   *     finite, or only zeros, or k is below 1
   * @throws CsMoeException when the thread is interrupted
   */
  public List<Hit> search(float[] query, int k) {
    return search(query, k, all);
  }

  /**
   * Finds the entries most like a query, of a selection.
   *
   * @param query a vector of {@link #dimension()} values of any length but 0
   * @param k how many to find, at least 1
   * @param selection what may be found
   * @return best first; fewer when the selection has fewer entries
   * @throws IllegalArgumentException as {@link #search(float[], int)} does, and when the selection
   *     is of another index
   * @throws CsMoeException when the thread is interrupted
   */
  public List<Hit> search(float[] query, int k, Selection selection) {
    return searchAll(List.of(query), k, selection).get(0);
  }

  /**
   * Finds the entries most like each of many queries, reading each vector of the index once for all
   * of them: from four queries on much faster than one by one. Needs some {@code 8 * k} bytes for
   * each query and thread.
   *
   * @param queries vectors of {@link #dimension()} values of any length but 0
   * @param k how many to find for each, at least 1
   * @param selection what may be found
   * @return for each query, best first
   * @throws IllegalArgumentException as {@link #search(float[], int, Selection)} does
   * @throws CsMoeException when the thread is interrupted
   */
  public List<List<Hit>> searchAll(List<float[]> queries, int k, Selection selection) {
    List<float[]> units = new ArrayList<>();
    for (int q = 0; q < queries.size(); q++) {
      units.add(UnitVectors.of(queries.get(q), dimension(), "query " + q));
    }
    return searchUnits(units, k, selection);
  }

  /** The same with queries of length 1. */
  List<List<Hit>> searchUnits(List<float[]> units, int k, Selection selection) {
    requireOpen();
    BitSet rows = selection.rowsOf(this);
    int most = places(k, selection);
    if (most == 0 || units.isEmpty()) {
      return units.stream().map(query -> List.<Hit>of()).toList();
    }
    return exact(units, most, rows, 0, threads).stream().map(this::hits).toList();
  }

  /**
   * Finds entries like a query by following the neighbour graph; most of those that {@link #search}
   * finds, in the same order and with the same similarities, in less time. Where a graph would not
   * be faster, which is in small indexes, for selections of few entries, and in an index without a
   * graph, the search is exact. Uses the calling thread alone.
   *
   * @param query a vector of {@link #dimension()} values of any length but 0
   * @param k how many to find, at least 1
   * @param beamWidth how many candidates to keep on the way, at least k; more find more and take
   *     longer; 100 is a good start
   * @param selection what may be found
   * @return best first; fewer only when the selection has fewer entries
   * @throws IllegalArgumentException as {@link #search(float[], int, Selection)} does, and when
   *     beamWidth is below k
   * @throws CsMoeException when the graph is damaged
   */
  public List<Hit> searchGraph(float[] query, int k, int beamWidth, Selection selection) {
    if (beamWidth < k) {
      throw new IllegalArgumentException(
          "beamWidth must be at least k = %d but was %d".formatted(k, beamWidth));
    }
    requireOpen();
    BitSet rows = selection.rowsOf(this);
    int most = places(k, selection);
    float[] unit = UnitVectors.of(query, dimension(), "query");
    if (most == 0) {
      return List.of();
    }
    return graph
        .filter(found -> worthwhile(found, beamWidth, selection))
        .map(found -> walk(found, unit, most, beamWidth, rows))
        .filter(top -> top.size() == most)
        .or(() -> Optional.of(exact(List.of(unit), most, rows, 0, 1).get(0)))
        .map(this::hits)
        .orElseThrow();
  }

  /** A walk visits more nodes the fewer it may keep: in proportion to their share's inverse. */
  private static boolean worthwhile(NeighbourGraph graph, int beamWidth, Selection selection) {
    double size = selection.size();
    return size * size >= ROWS_PER_BEAM * (double) beamWidth * graph.size();
  }

  private TopHits walk(NeighbourGraph graph, float[] unit, int most, int beamWidth, BitSet rows) {
    // First the rows that were added after the graph was built.
    TopHits top = new TopHits(most);
    top.offerAll(exact(List.of(unit), most, rows, graph.size(), 1).get(0));
    float[] row = new float[dimension()];
    for (int found : graph.search(unit, Math.min(beamWidth, graph.size()), rows)) {
      snapshot.rows().copy(found, 1, row, 0);
      top.offer(DotProducts.row(unit, row, row.length), found);
    }
    top.sort();
    return top;
  }

  private List<TopHits> exact(
      List<float[]> units, int most, BitSet rows, int firstRow, int atMostThreads) {
    return new ExactSearch(snapshot.rows(), units, most, rows, firstRow)
        .run(helpers, atMostThreads);
  }

  private static int places(int k, Selection selection) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1 but was " + k);
    }
    return Math.min(k, selection.size());
  }

  private List<Hit> hits(TopHits top) {
    List<Hit> hits = new ArrayList<>(top.size());
    for (int i = 0; i < top.size(); i++) {
      // Rounding takes cosines past 1 by a millionth; order and ties are settled by now.
      float cosine = Math.max(-1, Math.min(1, top.score(i)));
      hits.add(new Hit(snapshot.entries().get(top.row(i)), cosine));
    }
    return hits;
  }

  private void requireOpen() {
    if (helpers.isShutdown()) {
      throw new IllegalStateException(folder + ": the index is closed");
    }
  }

  /** The folder. */
  @Override
  public String toString() {
    return folder.toString();
  }

  /** Ends the helpers; mapped files go when they are garbage. */
  @Override
  public void close() {
    helpers.shutdown();
  }
}
