package org.csmoe.sampling.descriptors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link CategoricalRaster}. Not safe for use by several threads. */
public final class CategoricalRasterBuilder {
  private final Path path;
  private @Nullable Legend legend;
  private @Nullable Set<Integer> noData;
  private long cacheBytes = 256L << 20;
  private int openFiles = 64;
  private long maxFootprintPixels = 16L << 20;

  CategoricalRasterBuilder(Path path) {
    this.path = Objects.requireNonNull(path, "path");
  }

  /**
   * What the codes mean. Default: the file {@code NAME_legend.csv} or {@code legend.csv} beside the
   * raster or in the folder; else the built-in legend of a product that is known by its published
   * file names: {@code koppen_geiger_0p...} and {@code beck...} are Köppen-Geiger maps of Beck et
   * al., {@code ESA_WorldCover_10m_...} is WorldCover, and a name with {@code mcd12c1} and {@code
   * igbp} has the IGBP classes.
   *
   * @param value the legend, {@link Legend#numbers()} for none
   * @return this builder
   */
  public CategoricalRasterBuilder legend(Legend value) {
    legend = Objects.requireNonNull(value, "legend");
    return this;
  }

  /**
   * The codes that stand for no data, instead of the files' no-data tags and the legend's no-data
   * codes. Default: tags and legend.
   *
   * @param codes stored values; none at all when every value is a class
   * @return this builder
   */
  public CategoricalRasterBuilder noData(int... codes) {
    Set<Integer> set = new TreeSet<>();
    for (int code : codes) {
      set.add(code);
    }
    noData = set;
    return this;
  }

  /**
   * How many bytes of decoded blocks to keep, at one byte per pixel of 8-bit rasters and two of
   * others. Default: 256 MiB. Every block must fit.
   *
   * @param bytes at least 1
   * @return this builder
   * @throws IllegalArgumentException when out of range
   */
  public CategoricalRasterBuilder cacheBytes(long bytes) {
    cacheBytes = atLeastOne("cacheBytes", bytes);
    return this;
  }

  /**
   * How many files of a mosaic to keep open. Default: 64.
   *
   * @param count at least 1
   * @return this builder
   * @throws IllegalArgumentException when out of range
   */
  public CategoricalRasterBuilder openFiles(int count) {
    openFiles = (int) atLeastOne("openFiles", count);
    return this;
  }

  /**
   * How many pixels the boxes around the polygons of a footprint may have. Default: 16,777,216,
   * which is a square of 40 km of 10 m pixels.
   *
   * @param pixels at least 1
   * @return this builder
   * @throws IllegalArgumentException when out of range
   */
  public CategoricalRasterBuilder maxFootprintPixels(long pixels) {
    maxFootprintPixels = atLeastOne("maxFootprintPixels", pixels);
    return this;
  }

  private static long atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1 but was %d".formatted(name, value));
    }
    return value;
  }

  /**
   * Opens the raster: reads all headers, but no pixel.
   *
   * @return the open raster
   * @throws CsMoeException when the folder has no GeoTIFF, a file is malformed, has another
   *     coordinate system than EPSG:4326 or more than one band, two tiles overlap, or no legend was
   *     given or found
   * @throws UncheckedIOException when a file cannot be read
   */
  public CategoricalRaster open() {
    return new CategoricalRaster(this);
  }

  /** The codes that alone are no data; null for tag and legend. */
  @Nullable Set<Integer> noDataCodes() {
    return noData;
  }

  long cacheBytes() {
    return cacheBytes;
  }

  int openFiles() {
    return openFiles;
  }

  long maxFootprintPixels() {
    return maxFootprintPixels;
  }

  Path path() {
    return path;
  }

  List<Path> files() {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files =
          entries
              .filter(Files::isRegularFile)
              .filter(CategoricalRasterBuilder::isTiff)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new CsMoeException(
            path + ": found no .tif or .tiff in the folder, expected the tiles of a mosaic");
      }
      return files;
    } catch (IOException e) {
      throw Failures.of(path, "cannot be listed", e);
    }
  }

  private static boolean isTiff(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && (name.endsWith(".tif") || name.endsWith(".tiff"));
  }

  Legend legend(List<Path> files) {
    if (legend != null) {
      return legend;
    }
    return Legend.of(path, files)
        .orElseThrow(
            () ->
                new CsMoeException(
                    ("%s: found no legend, expected a CSV file with value and name beside it,"
                            + " NAME_legend.csv or legend.csv; or give one: koppen-geiger,"
                            + " worldcover, igbp, a file, or numbers for none")
                        .formatted(path)));
  }
}
