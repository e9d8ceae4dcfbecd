package org.csmoe.sampling.patches;

import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * Options of a {@link PatchCutter}. Every option can be set once; a second time throws {@link
 * IllegalStateException}. Not safe for use by several threads.
 */
public final class PatchCutterBuilder {
  private static final int MAX_PATCH = 4096;

  private final Map<Sensor, TileArchive> archives = new EnumMap<>(Sensor.class);
  private final Set<String> set = new HashSet<>();
  private List<Band> bands = List.of();
  private Optional<SortedSet<String>> cells = Optional.empty();
  private int patchSize = 120;
  private Optional<Integer> stride = Optional.empty();
  private double maxInvalid;
  private SplitRule split = SplitRule.random(0.05);
  private long seed;
  private Optional<Integer> patchesPerShard = Optional.empty();
  private boolean strict;
  private Clock clock = Clock.systemUTC();

  PatchCutterBuilder() {}

  /**
   * The Sentinel-2 tiles. Default: none, patches have Sentinel-1 only.
   *
   * @param value an archive of Sentinel-2
   * @return this builder
   * @throws IllegalArgumentException when it is another sensor's
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder s2(TileArchive value) {
    return archive("s2", Sensor.SENTINEL2, value);
  }

  /**
   * The Sentinel-1 tiles. Default: none, patches have Sentinel-2 only.
   *
   * @param value an archive of Sentinel-1
   * @return this builder
   * @throws IllegalArgumentException when it is another sensor's
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder s1(TileArchive value) {
    return archive("s1", Sensor.SENTINEL1, value);
  }

  private PatchCutterBuilder archive(String name, Sensor sensor, TileArchive value) {
    once(name);
    if (value.sensor() != sensor) {
      throw new IllegalArgumentException(
          "%s must be an archive of %s but was of %s".formatted(name, sensor, value.sensor()));
    }
    archives.put(sensor, value);
    return this;
  }

  /**
   * The bands of the patches, of one or both sensors, in the order of the tensors. Default: {@link
   * Sensor#defaultBands()} of every sensor that has an archive.
   *
   * @param value bands, without repetition
   * @return this builder
   * @throws IllegalArgumentException when empty or with repetition
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder bands(List<Band> value) {
    once("bands");
    if (value.isEmpty() || new HashSet<>(value).size() != value.size()) {
      throw new IllegalArgumentException(
          "bands must be at least one and without repetition but were " + value);
    }
    bands = List.copyOf(value);
    return this;
  }

  /**
   * The cells to cut, such as those of a selection. Default: all of the archive.
   *
   * @param value names such as {@code 199U_1099R}; a cell without a tile is counted as dropped
   * @return this builder
   * @throws IllegalArgumentException when empty or a name is no cell's
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder cells(Collection<String> value) {
    once("cells");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("cells must not be empty");
    }
    for (String cell : value) {
      if (!TileArchive.isCell(cell)) {
        throw new IllegalArgumentException(
            "cells must be names such as 199U_1099R but one was \"%s\"".formatted(cell));
      }
    }
    cells = Optional.of(Collections.unmodifiableSortedSet(new TreeSet<>(value)));
    return this;
  }

  /**
   * Height and width of a patch. Default: 120.
   *
   * @param value pixels of 10 m, 1 to 4096
   * @return this builder
   * @throws IllegalArgumentException when out of range
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder patchSize(int value) {
    patchSize = pixels("patchSize", value);
    return this;
  }

  /**
   * Pixels from one patch to the next, down and to the right. Default: the patch size, so that
   * patches touch without overlap.
   *
   * @param value pixels of 10 m, 1 to 4096
   * @return this builder
   * @throws IllegalArgumentException when out of range
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder stride(int value) {
    stride = Optional.of(pixels("stride", value));
    return this;
  }

  /**
   * Which share of its pixels a patch may have invalid in any band of any sensor. Default: 0, none.
   *
   * @param value a fraction; 1 keeps every patch
   * @return this builder
   * @throws IllegalArgumentException when not in 0..1
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder maxInvalid(double value) {
    once("maxInvalid");
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("maxInvalid must be in 0..1 but was " + value);
    }
    maxInvalid = value;
    return this;
  }

  /**
   * What decides between training and validation. Default: {@code SplitRule.random(0.05)}.
   *
   * @param value the rule
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder split(SplitRule value) {
    once("split");
    split = value;
    return this;
  }

  /**
   * The seed of the split. Default: 0.
   *
   * @param value any number
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder seed(long value) {
    once("seed");
    seed = value;
    return this;
  }

  /**
   * How many patches a shard has. Default: as many as fit 64 MiB, which is 166 of both sensors.
   *
   * @param value at least 1; a shard stays below 2 GiB
   * @return this builder
   * @throws IllegalArgumentException when below 1
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder patchesPerShard(int value) {
    once("patchesPerShard");
    if (value < 1) {
      throw new IllegalArgumentException("patchesPerShard must be at least 1 but was " + value);
    }
    patchesPerShard = Optional.of(value);
    return this;
  }

  /**
   * Whether a tile that would be dropped, or a cell without a tile, is an error. Default: false.
   * Further products of a cell are dropped in any case.
   *
   * @param value true to stop at the first
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder strict(boolean value) {
    once("strict");
    strict = value;
    return this;
  }

  /**
   * Where the time in the provenance comes from. Default: the system's clock.
   *
   * @param value the clock
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public PatchCutterBuilder clock(Clock value) {
    once("clock");
    clock = value;
    return this;
  }

  /**
   * Makes the cutter.
   *
   * @return a cutter
   * @throws IllegalStateException when there is no archive, bands are given of a sensor without
   *     archive, or a sensor with an archive is left without bands
   * @throws IllegalArgumentException when a shard would have 2 GiB or more
   */
  public PatchCutter build() {
    if (archives.isEmpty()) {
      throw new IllegalStateException("s2 or s1 must be set");
    }
    Map<Sensor, List<Band>> ofSensor = new EnumMap<>(Sensor.class);
    for (Sensor sensor : Sensor.values()) {
      List<Band> own =
          bands.isEmpty() && archives.containsKey(sensor)
              ? sensor.defaultBands()
              : bands.stream().filter(band -> band.sensor() == sensor).toList();
      if (own.isEmpty() == archives.containsKey(sensor)) {
        throw new IllegalStateException(
            "bands must be of the sensors with an archive, %s, but were %s"
                .formatted(archives.keySet(), bands));
      }
      if (!own.isEmpty()) {
        ofSensor.put(sensor, own);
      }
    }
    return new PatchCutter(this, ofSensor);
  }

  Map<Sensor, TileArchive> archives() {
    return archives;
  }

  Optional<SortedSet<String>> cells() {
    return cells;
  }

  int patchSize() {
    return patchSize;
  }

  int stride() {
    return stride.orElse(patchSize);
  }

  double maxInvalid() {
    return maxInvalid;
  }

  SplitRule split() {
    return split;
  }

  long seed() {
    return seed;
  }

  Optional<Integer> patchesPerShard() {
    return patchesPerShard;
  }

  boolean strict() {
    return strict;
  }

  Clock clock() {
    return clock;
  }

  private int pixels(String name, int value) {
    once(name);
    if (value < 1 || value > MAX_PATCH) {
      throw new IllegalArgumentException(
          "%s must be in 1..%d but was %d".formatted(name, MAX_PATCH, value));
    }
    return value;
  }

  private void once(String name) {
    if (!set.add(name)) {
      throw new IllegalStateException(name + " was already set");
    }
  }
}
