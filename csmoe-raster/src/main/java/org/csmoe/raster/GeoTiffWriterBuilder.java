package org.csmoe.raster;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Options of a {@link GeoTiffWriter}. Every option can be set once; a second time throws {@link
 * IllegalStateException}.
 */
public final class GeoTiffWriterBuilder {
  private static final int DEFAULT_TILE = 256;
  private static final int DEFLATE = 8;
  private static final int FLOATING_POINT = 3;
  private static final int GREY = 1;

  private final Path path;
  private final int width;
  private final int height;
  private final int bands;
  private final Set<String> set = new HashSet<>();
  private int tileSize;
  private Optional<Crs> crs = Optional.empty();
  private Optional<GeoTransform> transform = Optional.empty();
  private double noData = Double.NaN;
  private List<String> bandNames = List.of();
  private boolean bigTiff;

  GeoTiffWriterBuilder(Path path, int width, int height, int bands) {
    this.path = Objects.requireNonNull(path, "path");
    this.width = inRange("width", width, Integer.MAX_VALUE);
    this.height = inRange("height", height, Integer.MAX_VALUE);
    this.bands = inRange("bands", bands, 65535);
    tileSize = (Math.min(DEFAULT_TILE, Math.max(width, height)) + 15) / 16 * 16;
  }

  /**
   * The edge of the square tiles. Default: 256, less when the whole raster fits a smaller tile.
   *
   * @param value pixels, a multiple of 16 from 16 to 4096
   * @return this builder
   * @throws IllegalArgumentException when out of range
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder tileSize(int value) {
    once("tileSize");
    if (value < 16 || value > 4096 || value % 16 != 0) {
      throw new IllegalArgumentException(
          "tileSize must be a multiple of 16 in 16..4096 but was " + value);
    }
    tileSize = value;
    return this;
  }

  /**
   * The coordinate system. Default: none.
   *
   * @param value the system
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder crs(Crs value) {
    once("crs");
    crs = Optional.of(value);
    return this;
  }

  /**
   * Where the raster lies. Default: not said.
   *
   * @param value from pixels to the map
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder transform(GeoTransform value) {
    once("transform");
    transform = Optional.of(value);
    return this;
  }

  /**
   * The value that is stored for NaN and declared as no data. Default: NaN.
   *
   * @param value a value that float32 holds exactly
   * @return this builder
   * @throws IllegalArgumentException when float32 does not hold the value
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder noData(double value) {
    once("noData");
    if (Double.compare((float) value, value) != 0) {
      throw new IllegalArgumentException("noData must be a value of float32 but was " + value);
    }
    noData = value;
    return this;
  }

  /**
   * Descriptions of the bands. Default: none.
   *
   * @param value one name per band, empty for none
   * @return this builder
   * @throws IllegalArgumentException when there are not as many names as bands
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder bandNames(List<String> value) {
    once("bandNames");
    if (value.size() != bands) {
      throw new IllegalArgumentException(
          "bandNames must be %d names, one per band, but were %d".formatted(bands, value.size()));
    }
    bandNames = List.copyOf(value);
    return this;
  }

  /**
   * Whether to write a BigTIFF even below 4 GiB. Default: false; larger files always are.
   *
   * @param value true for a BigTIFF in any case
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder bigTiff(boolean value) {
    once("bigTiff");
    bigTiff = value;
    return this;
  }

  /**
   * Opens the writer.
   *
   * @return a writer, to be committed and closed
   * @throws java.io.UncheckedIOException when no file can be created in the folder
   * @throws ArithmeticException when there are more than 2^31 - 1 tiles; choose a larger tile size
   */
  public GeoTiffWriter open() {
    return new GeoTiffWriter(this);
  }

  Path path() {
    return path;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int bands() {
    return bands;
  }

  int tileSize() {
    return tileSize;
  }

  double noData() {
    return noData;
  }

  boolean bigTiff() {
    return bigTiff;
  }

  /** The file's directory. */
  DirectoryWriter directory(boolean big, long[] offsets, long[] byteCounts) {
    DirectoryWriter directory = new DirectoryWriter(big);
    directory.longs(TiffTag.IMAGE_WIDTH, width);
    directory.longs(TiffTag.IMAGE_LENGTH, height);
    directory.repeatedShort(TiffTag.BITS_PER_SAMPLE, Float.SIZE, bands);
    directory.shorts(TiffTag.COMPRESSION, DEFLATE);
    directory.shorts(TiffTag.PHOTOMETRIC, GREY);
    directory.shorts(TiffTag.SAMPLES_PER_PIXEL, bands);
    directory.shorts(TiffTag.PLANAR_CONFIGURATION, bands == 1 ? 1 : 2);
    directory.shorts(TiffTag.PREDICTOR, FLOATING_POINT);
    directory.shorts(TiffTag.TILE_WIDTH, tileSize);
    directory.shorts(TiffTag.TILE_LENGTH, tileSize);
    directory.longs(TiffTag.TILE_OFFSETS, offsets);
    directory.longs(TiffTag.TILE_BYTE_COUNTS, byteCounts);
    if (bands > 1) {
      directory.repeatedShort(TiffTag.EXTRA_SAMPLES, 0, bands - 1);
    }
    directory.repeatedShort(TiffTag.SAMPLE_FORMAT, PixelType.FLOAT32.sampleFormat(), bands);
    transform.ifPresent(value -> GeoReference.write(value, directory));
    if (crs.isPresent() || transform.isPresent()) {
      GeoReference.write(crs, directory);
    }
    if (bandNames.stream().anyMatch(name -> !name.isEmpty())) {
      directory.text(TiffTag.GDAL_METADATA, GdalMetadata.xml(bandNames));
    }
    directory.text(TiffTag.GDAL_NO_DATA, Double.isNaN(noData) ? "nan" : Double.toString(noData));
    return directory;
  }

  private void once(String name) {
    if (!set.add(name)) {
      throw new IllegalStateException(name + " was already set");
    }
  }

  private static int inRange(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          "%s must be in 1..%d but was %d".formatted(name, max, value));
    }
    return value;
  }
}
