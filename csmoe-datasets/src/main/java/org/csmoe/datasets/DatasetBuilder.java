package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.sensor.Sensor;

/**
 * Options of a data set to open. Every option can be set once; a second time throws {@link
 * IllegalStateException}.
 */
public final class DatasetBuilder {
  private final Path folder;
  private Optional<Layout> layout = Optional.empty();
  private Optional<Sensor> onlySensor = Optional.empty();
  private Optional<DatasetSplit> split = Optional.empty();
  private Optional<Integer> patchSize = Optional.empty();
  private Optional<Integer> stride = Optional.empty();
  private Optional<Boolean> keepNoData = Optional.empty();
  private Optional<Columns> columns = Optional.empty();
  private Optional<Path> metadata = Optional.empty();
  private Optional<BigEarthNetSubset> subset = Optional.empty();

  /** What readers need to know. */
  record Request(
      Path folder, Set<Sensor> sensors, Optional<Path> metadata, BigEarthNetSubset subset) {
    boolean wants(Sensor sensor) {
      return sensors.contains(sensor);
    }
  }

  DatasetBuilder(Path folder) {
    this.folder = Objects.requireNonNull(folder, "folder");
  }

  /**
   * The layout of the folder. Default: recognised, see {@link Layout#of}.
   *
   * @param value the layout
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder layout(Layout value) {
    layout = once("layout", layout, value);
    return this;
  }

  /**
   * Reads the images of one sensor only; the other's files may be missing. Default: all that the
   * layout has.
   *
   * @param value the sensor
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder onlySensor(Sensor value) {
    onlySensor = once("onlySensor", onlySensor, value);
    return this;
  }

  /**
   * Takes one split only. Default: all samples.
   *
   * @param value the split
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder split(DatasetSplit value) {
    split = once("split", split, value);
    return this;
  }

  /**
   * Cuts images into squares, row by row from the top left; what is left over is not used. All
   * images are read once on opening. Default: whole images.
   *
   * @param value height and width in pixels, at least 1
   * @return this builder
   * @throws IllegalArgumentException when not positive
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder patchSize(int value) {
    patchSize = once("patchSize", patchSize, positive("patchSize", value));
    return this;
  }

  /**
   * How far patches lie apart. Default: the patch size, so that they do not overlap.
   *
   * @param value pixels, at least 1
   * @return this builder
   * @throws IllegalArgumentException when not positive
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder stride(int value) {
    stride = once("stride", stride, positive("stride", value));
    return this;
  }

  /**
   * Whether to keep patches with missing pixels. Default: false, a patch with any NaN in any band
   * of either sensor is left out. Whole images are kept in any case.
   *
   * @param value true to keep them
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder keepNoData(boolean value) {
    keepNoData = once("keepNoData", keepNoData, value);
    return this;
  }

  /**
   * Takes the squares that lie wholly in a part of each image, to fit on one part of a scene and
   * measure on another: parts that do not overlap have no pixel in common. Default: all columns.
   *
   * @param from share of the width where the part begins, at least 0
   * @param to share of the width where it ends, above {@code from} and at most 1
   * @return this builder
   * @throws IllegalArgumentException when these are no such shares
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder columns(double from, double to) {
    columns = once("columns", columns, new Columns(from, to));
    return this;
  }

  /**
   * The table of BigEarthNet's labels, see {@link BigEarthNetMetadata}. Default: {@code labels.csv}
   * or {@code metadata.parquet} in the folder or beside it; only the latter for layouts whose
   * sensors it pairs.
   *
   * @param value a Parquet or CSV file
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder metadata(Path value) {
    metadata = once("metadata", metadata, value);
    return this;
  }

  /**
   * A part of BigEarthNet. Default: all of it.
   *
   * @param value the part
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public DatasetBuilder subset(BigEarthNetSubset value) {
    subset = once("subset", subset, value);
    return this;
  }

  /**
   * Opens the data set.
   *
   * @return the data set; the caller closes it
   * @throws CsMoeException when the layout is not known, or something in it is missing or
   *     malformed, or nothing is left of it
   * @throws IllegalStateException when an option does not go with another or with the layout
   * @throws java.io.UncheckedIOException when files cannot be read
   */
  public Dataset open() {
    if (patchSize.isEmpty()
        && (stride.isPresent() || keepNoData.isPresent() || columns.isPresent())) {
      throw new IllegalStateException(
          "stride, keepNoData and columns need patchSize, which was not set");
    }
    Layout found = layout.orElseGet(() -> Layout.of(folder));
    if (!found.isBigEarthNet() && (metadata.isPresent() || subset.isPresent())) {
      throw new IllegalStateException(
          "metadata and subset are for BigEarthNet but %s is %s".formatted(folder, found));
    }
    Set<Sensor> sensors = onlySensor.map(Set::of).orElse(Set.of(Sensor.values()));
    Places all =
        places(found, new Request(folder, sensors, metadata, subset.orElse(BigEarthNetSubset.ALL)));
    try {
      Places places = ofSplit(all);
      if (places.places().isEmpty()) {
        throw new CsMoeException(
            "%s: found no sample, expected some: %s".formatted(folder, found.files()));
      }
      return patchSize.isPresent()
          ? PatchDataset.cut(
              folder,
              places,
              patchSize.get(),
              stride.orElse(patchSize.get()),
              columns.orElse(Columns.ALL),
              keepNoData.orElse(false))
          : new WholeDataset(places);
    } catch (RuntimeException e) {
      all.resource().run();
      throw e;
    }
  }

  private static Places places(Layout layout, Request request) {
    return switch (layout) {
      case PATCH_SHARDS -> ShardPlaces.find(request);
      case TERRAMESH -> TerraMesh.find(request);
      case MAJOR_TOM_CORE -> MajorTomCore.find(request);
      case BIGEARTHNET, BIGEARTHNET_FOLDERS, BIGEARTHNET_STACKED ->
          BigEarthNetFiles.find(layout, request);
      case BIGEARTHNET_LMDB -> BigEarthNetLmdb.find(request);
      case SSL4EO_S12 -> Ssl4Eo.find(request);
      case SEN1FLOODS11 -> Sen1Floods.find(request);
      case EUROSAT_RGB -> EuroSat.find(request, EuroSat.JPEG);
      case EUROSAT_MS -> EuroSat.find(request, EuroSat.TIFF);
    };
  }

  private Places ofSplit(Places all) {
    if (split.isEmpty()) {
      return all;
    }
    List<Place> wanted =
        all.places().stream().filter(place -> place.split().equals(split)).toList();
    if (wanted.isEmpty()) {
      throw new CsMoeException(
          "%s: found no sample of split %s among %d, expected some; splits found: %s"
              .formatted(
                  folder,
                  split.get(),
                  all.places().size(),
                  all.places().stream()
                      .flatMap(place -> place.split().stream())
                      .distinct()
                      .toList()));
    }
    return new Places(all.classes(), wanted, all.resource());
  }

  private static int positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but was " + value);
    }
    return value;
  }

  private static <T> Optional<T> once(String name, Optional<T> before, T value) {
    if (before.isPresent()) {
      throw new IllegalStateException(name + " was already set to " + before.get());
    }
    return Optional.of(value);
  }
}
