package org.csmoe.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Sensor;

/**
 * Makes and changes an index on disk. Nothing that was added or deleted counts until {@link
 * #commit()}, which takes effect in one step; a writer that is closed or killed before leaves the
 * index as it was. Open {@link RetrievalIndex}es keep the state that they were opened with.
 *
 * <p>Vectors go to disk as they come; the heap holds some 150 bytes for each entry. For use by one
 * thread; one writer at a time may have an index open, which a lock on a file sees to. Whoever
 * opens a writer closes it. After a failure to write, close it and open another.
 *
 * <pre>{@code
 * try (IndexWriter writer = IndexWriter.create(Path.of("archive"), 768)) {
 *   writer.addAll(vectors); // a stream: nothing of it is kept
 *   writer.commit();
 *   writer.buildGraph();
 * }
 * }</pre>
 */
public final class IndexWriter implements AutoCloseable {
  private static final int CONNECTIONS = 16;
  private static final int BEAM_WIDTH = 100;

  private final Path folder;
  private final FileChannel lock;
  private IndexFiles.Manifest manifest;
  private final BitSet alive;
  private final Map<IndexEntry.Key, Integer> places;
  private int rows;
  private Optional<SegmentWriter> segment = Optional.empty();
  private boolean changed;
  private boolean failed;

  /** Work on files. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private IndexWriter(Path folder, FileChannel lock) throws IOException {
    this.folder = folder;
    this.lock = lock;
    Snapshot snapshot = Snapshot.read(folder);
    manifest = snapshot.manifest();
    alive = snapshot.alive();
    places = snapshot.places();
    rows = manifest.rows();
    // What a killed writer left.
    IndexFiles.deleteUnused(folder, manifest);
  }

  /**
   * Makes an empty index and opens it.
   *
   * @param folder made when it does not exist; must be empty otherwise
   * @param dimension values of each vector, 1 to 65536
   * @return the writer; the caller closes it
   * @throws IllegalArgumentException when the dimension is out of range
   * @throws CsMoeException when the folder is not empty
   * @throws UncheckedIOException when a file cannot be written
   */
  public static IndexWriter create(Path folder, int dimension) {
    if (dimension < 1 || dimension > IndexFiles.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension must be in 1..%d but was %d".formatted(IndexFiles.MAX_DIMENSION, dimension));
    }
    try {
      Files.createDirectories(folder);
      try (Stream<Path> files = Files.list(folder)) {
        Optional<Path> found = files.findAny();
        if (found.isPresent()) {
          throw new CsMoeException(
              "%s: found %s, expected an empty folder; IndexWriter.open opens an index that exists"
                  .formatted(folder, found.get().getFileName()));
        }
      }
      IndexFiles.write(folder, new IndexFiles.Manifest(dimension, List.of(), 0, List.of(), 1));
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be written", e);
    }
    return open(folder);
  }

  /**
   * Opens an index to change it.
   *
   * @param folder an index
   * @return the writer; the caller closes it
   * @throws CsMoeException when the folder is no index, is damaged, or another writer has it open
   * @throws UncheckedIOException when a file cannot be read or written
   */
  public static IndexWriter open(Path folder) {
    try {
      IndexFiles.read(folder);
      FileChannel lock =
          FileChannel.open(
              IndexFiles.lock(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        lock(folder, lock);
        return new IndexWriter(folder, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be opened for writing", e);
    }
  }

  private static void lock(Path folder, FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Another writer of this process: the same answer.
    }
    throw new CsMoeException(
        "%s: found another writer, expected none; close it first".formatted(folder));
  }

  /**
   * How many entries the index will have after a commit.
   *
   * @return deleted ones do not count
   */
  public int size() {
    return places.size();
  }

  /**
   * How many rows on disk are of deleted entries; {@link #compact()} takes them away.
   *
   * @return 0 or more
   */
  public int deletedRows() {
    return rows - places.size();
  }

  /**
   * Adds an image.
   *
   * @param entry what it is; its id must be new for its sensor, or deleted before
   * @param vector its features, of any length but 0; scaled to length 1
   * @throws IllegalArgumentException when the id is taken, or the vector has another dimension, a
   *     value that is not finite, or only zeros; the message names the entry, and nothing is added
   * @throws UncheckedIOException when it cannot be written
   */
  public void add(IndexEntry entry, float[] vector) {
    requireUsable();
    if (places.containsKey(entry.key())) {
      throw new IllegalArgumentException(
          "%s: id must be new for its sensor but is in the index; delete it first"
              .formatted(entry.name()));
    }
    float[] unit = UnitVectors.of(vector, manifest.dimension(), entry.name());
    byte[] line = EntryLines.line(entry);
    writing(
        () -> {
          if (segment.isEmpty()) {
            segment = Optional.of(new SegmentWriter(folder, manifest.next(), manifest.dimension()));
          }
          segment.get().add(line, unit);
        });
    int row = rows;
    rows = Math.addExact(rows, 1);
    alive.set(row);
    places.put(entry.key(), row);
    changed = true;
  }

  /**
   * Adds images as they come.
   *
   * @param vectors read once, one at a time; the caller closes the stream
   * @throws IllegalArgumentException as {@link #add} does; those before are added
   * @throws UncheckedIOException when they cannot be written
   */
  public void addAll(Stream<IndexedVector> vectors) {
    vectors.sequential().forEachOrdered(vector -> add(vector.entry(), vector.vector()));
  }

  /**
   * Deletes an image. Its row stays on disk until {@link #compact()}.
   *
   * @param sensor what took it
   * @param id its id
   * @return whether there was one
   */
  public boolean delete(Sensor sensor, String id) {
    requireUsable();
    Integer row = places.remove(new IndexEntry.Key(sensor, id));
    if (row == null) {
      return false;
    }
    alive.clear(row);
    changed = true;
    return true;
  }

  /**
   * Makes all changes count, in one step. Does nothing when there are none.
   *
   * @throws UncheckedIOException when they cannot be written; the index is then as it was
   */
  public void commit() {
    requireUsable();
    if (!changed) {
      return;
    }
    writing(
        () -> {
          int next = manifest.next();
          List<IndexFiles.Segment> segments = manifest.segments();
          if (segment.isPresent()) {
            IndexFiles.Segment added = segment.get().commit();
            segment = Optional.empty();
            segments = Stream.concat(segments.stream(), Stream.of(added)).toList();
            next++;
          }
          int deleted = 0;
          if (deletedRows() > 0) {
            deleted = next++;
            BitSet dead = new BitSet(rows);
            dead.set(0, rows);
            dead.andNot(alive);
            AtomicFile.write(
                IndexFiles.deleted(folder, deleted),
                Arrays.copyOf(dead.toByteArray(), (int) ((rows + 7L) / 8)));
          }
          replace(
              new IndexFiles.Manifest(
                  manifest.dimension(), segments, deleted, manifest.graph(), next));
        });
    changed = false;
  }

  private void replace(IndexFiles.Manifest newer) throws IOException {
    IndexFiles.write(folder, newer);
    manifest = newer;
    IndexFiles.deleteUnused(folder, newer);
  }

  /**
   * Commits, and writes all entries anew as one segment without the deleted ones. The neighbour
   * graph goes, since rows have other numbers then. Needs room on disk for both states; takes
   * effect in one step.
   *
   * @throws UncheckedIOException when it cannot be written; the index is then as it was committed
   */
  public void compact() {
    commit();
    if (deletedRows() == 0 && manifest.segments().size() <= 1) {
      return;
    }
    writing(
        () -> {
          Snapshot snapshot = Snapshot.read(folder);
          List<IndexFiles.Segment> segments =
              places.isEmpty() ? List.of() : List.of(rewrite(snapshot));
          replace(
              new IndexFiles.Manifest(
                  manifest.dimension(), segments, 0, List.of(), manifest.next() + 1));
        });
    rows = places.size();
    alive.clear();
    alive.set(0, rows);
  }

  private IndexFiles.Segment rewrite(Snapshot snapshot) throws IOException {
    float[] vector = new float[manifest.dimension()];
    int count = 0;
    try (SegmentWriter writer = new SegmentWriter(folder, manifest.next(), manifest.dimension())) {
      for (int row = alive.nextSetBit(0); row >= 0; row = alive.nextSetBit(row + 1)) {
        IndexEntry entry = snapshot.entries().get(row);
        snapshot.rows().copy(row, 1, vector, 0);
        writer.add(EntryLines.line(entry), vector);
        places.put(entry.key(), count++);
      }
      return writer.commit();
    }
  }

  /**
   * Commits, and builds the neighbour graph of all entries with 16 connections and a beam of 100.
   *
   * @see #buildGraph(int, int)
   */
  public void buildGraph() {
    buildGraph(CONNECTIONS, BEAM_WIDTH);
  }

  /**
   * Commits, and builds the graph that {@link RetrievalIndex#searchGraph} follows, with one thread
   * and the same result each time. It replaces an older one. Entries that are added later are
   * found, too, by comparing them one by one; build again when they have become many. Does nothing
   * in an empty index.
   *
   * @param connections neighbours of an entry, 2 to 256; twice as many on the lowest level
   * @param beamWidth candidates while looking for neighbours, at least connections; more make a
   *     better graph and take longer
   * @throws IllegalArgumentException when a value is out of range
   * @throws CsMoeException when the graph would be larger than 2 GiB, or the thread is interrupted
   * @throws UncheckedIOException when it cannot be written; the index then has the graph it had
   */
  public void buildGraph(int connections, int beamWidth) {
    if (connections < 2 || connections > NeighbourGraph.MAX_CONNECTIONS) {
      throw new IllegalArgumentException(
          "connections must be in 2..%d but was %d"
              .formatted(NeighbourGraph.MAX_CONNECTIONS, connections));
    }
    if (beamWidth < connections) {
      throw new IllegalArgumentException(
          "beamWidth must be at least connections = %d but was %d"
              .formatted(connections, beamWidth));
    }
    commit();
    if (rows == 0) {
      return;
    }
    writing(
        () -> {
          VectorRows vectors = Snapshot.read(folder).rows();
          int number = manifest.next();
          GraphBuilder.build(vectors, connections, beamWidth, IndexFiles.graph(folder, number));
          replace(
              new IndexFiles.Manifest(
                  manifest.dimension(),
                  manifest.segments(),
                  manifest.deleted(),
                  List.of(new IndexFiles.Graph(number, rows)),
                  number + 1));
        });
  }

  private void writing(Work work) {
    boolean done = false;
    try {
      work.run();
      done = true;
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be written", e);
    } finally {
      failed |= !done;
    }
  }

  private void requireUsable() {
    if (failed || !lock.isOpen()) {
      throw new IllegalStateException(
          "%s: the writer is closed or failed before; open another".formatted(folder));
    }
  }

  /** Drops what was not committed, and lets other writers in. */
  @Override
  public void close() {
    try (lock) {
      if (segment.isPresent()) {
        segment.get().close();
      }
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be closed", e);
    }
  }
}
