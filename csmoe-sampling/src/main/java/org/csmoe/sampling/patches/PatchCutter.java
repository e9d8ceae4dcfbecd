package org.csmoe.sampling.patches;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.csmoe.raster.GeoTransform;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * Cuts Major TOM tiles into square patches for training, as in the paper's section III.A: squares
 * of 120 x 120 pixels from the top-left corner of each tile, Sentinel-1 and Sentinel-2 of the same
 * ground; what is left over at the border is dropped, and so are squares with invalid pixels; 5 %
 * of the patches are for validation.
 *
 * <p>Tiles of one cell are a pair only when system, transform and size are the same at 10 m; other
 * cells are dropped and counted, as are cells with a damaged image or without a band; a file that
 * the machine cannot read, or a Parquet file that is damaged as such, is an error. Bands of 20 m
 * and 60 m come to 10 m by nearest neighbour. Sentinel-1 is stored in decibels, which are made of
 * linear power when the bands are named in lower case, as in Major TOM Core. Invalid are 0 in
 * Sentinel-2, power that is not positive, the no-data value of the file, and what is not finite.
 *
 * <p><b>Output.</b> A folder with
 *
 * <ul>
 *   <li>{@code shard-00000.safetensors} and so on: tensor {@code s1}, float32 decibels, and tensor
 *       {@code s2}, uint16 digital numbers (reflectance x 10^4 as stored, no offset taken away),
 *       each {@code [patches, bands, height, width]}; where invalid pixels are allowed they are NaN
 *       and 0. The metadata {@code patches} describes the patches in order. All shards but the last
 *       have the same number of patches;
 *   <li>{@code index.jsonl}: one line per patch with the fields of {@link Patch}, in order;
 *   <li>{@code settings.json}: what was asked for;
 *   <li>{@code provenance.json}: settings, inputs, counts dropped per reason, versions; written
 *       last.
 * </ul>
 *
 * <p><b>Interruption.</b> Cutting again into a folder that was left unfinished goes on behind its
 * last shard; in the end all files but the provenance, which has a time, have the bytes of an
 * uninterrupted run. Other settings, or an archive that has changed, are an error.
 *
 * <p><b>Memory.</b> One pair of tiles and one shard, whatever the number of tiles: with the
 * defaults 56 MB and 67 MB, and the compressed bytes of the pair when it comes from Parquet.
 *
 * <p>A cutter is immutable; it is safe for use by several threads when its archives are not shared.
 * Errors: {@link CsMoeException} for what cannot go on, {@link UncheckedIOException} for files that
 * cannot be read or written.
 *
 * <pre>{@code
 * PatchCutter cutter =
 *     PatchCutter.builder()
 *         .s2(TileArchive.folder(Path.of("Core"), Sensor.SENTINEL2))
 *         .s1(TileArchive.folder(Path.of("Core"), Sensor.SENTINEL1))
 *         .build();
 * PatchSummary summary = cutter.cut(Path.of("patches"), ProgressListener.NONE);
 * }</pre>
 */
public final class PatchCutter {
  private static final String NO_PARTNER = "no Sentinel-1 tile of the cell";
  private static final long SHARD_BYTES = 64L << 20;

  private final Map<Sensor, TileArchive> archives;
  private final Map<Sensor, List<Band>> bands;
  private final Optional<SortedSet<String>> cells;
  private final int patchSize;
  private final int stride;
  private final double maxInvalid;
  private final SplitRule split;
  private final long seed;
  private final int patchesPerShard;
  private final boolean strict;
  private final Clock clock;

  PatchCutter(PatchCutterBuilder builder, Map<Sensor, List<Band>> bands) {
    archives = Collections.unmodifiableMap(new EnumMap<>(builder.archives()));
    this.bands = Collections.unmodifiableMap(bands);
    cells = builder.cells();
    patchSize = builder.patchSize();
    stride = builder.stride();
    maxInvalid = builder.maxInvalid();
    split = builder.split();
    seed = builder.seed();
    patchesPerShard = builder.patchesPerShard().orElseGet(this::defaultPatchesPerShard);
    strict = builder.strict();
    clock = builder.clock();
    requireShardsThatFit();
  }

  private long bytesPerPatch() {
    return bands.entrySet().stream()
        .mapToLong(e -> ShardBuffer.bytesPerPatch(e.getKey(), e.getValue().size(), patchSize))
        .sum();
  }

  private int defaultPatchesPerShard() {
    return (int) Math.max(1, SHARD_BYTES / bytesPerPatch());
  }

  private void requireShardsThatFit() {
    if (patchesPerShard * bytesPerPatch() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "patchesPerShard must keep a shard below 2 GiB but was %d at %d bytes per patch"
              .formatted(patchesPerShard, bytesPerPatch()));
    }
  }

  /**
   * Begins a cutter.
   *
   * @return a builder with the defaults of the paper, without archives
   */
  public static PatchCutterBuilder builder() {
    return new PatchCutterBuilder();
  }

  /**
   * Cuts all tiles, or goes on where an earlier run with the same settings was interrupted. Nothing
   * is done when that run was finished.
   *
   * @param output the folder to write to: new, empty, or of an earlier run
   * @param listener told {@code tiles} after every tile of the archive that is wanted
   * @return what came of it, the earlier runs included
   * @throws CsMoeException when the folder holds something else, was begun with other settings or
   *     is being written to; when the archive has changed since; when a tile is dropped and the
   *     cutter is strict; when the thread is interrupted
   * @throws UncheckedIOException when a file cannot be read or written
   */
  public PatchSummary cut(Path output, ProgressListener listener) {
    try (PatchFolder folder = PatchFolder.open(output, settings())) {
      Optional<PatchSummary> finished = folder.finished();
      if (finished.isPresent()) {
        return finished.get();
      }
      return new CutRun(this, folder, listener).run();
    } catch (IOException | UncheckedIOException e) {
      // Interrupting a thread closes the file that it reads or writes, which fails then.
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException(output + ": interrupted; cut again to go on", e);
      }
      throw e instanceof UncheckedIOException unchecked
          ? unchecked
          : Failures.of(output, "cannot be written", (IOException) e);
    }
  }

  /** Everything that decides the bytes of the shards, but not where the tiles are. */
  ObjectNode settings() {
    ObjectNode node =
        Patch.JSON
            .createObjectNode()
            .put("format", ShardBuffer.FORMAT)
            .put("patchSize", patchSize)
            .put("stride", stride)
            .put("maxInvalid", maxInvalid)
            .put("split", split.toString())
            .put("seed", seed)
            .put("patchesPerShard", patchesPerShard);
    bands.forEach(
        (sensor, list) -> {
          ArrayNode names = node.putArray(sensor.shortName() + "Bands");
          list.forEach(band -> names.add(band.name()));
        });
    cells.ifPresent(
        wanted ->
            node.putObject("cells").put("count", wanted.size()).put("sha256", digest(wanted)));
    return node;
  }

  private static String digest(Collection<String> lines) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  Map<Sensor, TileArchive> archives() {
    return archives;
  }

  /** Sentinel-2 when there is one; its cells lead. */
  TileArchive leading() {
    TileArchive s2 = archives.get(Sensor.SENTINEL2);
    return s2 == null ? archives.values().iterator().next() : s2;
  }

  /** Reads the tile and, when both sensors are wanted, the other sensor's of the same cell. */
  TilePixels read(Tile tile) throws TileRejectedException {
    Map<Sensor, Tile> tiles = new EnumMap<>(Sensor.class);
    for (TileArchive archive : archives.values()) {
      if (archive == leading()) {
        tiles.put(archive.sensor(), tile);
      } else {
        Optional<Tile> other = archive.find(tile.cell());
        tiles.put(
            archive.sensor(),
            other.orElseThrow(() -> new TileRejectedException(NO_PARTNER, "cell " + tile.cell())));
      }
    }
    return TilePixels.read(tiles, bands);
  }

  Optional<SortedSet<String>> cells() {
    return cells;
  }

  PatchGrid grid(TilePixels tile) {
    return new PatchGrid(tile.width(), tile.height(), patchSize, stride);
  }

  double maxInvalid() {
    return maxInvalid;
  }

  static String id(TilePixels tile, int row, int column) {
    return "%s_%d_%d".formatted(tile.cell(), row, column);
  }

  /** The whole square of a tile as the patch at a place of a shard. */
  Patch describe(TilePixels tile, int row, int column, int shard, int position) {
    String id = id(tile, row, column);
    GeoTransform corner =
        tile.transform().translated((double) column * stride, (double) row * stride);
    double half = patchSize / 2.0;
    double[] centre = new double[2];
    tile.zone().toDegrees(corner.x(half, half), corner.y(half, half), centre);
    return new Patch(
        id,
        split.split(seed, id, centre[0], centre[1]),
        shard,
        position,
        tile.cell(),
        row,
        column,
        tile.product(Sensor.SENTINEL2),
        tile.product(Sensor.SENTINEL1),
        tile.zone().epsg(),
        corner.originX(),
        corner.originY(),
        centre[0],
        centre[1]);
  }

  ShardBuffer newBuffer() {
    return new ShardBuffer(bands, patchSize, patchesPerShard);
  }

  int patchesPerShard() {
    return patchesPerShard;
  }

  boolean isStrict() {
    return strict;
  }

  Clock clock() {
    return clock;
  }
}
