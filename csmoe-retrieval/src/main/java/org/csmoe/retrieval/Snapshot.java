package org.csmoe.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.CsMoeException;

/**
 * What an index was at one moment. Not changed after it was read.
 *
 * @param manifest which files count
 * @param rows the vectors
 * @param entries of all rows, deleted ones, too
 * @param alive rows that are not deleted
 * @param places rows by what is unique, of those alive
 * @param graph of the first rows
 */
record Snapshot(
    IndexFiles.Manifest manifest,
    VectorRows rows,
    List<IndexEntry> entries,
    BitSet alive,
    Map<IndexEntry.Key, Integer> places,
    Optional<NeighbourGraph> graph) {
  private static final int TRIES = 5;

  /**
   * Reads the state of a folder. A writer that compacts may take files away between the manifest
   * and them; then the manifest is a new one, and reading begins again.
   */
  static Snapshot read(Path folder) throws IOException {
    for (int attempt = 1; ; attempt++) {
      IndexFiles.Manifest manifest = IndexFiles.read(folder);
      try {
        return read(folder, manifest);
      } catch (NoSuchFileException e) {
        if (attempt == TRIES || IndexFiles.read(folder).equals(manifest)) {
          throw new CsMoeException(
              "%s: found no such file, which %s names; the index is damaged"
                  .formatted(e.getFile(), IndexFiles.manifest(folder)),
              e);
        }
      }
    }
  }

  private static Snapshot read(Path folder, IndexFiles.Manifest manifest) throws IOException {
    List<VectorRows.Segment> segments =
        manifest.segments().stream()
            .map(s -> new VectorRows.Segment(IndexFiles.rows(folder, s.number()), s.rows()))
            .toList();
    VectorRows rows = VectorRows.open(segments, manifest.dimension());
    List<IndexEntry> entries = new ArrayList<>();
    EntryLines lines = new EntryLines();
    for (IndexFiles.Segment segment : manifest.segments()) {
      lines.read(IndexFiles.entries(folder, segment.number()), segment.rows(), entries);
    }
    BitSet alive = alive(folder, manifest);
    Map<IndexEntry.Key, Integer> places = new HashMap<>();
    for (int row = alive.nextSetBit(0); row >= 0; row = alive.nextSetBit(row + 1)) {
      Integer other = places.put(entries.get(row).key(), row);
      if (other != null) {
        throw new CsMoeException(
            "%s: found %s in rows %d and %d, expected it once"
                .formatted(folder, entries.get(row).name(), other, row));
      }
    }
    Optional<NeighbourGraph> graph = Optional.empty();
    for (IndexFiles.Graph found : manifest.graph()) {
      graph =
          Optional.of(
              NeighbourGraph.open(IndexFiles.graph(folder, found.number()), rows, found.rows()));
    }
    return new Snapshot(manifest, rows, entries, alive, places, graph);
  }

  private static BitSet alive(Path folder, IndexFiles.Manifest manifest) throws IOException {
    int rows = manifest.rows();
    BitSet alive = new BitSet(rows);
    alive.set(0, rows);
    if (manifest.deleted() > 0) {
      Path path = IndexFiles.deleted(folder, manifest.deleted());
      long expected = (rows + 7L) / 8;
      if (Files.size(path) != expected) {
        throw new CsMoeException(
            "%s: found %d bytes, expected %d, one bit for each of %d rows"
                .formatted(path, Files.size(path), expected, rows));
      }
      alive.andNot(BitSet.valueOf(Files.readAllBytes(path)));
    }
    return alive;
  }
}
