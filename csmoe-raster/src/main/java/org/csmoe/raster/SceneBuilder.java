package org.csmoe.raster;

import com.github.benmanes.caffeine.cache.Cache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.csmoe.BandMismatchException;
import org.csmoe.RasterFormatException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * Options of a {@link Scene}. Every option can be set once; a second time throws {@link
 * IllegalStateException}.
 */
public final class SceneBuilder {
  private static final long DEFAULT_CACHE_BYTES = 256L << 20;
  private static final double TOLERANCE = 0.1;

  private final String name;
  private final Optional<Path> file;
  private final Supplier<Map<Band, BandFile>> bandFiles;
  private final Sensor sensor;
  private Optional<List<Band>> bands = Optional.empty();
  private Optional<List<Band>> bandOrder = Optional.empty();
  private Optional<Backscatter> backscatter = Optional.empty();
  private Optional<Boolean> zeroIsNoData = Optional.empty();
  private Optional<Long> cacheBytes = Optional.empty();

  /** The file of one band, on disk or in memory. */
  private record BandFile(String name, Supplier<TiffSource> source) {}

  SceneBuilder(Path path, Sensor sensor) {
    name = path.toString();
    file = Files.isDirectory(path) ? Optional.empty() : Optional.of(path);
    bandFiles = () -> onDisk(path, sensor);
    this.sensor = Objects.requireNonNull(sensor, "sensor");
  }

  SceneBuilder(String name, Sensor sensor, Map<String, byte[]> contents) {
    this.name = Objects.requireNonNull(name, "name");
    file = Optional.empty();
    Map<String, byte[]> copy = Map.copyOf(contents);
    bandFiles = () -> inMemory(name, sensor, copy);
    this.sensor = Objects.requireNonNull(sensor, "sensor");
  }

  private static Map<Band, BandFile> onDisk(Path folder, Sensor sensor) {
    Map<Band, BandFile> files = new EnumMap<>(Band.class);
    Product.bandFiles(folder, sensor)
        .forEach(
            (band, path) ->
                files.put(band, new BandFile(path.toString(), () -> TiffSource.of(path))));
    return files;
  }

  private static Map<Band, BandFile> inMemory(
      String scene, Sensor sensor, Map<String, byte[]> contents) {
    Map<Band, BandFile> files = new EnumMap<>(Band.class);
    contents.forEach(
        (column, content) ->
            Band.find(column)
                .filter(band -> band.sensor() == sensor)
                .ifPresent(
                    band -> {
                      String name = scene + "/" + column;
                      BandFile other =
                          files.put(band, new BandFile(name, () -> TiffSource.of(name, content)));
                      if (other != null) {
                        throw new BandMismatchException(
                            "%s: found two files of band %s, %s and %s, expected one"
                                .formatted(scene, band, other.name(), name));
                      }
                    }));
    return files;
  }

  /**
   * The bands to read, in the order of the image. Default: {@link Sensor#defaultBands()}.
   *
   * @param value bands of this sensor, at least one, without repetition
   * @return this builder
   * @throws IllegalArgumentException when the list is empty, repeats a band, or has another
   *     sensor's
   * @throws IllegalStateException when set before
   */
  public SceneBuilder bands(List<Band> value) {
    requireBands("bands", value);
    bands = once("bands", bands, List.copyOf(value));
    return this;
  }

  /**
   * What the bands of a multi-band file are, in file order; it overrides the names in the file.
   * Default: the names in the file; an unnamed file of twelve bands is {@link BandOrder#L2A}; any
   * other unnamed file needs this option. Folders with one file per band do not use it.
   *
   * @param value one band for every band of the file, without repetition
   * @return this builder
   * @throws IllegalArgumentException when the list is empty, repeats a band, or has another
   *     sensor's
   * @throws IllegalStateException when set before
   * @see BandOrder
   */
  public SceneBuilder bandOrder(List<Band> value) {
    requireBands("bandOrder", value);
    bandOrder = once("bandOrder", bandOrder, List.copyOf(value));
    return this;
  }

  /**
   * The unit of stored Sentinel-1 values. Default: linear power in a folder that holds {@code
   * vv.tif} or {@code vh.tif}, or among files in memory named {@code vv} or {@code vh}, in lower
   * case (Major TOM Core S1RTC), decibels everywhere else.
   *
   * @param value the unit
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public SceneBuilder backscatter(Backscatter value) {
    backscatter = once("backscatter", backscatter, value);
    return this;
  }

  /**
   * Whether 0 means no data in Sentinel-2 files of integers. Default: true for files that declare
   * no no-data value. Zeros that a file declares as no data are NaN in any case.
   *
   * @param value true to read 0 as NaN
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public SceneBuilder zeroIsNoData(boolean value) {
    zeroIsNoData = once("zeroIsNoData", zeroIsNoData, value);
    return this;
  }

  /**
   * How many bytes of decoded blocks to keep, for all files of the scene together. Default: 256
   * MiB, a row of 1024-pixel tiles of a whole Sentinel-2 granule in ten bands.
   *
   * @param value bytes, at least 0
   * @return this builder
   * @throws IllegalArgumentException when negative
   * @throws IllegalStateException when set before
   */
  public SceneBuilder cacheBytes(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("cacheBytes must be at least 0 but was " + value);
    }
    cacheBytes = once("cacheBytes", cacheBytes, value);
    return this;
  }

  /**
   * Opens the scene.
   *
   * @return the open scene
   * @throws BandMismatchException when bands are missing or their order is not known
   * @throws RasterFormatException when a file is malformed or the grids of files do not fit
   * @throws java.io.UncheckedIOException when a file cannot be opened
   */
  public Scene open() {
    List<GeoTiff> files = new ArrayList<>();
    try {
      return file.isPresent() ? openFile(file.get(), files) : openBands(files);
    } catch (RuntimeException e) {
      files.forEach(GeoTiff::close);
      throw e;
    }
  }

  private Scene openFile(Path path, List<GeoTiff> files) {
    GeoTiff tiff = GeoTiff.open(path, newCache());
    files.add(tiff);
    List<Optional<Band>> found = bandsOf(tiff.info());
    List<Scene.Plane> planes = new ArrayList<>();
    for (Band band : wanted()) {
      int index = found.indexOf(Optional.of(band));
      if (index < 0) {
        throw missing(found.stream().flatMap(Optional::stream).toList());
      }
      planes.add(plane(tiff, index, 1, backscatter.orElse(Backscatter.DECIBEL)));
    }
    return new Scene(sensor, wanted(), tiff.info(), planes, files);
  }

  private List<Optional<Band>> bandsOf(RasterInfo info) {
    if (bandOrder.isPresent()) {
      if (bandOrder.get().size() != info.bands()) {
        throw new BandMismatchException(
            "%s: found %d bands, expected the %d of bandOrder %s"
                .formatted(name, info.bands(), bandOrder.get().size(), bandOrder.get()));
      }
      return bandOrder.get().stream().map(Optional::of).toList();
    }
    if (!Product.namedBands(info).isEmpty()) {
      return info.bandNames().stream().map(Band::find).toList();
    }
    if (sensor == Sensor.SENTINEL2 && info.bands() == BandOrder.L2A.bands().size()) {
      return BandOrder.L2A.bands().stream().map(Optional::of).toList();
    }
    throw new BandMismatchException(
        "%s: found %d bands named %s, expected descriptions that name bands such as %s; set bandOrder to what the file holds, known orders of so many bands: %s"
            .formatted(
                name,
                info.bands(),
                new TreeSet<>(info.bandNames()),
                wanted(),
                BandOrder.known(sensor, info.bands())));
  }

  private Scene openBands(List<GeoTiff> files) {
    Map<Band, BandFile> paths = bandFiles.get();
    if (!paths.keySet().containsAll(wanted())) {
      throw missing(List.copyOf(paths.keySet()));
    }
    Cache<GeoTiff.BlockKey, byte[]> cache = newCache();
    for (Band band : wanted()) {
      files.add(GeoTiff.open(file(paths, band).source().get(), cache));
    }
    RasterInfo grid = finest(files, paths);
    Backscatter unit =
        backscatter.orElse(isMajorTom(paths) ? Backscatter.LINEAR : Backscatter.DECIBEL);
    List<Scene.Plane> planes = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      String file = file(paths, wanted().get(i)).name();
      planes.add(plane(files.get(i), 0, factor(grid, files.get(i).info(), file), unit));
    }
    return new Scene(sensor, wanted(), grid, planes, files);
  }

  private static BandFile file(Map<Band, BandFile> paths, Band band) {
    return Objects.requireNonNull(paths.get(band));
  }

  private boolean isMajorTom(Map<Band, BandFile> paths) {
    return sensor == Sensor.SENTINEL1
        && paths.values().stream()
            .anyMatch(file -> file.name().matches("(?s)(.*[/\\\\])?v[vh](\\.tif)?"));
  }

  /** The grid of the finest file asked for or, when only coarse bands were, of a 10 m band. */
  private RasterInfo finest(List<GeoTiff> files, Map<Band, BandFile> paths) {
    RasterInfo finest = files.get(0).info();
    for (GeoTiff tiff : files) {
      if (tiff.info().width() > finest.width()) {
        finest = tiff.info();
      }
    }
    if (wanted().stream().noneMatch(band -> band.resolution() == 10)) {
      Optional<Band> fine =
          paths.keySet().stream().filter(band -> band.resolution() == 10).findFirst();
      if (fine.isPresent()) {
        try (GeoTiff tiff =
            GeoTiff.open(file(paths, fine.get()).source().get(), GeoTiff.cache(0))) {
          return tiff.info();
        }
      }
    }
    return finest;
  }

  /** How many pixels of the scene one pixel of the file spans in each direction. */
  private int factor(RasterInfo grid, RasterInfo info, String file) {
    int factor = Math.max(1, grid.width() / info.width());
    if ((long) factor * info.width() != grid.width()
        || (long) factor * info.height() != grid.height()) {
      throw mismatch(
          file,
          "%d x %d pixels".formatted(info.width(), info.height()),
          "a whole fraction of %d x %d".formatted(grid.width(), grid.height()));
    }
    if (!info.crs().equals(grid.crs())) {
      throw mismatch(file, info.crs(), grid.crs());
    }
    if (info.bands() != 1) {
      throw mismatch(file, info.bands() + " bands", "one band per file");
    }
    if (info.transform().isPresent() != grid.transform().isPresent()
        || (info.transform().isPresent()
            && !aligned(grid.transform().get(), info.transform().get(), factor))) {
      throw mismatch(file, info.transform(), grid.transform() + " with pixels x" + factor);
    }
    return factor;
  }

  /**
   * Whether pixel sizes fit and either the corners or, as Earth Engine exports SSL4EO-S12, the
   * centres of the first pixels coincide.
   */
  private static boolean aligned(GeoTransform grid, GeoTransform other, int factor) {
    double column = grid.column(other.originX(), other.originY());
    double row = grid.row(other.originX(), other.originY());
    double centre = (factor - 1) / 2.0;
    double width = grid.column(other.x(1, 0), other.y(1, 0)) - column;
    double height = grid.row(other.x(0, 1), other.y(0, 1)) - row;
    boolean corners = Math.abs(column) < TOLERANCE && Math.abs(row) < TOLERANCE;
    boolean centres = Math.abs(column + centre) < TOLERANCE && Math.abs(row + centre) < TOLERANCE;
    return (corners || centres)
        && Math.abs(width - factor) < 0.001 * factor
        && Math.abs(height - factor) < 0.001 * factor;
  }

  private Scene.Plane plane(GeoTiff tiff, int index, int factor, Backscatter unit) {
    RasterInfo info = tiff.info();
    boolean zero =
        sensor == Sensor.SENTINEL2
            && !info.pixelType().isFloat()
            && zeroIsNoData.orElse(info.noData().isEmpty());
    boolean linear = sensor == Sensor.SENTINEL1 && unit == Backscatter.LINEAR;
    return new Scene.Plane(tiff, index, factor, zero, linear);
  }

  private List<Band> wanted() {
    return bands.orElse(sensor.defaultBands());
  }

  private Cache<GeoTiff.BlockKey, byte[]> newCache() {
    return GeoTiff.cache(cacheBytes.orElse(DEFAULT_CACHE_BYTES));
  }

  private BandMismatchException missing(List<Band> found) {
    return new BandMismatchException(
        "%s: found bands %s, expected %s".formatted(name, found, wanted()));
  }

  private static RasterFormatException mismatch(String file, Object found, Object expected) {
    return new RasterFormatException(
        "%s: grid differs from the scene's: found %s, expected %s"
            .formatted(file, found, expected));
  }

  private void requireBands(String name, List<Band> value) {
    if (value.isEmpty()
        || new HashSet<>(value).size() != value.size()
        || value.stream().anyMatch(band -> band.sensor() != sensor)) {
      throw new IllegalArgumentException(
          "%s must be bands of %s, at least one, without repetition, but was %s"
              .formatted(name, sensor, value));
    }
  }

  private static <T> Optional<T> once(String name, Optional<T> before, T value) {
    if (before.isPresent()) {
      throw new IllegalStateException(name + " was already set to " + before.get());
    }
    return Optional.of(value);
  }
}
