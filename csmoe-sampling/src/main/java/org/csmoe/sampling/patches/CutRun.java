package org.csmoe.sampling.patches;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.Provenance;

/** One run over an archive into a folder, from where the last run stopped. Used once. */
final class CutRun {
  private static final String REPEATED = "further product of the cell";
  private static final String NO_TILE = "no tile of the cell";

  private final PatchCutter cutter;
  private final PatchFolder folder;
  private final ProgressListener listener;
  private final CutState state;
  private final ShardBuffer buffer;
  private final Set<String> missing;

  /** Whether the last shard is not full, so that there can be nothing after it. */
  private final boolean complete;

  /** How many tiles the state is about: those it has passed and the one it stands in. */
  private final long known;

  private long seen;

  CutRun(PatchCutter cutter, PatchFolder folder, ProgressListener listener) throws IOException {
    this.cutter = cutter;
    this.folder = folder;
    this.listener = listener;
    Optional<PatchFolder.Resumed> resumed = folder.resumed();
    state = resumed.map(PatchFolder.Resumed::state).orElseGet(CutState::new);
    complete = resumed.isPresent() && resumed.get().patchesInLastShard() < cutter.patchesPerShard();
    known = state.passed() + (state.positions() > 0 ? 1 : 0);
    buffer = cutter.newBuffer();
    missing = new TreeSet<>(cutter.cells().orElseGet(TreeSet::new));
  }

  PatchSummary run() throws IOException {
    cutter.leading().forEach(this::isWanted, this::accept);
    if (seen < known) {
      throw changed("%d tiles".formatted(seen), "at least %d".formatted(known));
    }
    if (buffer.size() > 0) {
      folder.commit(buffer, state);
    }
    for (String cell : missing) {
      if (cutter.isStrict()) {
        throw new CsMoeException(
            "cell %s: found no tile in %s, expected one of every cell asked for"
                .formatted(cell, cutter.leading().name()));
      }
      state.missing(NO_TILE, cell);
    }
    PatchSummary summary = state.summary(folder.shards());
    folder.finish(provenance(summary));
    return summary;
  }

  private boolean isWanted(String cell) {
    return cutter.cells().isEmpty() || cutter.cells().get().contains(cell);
  }

  private void accept(Tile tile) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException("interrupted at tile " + CutState.name(tile));
    }
    missing.remove(tile.cell());
    seen++;
    if (seen == known && !CutState.name(tile).equals(state.tile())) {
      throw changed("tile " + CutState.name(tile), state.tile());
    }
    if (seen <= state.passed()) {
      return;
    }
    if (complete) {
      throw changed("tile " + CutState.name(tile), "no more tiles");
    }
    state.begin(tile);
    if (tile.repeated()) {
      state.rejectTile(REPEATED, CutState.name(tile));
    } else {
      cut(tile);
    }
    listener.advanced("tiles", seen, cutter.cells().map(cells -> (long) cells.size()).orElse(-1L));
  }

  private void cut(Tile tile) {
    try {
      cut(cutter.read(tile));
      state.finishTile();
    } catch (TileRejectedException e) {
      if (cutter.isStrict()) {
        throw new CsMoeException(
            "%s: %s: %s".formatted(CutState.name(tile), e.reason(), e.detail()), e);
      }
      if (state.positions() > 0) {
        throw changed(e.detail(), "the tile as it was when its first patches were cut");
      }
      state.rejectTile(e.reason(), e.detail());
    } catch (IOException e) {
      throw new UncheckedIOException("a shard cannot be written: " + e, e);
    }
  }

  private void cut(TilePixels tile) throws IOException {
    PatchGrid grid = cutter.grid(tile);
    for (int i = state.positions(); i < grid.positions(); i++) {
      int row = i / grid.columns();
      int column = i % grid.columns();
      PatchOutcome outcome = tile.outcome(grid, row, column, cutter.maxInvalid());
      if (outcome != PatchOutcome.KEPT) {
        state.dropped(outcome, PatchCutter.id(tile, row, column));
        continue;
      }
      Patch patch = cutter.describe(tile, row, column, folder.shards(), buffer.size());
      buffer.add(tile, column * grid.stride(), row * grid.stride(), patch);
      state.kept(patch.split());
      if (buffer.isFull()) {
        folder.commit(buffer, state);
      }
    }
  }

  private Provenance provenance(PatchSummary summary) {
    Map<String, String> archives = new TreeMap<>();
    cutter.archives().forEach((sensor, tiles) -> archives.put(sensor.shortName(), tiles.name()));
    return new Provenance("patches", cutter.clock())
        .parameter("settings", cutter.settings())
        .parameter("archives", archives)
        .parameter("result", summary.toJson())
        .dropped(state.tilesDropped())
        .dropped(state.patchesDropped());
  }

  private static CsMoeException changed(String found, String expected) {
    return new CsMoeException(
        "the archive has changed since the run that was interrupted: found %s, expected %s; restore it or begin anew in an empty folder"
            .formatted(found, expected));
  }
}
