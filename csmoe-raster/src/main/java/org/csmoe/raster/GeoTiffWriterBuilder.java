package org.csmoe.raster;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * Options of a {@link GeoTiffWriter}. Every option can be set once; a second time throws {@link
 * IllegalStateException}.
 */
public final class GeoTiffWriterBuilder {
  private static final int DEFAULT_TILE = 256;
  private static final int GREY = 1;
  private static final int REDUCED_IMAGE = 1;

  private final Path path;
  private final int width;
  private final int height;
  private final int bands;
  private final Set<String> set = new HashSet<>();
  private int tileSize;
  private Optional<Crs> crs = Optional.empty();
  private Optional<GeoTransform> transform = Optional.empty();
  private PixelType pixelType = PixelType.FLOAT32;
  private Compression compression = Compression.DEFLATE;
  private Optional<Predictor> predictor = Optional.empty();
  private OptionalDouble noData = OptionalDouble.empty();
  private Optional<OverviewResampling> overviews = Optional.empty();
  private List<String> bandNames = List.of();
  private List<Scaling> scalings = List.of();
  private Map<String, String> metadata = Map.of();
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
   * The type of every sample. Default: {@link PixelType#FLOAT32}.
   *
   * <p>For integers, values are rounded to the nearest, halves away from zero; one out of range is
   * an error when it is written, never clipped.
   *
   * @param value the type
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder pixelType(PixelType value) {
    once("pixelType");
    pixelType = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * How tiles are compressed. Default: {@link Compression#DEFLATE}, which every reader knows.
   * {@link Compression#ZSTD} packs and unpacks faster, but needs com.github.luben:zstd-jni on the
   * class path here and wherever the file is read.
   *
   * @param value {@link Compression#DEFLATE}, {@link Compression#ZSTD} or {@link Compression#NONE}
   * @return this builder
   * @throws IllegalArgumentException when it is another one, or zstd-jni is not there
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder compression(Compression value) {
    once("compression");
    if (value != Compression.DEFLATE && value != Compression.ZSTD && value != Compression.NONE) {
      throw new IllegalArgumentException(
          "compression must be DEFLATE, ZSTD or NONE but was " + value);
    }
    if (value.missing().isPresent()) {
      throw new IllegalArgumentException(
          "compression %s needs %s".formatted(value, value.missing().get()));
    }
    compression = value;
    return this;
  }

  /**
   * What is done to rows before compression. Default: {@link Predictor#FLOATING_POINT} for floats,
   * {@link Predictor#HORIZONTAL} for integers, {@link Predictor#NONE} without compression.
   *
   * @param value the predictor; that for floating point needs a type of floats
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder predictor(Predictor value) {
    once("predictor");
    predictor = Optional.of(value);
    return this;
  }

  /**
   * The value that is stored for NaN and declared as no data. Default: NaN for floats, none for
   * integers.
   *
   * @param value a value that the pixel type holds exactly
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder noData(double value) {
    once("noData");
    noData = OptionalDouble.of(value);
    return this;
  }

  /**
   * Makes the file a cloud-optimized GeoTIFF with overviews, each half as large as the image before
   * it, until one fits a tile. Default: no overviews, tiles in the order in which they are written.
   *
   * <p>Tiles then go to a scratch file beside the target first, which takes as much space as the
   * file; {@link GeoTiffWriter#commit()} computes the overviews from it.
   *
   * @param resampling how overviews are computed
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder cloudOptimized(OverviewResampling resampling) {
    once("cloudOptimized");
    overviews = Optional.of(resampling);
    return this;
  }

  /**
   * Metadata of the whole file, for GDAL and for people. Default: none.
   *
   * @param value texts by name
   * @return this builder
   * @throws IllegalArgumentException when a name is empty or has an equals sign
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder metadata(Map<String, String> value) {
    once("metadata");
    for (String name : value.keySet()) {
      if (name.isEmpty() || name.contains("=")) {
        throw new IllegalArgumentException(
            "metadata must have names without \"=\", not empty, but had \"%s\"".formatted(name));
      }
    }
    metadata = new TreeMap<>(value);
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
   * What stored numbers mean, for whoever reads the file; values to write are stored as they are
   * given. Default: the numbers are the values.
   *
   * @param value scale and offset, one per band
   * @return this builder
   * @throws IllegalArgumentException when there are not as many as bands
   * @throws IllegalStateException when set before
   */
  public GeoTiffWriterBuilder scalings(List<Scaling> value) {
    once("scalings");
    if (value.size() != bands) {
      throw new IllegalArgumentException(
          "scalings must be %d, one per band, but were %d".formatted(bands, value.size()));
    }
    scalings = List.copyOf(value);
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
   * @throws IllegalArgumentException when the pixel type does not hold the no-data value or does
   *     not go with the predictor, or the compression does not
   * @throws java.io.UncheckedIOException when no file can be created in the folder
   * @throws ArithmeticException when there are more than 2^31 - 1 tiles; choose a larger tile size
   */
  public GeoTiffWriter open() {
    if (noData.isPresent() && !holds(noData.getAsDouble())) {
      throw new IllegalArgumentException(
          "noData must be a value of %s but was %s".formatted(pixelType, noData.getAsDouble()));
    }
    if (predictor() == Predictor.FLOATING_POINT && !pixelType.isFloat()) {
      throw new IllegalArgumentException(
          "predictor must be NONE or HORIZONTAL for %s but was FLOATING_POINT"
              .formatted(pixelType));
    }
    if (compression == Compression.NONE && predictor() != Predictor.NONE) {
      throw new IllegalArgumentException(
          "predictor must be NONE for compression NONE but was " + predictor());
    }
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

  PixelType pixelType() {
    return pixelType;
  }

  Compression compression() {
    return compression;
  }

  Predictor predictor() {
    Predictor usual = pixelType.isFloat() ? Predictor.FLOATING_POINT : Predictor.HORIZONTAL;
    return predictor.orElse(compression == Compression.NONE ? Predictor.NONE : usual);
  }

  OptionalDouble noData() {
    return noData.isEmpty() && pixelType.isFloat() ? OptionalDouble.of(Double.NaN) : noData;
  }

  Optional<OverviewResampling> overviews() {
    return overviews;
  }

  private boolean holds(double value) {
    boolean inRange = pixelType.isFloat() || (value >= pixelType.min() && value <= pixelType.max());
    return inRange && Double.compare(pixelType.stored(value), value) == 0;
  }

  boolean bigTiff() {
    return bigTiff;
  }

  /** The directory of one image of the file; an overview has neither place nor names. */
  DirectoryWriter directory(boolean big, ImageTiles image, boolean overview) {
    DirectoryWriter directory = new DirectoryWriter(big);
    if (overview) {
      directory.longs(TiffTag.NEW_SUBFILE_TYPE, REDUCED_IMAGE);
    }
    directory.longs(TiffTag.IMAGE_WIDTH, image.width());
    directory.longs(TiffTag.IMAGE_LENGTH, image.height());
    directory.repeatedShort(TiffTag.BITS_PER_SAMPLE, pixelType.bits(), bands);
    directory.shorts(TiffTag.COMPRESSION, compression.code());
    directory.shorts(TiffTag.PHOTOMETRIC, GREY);
    directory.shorts(TiffTag.SAMPLES_PER_PIXEL, bands);
    directory.shorts(TiffTag.PLANAR_CONFIGURATION, bands == 1 ? 1 : 2);
    if (compression != Compression.NONE) {
      directory.shorts(TiffTag.PREDICTOR, predictorCode());
    }
    directory.shorts(TiffTag.TILE_WIDTH, tileSize);
    directory.shorts(TiffTag.TILE_LENGTH, tileSize);
    directory.longs(TiffTag.TILE_OFFSETS, image.offsets());
    directory.longs(TiffTag.TILE_BYTE_COUNTS, image.byteCounts());
    if (bands > 1) {
      directory.repeatedShort(TiffTag.EXTRA_SAMPLES, 0, bands - 1);
    }
    directory.repeatedShort(TiffTag.SAMPLE_FORMAT, pixelType.sampleFormat(), bands);
    noData().ifPresent(value -> directory.text(TiffTag.GDAL_NO_DATA, text(value)));
    if (overview) {
      return directory;
    }
    transform.ifPresent(value -> GeoReference.write(value, directory));
    if (crs.isPresent() || transform.isPresent()) {
      GeoReference.write(crs, directory);
    }
    if (!metadata.isEmpty()
        || bandNames.stream().anyMatch(name -> !name.isEmpty())
        || scalings.stream().anyMatch(scaling -> !scaling.equals(Scaling.NONE))) {
      directory.text(TiffTag.GDAL_METADATA, GdalMetadata.xml(bandNames, scalings, metadata));
    }
    return directory;
  }

  private int predictorCode() {
    return switch (predictor()) {
      case NONE -> 1;
      case HORIZONTAL -> 2;
      case FLOATING_POINT -> 3;
    };
  }

  private String text(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    return pixelType.isFloat() ? Double.toString(value) : Long.toString((long) value);
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
