package org.csmoe.sampling.descriptors;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.RasterInfo;
import org.csmoe.sampling.Location;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;

/**
 * A map of classes on longitude and latitude: one GeoTIFF in EPSG:4326 with one band of class codes
 * 0 to 32767, or a folder of such files as a mosaic, for example the tiles of ESA WorldCover.
 *
 * <p>Which pixel a point belongs to:
 *
 * <ul>
 *   <li>Pixels are half open: one owns its edges on the side of the first column and the first row,
 *       which are west and north in a north-up raster, and not the opposite ones. A point within a
 *       millionth of a pixel of an edge is on it. Elsewhere this is GDAL's and rasterio's {@code
 *       floor} of the inverse geotransform. Rotated rasters follow the same rule.
 *   <li>Longitudes repeat: 181 is -179, and 180 is -180. A raster around the globe has no seam,
 *       whether it begins at -180 or at 0; a regional raster ends at its edges.
 *   <li>A pole belongs to the row of pixels that touches it, although it may be that row's far
 *       edge.
 *   <li>Where pixels are points (GeoTIFF's PixelIsPoint), the point is the middle of its pixel.
 * </ul>
 *
 * <p>No data is what {@link Builder#noData} says, else the file's no-data tag and the legend's
 * no-data codes. A class of the legend is never no data for its tag alone: the MODIS map that marks
 * 0 as no data has water there. NaN is no data. A sparse block has the tag's value, or 0.
 *
 * <p>Only the blocks of a file under the places asked for are read. Decoded blocks stay, one or two
 * bytes per pixel, in a cache of bounded size, so that places in the order of their neighbourhood
 * decode each block once. A lookup in a cached block allocates nothing. Files are opened when first
 * read, and a bounded number stays open; their headers are read once, when the raster is opened.
 * Tiles of a mosaic must not overlap by more than one pixel.
 *
 * <p>Safe for use by several threads. Interrupting a thread while it reads ends its lookup, and
 * others in the same file at that moment, in an exception; later ones work. Whoever opens a raster
 * closes it.
 *
 * <pre>{@code
 * try (CategoricalRaster climate = CategoricalRaster.open(Path.of("koppen_geiger_0p1.tif"))) {
 *   int code = climate.classAt(13.4, 52.5);
 *   String name = climate.legend().name(code); // Cfb
 * }
 * }</pre>
 */
public final class CategoricalRaster implements AutoCloseable {
  /** The answer for a place that the raster does not cover. */
  public static final int OUTSIDE = -1;

  /** The answer for a place where the raster has no class. */
  public static final int NO_DATA = -2;

  /** The answer for a footprint of more pixels than allowed. */
  static final int TOO_LARGE = -3;

  private final Path path;
  private final Legend legend;
  private final List<Path> files;
  private final RasterTile @Nullable [] single;
  private final TileIndex index;
  private final OpenFiles open;
  private final long maxFootprintPixels;
  private final Cache<RasterTile.Key, Block> cache;
  private final Function<RasterTile.Key, Block> loader = this::decode;
  private final LongAdder decoded = new LongAdder();

  private CategoricalRaster(Builder builder) {
    path = builder.path;
    files = builder.files();
    legend = builder.legend(files);
    List<RasterTile> tiles = new ArrayList<>();
    for (Path file : files) {
      RasterInfo info;
      try (GeoTiff tiff = GeoTiff.open(file, 0)) {
        info = tiff.info();
      }
      Set<Integer> codes = builder.noData;
      NoDataRule rule = codes == null ? NoDataRule.of(legend, info) : NoDataRule.of(codes);
      RasterTile tile = new RasterTile(file, info, rule);
      if (tile.blockBytes() > builder.cacheBytes) {
        throw new CsMoeException(
            ("%s: found blocks of %d decoded bytes, expected at most the %d of the cache; write it"
                    + " anew in tiles with gdal_translate -co TILED=YES, or enlarge cacheBytes")
                .formatted(file, tile.blockBytes(), builder.cacheBytes));
      }
      tiles.add(tile);
    }
    single = tiles.size() == 1 ? tiles.toArray(RasterTile[]::new) : null;
    index = new TileIndex(tiles);
    open = new OpenFiles(builder.openFiles);
    maxFootprintPixels = builder.maxFootprintPixels;
    cache =
        Caffeine.newBuilder()
            .maximumWeight(builder.cacheBytes)
            .weigher((RasterTile.Key key, Block block) -> block.weight())
            .executor(Runnable::run)
            .build();
  }

  /**
   * Opens a raster with default settings.
   *
   * @param path a GeoTIFF, or a folder of them
   * @return the open raster
   * @throws CsMoeException as {@link Builder#open()}
   * @throws UncheckedIOException when a file cannot be read
   */
  public static CategoricalRaster open(Path path) {
    return builder(path).open();
  }

  /**
   * Begins a raster.
   *
   * @param path a GeoTIFF, or a folder of them (.tif, .tiff; folders in it are ignored)
   * @return a builder
   */
  public static Builder builder(Path path) {
    return new Builder(path);
  }

  /**
   * The file or folder.
   *
   * @return the path it was opened with
   */
  public Path path() {
    return path;
  }

  /**
   * The files that hold the pixels.
   *
   * @return the file itself, or the tiles of the folder in the order of their names; immutable
   */
  public List<Path> files() {
    return files;
  }

  /**
   * What the codes mean.
   *
   * @return the legend given or found
   */
  public Legend legend() {
    return legend;
  }

  /**
   * The class at a point.
   *
   * @param longitude degrees, -360 to 360
   * @param latitude degrees, -90 to 90
   * @return a class code, {@link #OUTSIDE} or {@link #NO_DATA}
   * @throws IllegalArgumentException when a coordinate is NaN or out of range
   * @throws org.csmoe.RasterFormatException when the block is malformed or holds a value that is no
   *     class code, with file and pixel
   * @throws CsMoeException when the thread is interrupted; it stays interrupted
   * @throws UncheckedIOException when the file cannot be read
   */
  public int classAt(double longitude, double latitude) {
    if (!(longitude >= -360 && longitude <= 360)) {
      throw new IllegalArgumentException("longitude must be in -360..360 but was " + longitude);
    }
    if (!(latitude >= -90 && latitude <= 90)) {
      throw new IllegalArgumentException(
          "latitude must be in -90..90 but was " + latitude + "; x is the longitude");
    }
    RasterTile[] tiles = single == null ? index.at(longitude, latitude) : single;
    for (RasterTile tile : tiles) {
      long pixel = tile.grid().pixelAt(longitude, latitude);
      if (pixel != RasterGrid.OUTSIDE) {
        int column = (int) pixel;
        int row = (int) (pixel >> 32);
        return block(tile.key(column, row)).code(tile.indexInBlock(column, row));
      }
    }
    return OUTSIDE;
  }

  /**
   * The area of each class in a footprint: of the pixels whose centre lies in it. Sides of the
   * polygon are straight in degrees. A part of the footprint that the raster does not cover does
   * not count. Memory does not grow with the footprint, except for the blocks of one row of blocks.
   *
   * @param footprint polygons in degrees, x = longitude, y = latitude; other geometries have no
   *     area. A footprint across the antimeridian is in two parts, or goes on beyond 180
   * @return areas by class; without a pixel when no centre lies in the footprint
   * @throws CsMoeException when a coordinate is out of range, or the boxes around the polygons have
   *     more pixels than {@link Builder#maxFootprintPixels}; otherwise as {@link #classAt}
   */
  public ClassHistogram histogram(Geometry footprint) {
    FootprintPixels pixels = new FootprintPixels(this, footprint);
    requireSmall(pixels.boxPixels());
    return pixels.histogram();
  }

  /**
   * The class with the largest area in a location's footprint, by {@link #histogram} and {@link
   * ClassHistogram#majority}. A location without a footprint, or with one so small that no centre
   * of a pixel lies in it, has the class at its centre.
   *
   * @param location the location
   * @return a class code, {@link #OUTSIDE} or {@link #NO_DATA}
   * @throws CsMoeException as {@link #histogram}
   */
  public int majority(Location location) {
    int code = classOf(location, DescriptorRule.MAJORITY);
    if (code == TOO_LARGE) {
      requireSmall(new FootprintPixels(this, location.footprint().orElseThrow()).boxPixels());
    }
    return code;
  }

  private void requireSmall(long pixels) {
    if (pixels > maxFootprintPixels) {
      throw new CsMoeException(
          ("%s: found a footprint of about %d pixels, expected at most %d; look up its centre, or"
                  + " raise maxFootprintPixels")
              .formatted(path, pixels, maxFootprintPixels));
    }
  }

  /** As {@link #majority} or {@link #classAt}; {@link #TOO_LARGE} instead of an exception. */
  int classOf(Location location, DescriptorRule rule) {
    Optional<Geometry> footprint =
        rule == DescriptorRule.MAJORITY ? location.footprint() : Optional.empty();
    if (footprint.isPresent()) {
      FootprintPixels pixels = new FootprintPixels(this, footprint.get());
      if (pixels.boxPixels() > maxFootprintPixels) {
        return TOO_LARGE;
      }
      ClassHistogram histogram = pixels.histogram();
      if (histogram.pixels() > 0) {
        return histogram.majority();
      }
    }
    return classAt(location.longitude(), location.latitude());
  }

  long maxFootprintPixels() {
    return maxFootprintPixels;
  }

  List<RasterTile> tilesWithin(Envelope box) {
    return index.within(box.getMinX(), box.getMaxX(), box.getMinY(), box.getMaxY());
  }

  Block block(RasterTile.Key key) {
    Block block = cache.getIfPresent(key);
    return block == null ? cache.get(key, loader) : block;
  }

  private Block decode(RasterTile.Key key) {
    RasterTile tile = key.tile();
    try {
      Block block = open.read(tile, tiff -> tile.decode(tiff, key.index()));
      decoded.increment();
      return block;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof ClosedByInterruptException) {
        throw new CsMoeException(tile + ": interrupted while it was read", e);
      }
      throw e;
    }
  }

  /** How many blocks were decoded so far. */
  long blocksDecoded() {
    return decoded.sum();
  }

  /** How many files are open. */
  int filesOpen() {
    return open.count();
  }

  /** Closes all files and forgets all blocks. Lookups that are on their way end. */
  @Override
  public void close() {
    open.close();
    cache.invalidateAll();
  }

  @Override
  public String toString() {
    return "%s (%d files, legend %s)".formatted(path, files.size(), legend.title());
  }

  /** Settings of a {@link CategoricalRaster}. Not safe for use by several threads. */
  public static final class Builder {
    private final Path path;
    private @Nullable Legend legend;
    private @Nullable Set<Integer> noData;
    private long cacheBytes = 256L << 20;
    private int openFiles = 64;
    private long maxFootprintPixels = 16L << 20;

    private Builder(Path path) {
      this.path = Objects.requireNonNull(path, "path");
    }

    /**
     * What the codes mean. Default: the file {@code NAME_legend.csv} or {@code legend.csv} beside
     * the raster or in the folder; else the built-in legend of a product that is known by its
     * published file names: {@code koppen_geiger_0p...} and {@code beck...} are Köppen-Geiger maps
     * of Beck et al., {@code ESA_WorldCover_10m_...} is WorldCover, and a name with {@code mcd12c1}
     * and {@code igbp} has the IGBP classes.
     *
     * @param value the legend, {@link Legend#numbers()} for none
     * @return this builder
     */
    public Builder legend(Legend value) {
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
    public Builder noData(int... codes) {
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
    public Builder cacheBytes(long bytes) {
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
    public Builder openFiles(int count) {
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
    public Builder maxFootprintPixels(long pixels) {
      maxFootprintPixels = atLeastOne("maxFootprintPixels", pixels);
      return this;
    }

    private static long atLeastOne(String name, long value) {
      if (value < 1) {
        throw new IllegalArgumentException(
            "%s must be at least 1 but was %d".formatted(name, value));
      }
      return value;
    }

    /**
     * Opens the raster: reads all headers, but no pixel.
     *
     * @return the open raster
     * @throws CsMoeException when the folder has no GeoTIFF, a file is malformed, has another
     *     coordinate system than EPSG:4326 or more than one band, two tiles overlap, or no legend
     *     was given or found
     * @throws UncheckedIOException when a file cannot be read
     */
    public CategoricalRaster open() {
      return new CategoricalRaster(this);
    }

    private List<Path> files() {
      if (!Files.isDirectory(path)) {
        return List.of(path);
      }
      try (Stream<Path> entries = Files.list(path)) {
        List<Path> files =
            entries.filter(Files::isRegularFile).filter(Builder::isTiff).sorted().toList();
        if (files.isEmpty()) {
          throw new CsMoeException(
              path + ": found no .tif or .tiff in the folder, expected the tiles of a mosaic");
        }
        return files;
      } catch (IOException e) {
        throw new UncheckedIOException(path + ": cannot be listed: " + e, e);
      }
    }

    private static boolean isTiff(Path file) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      return !name.startsWith(".") && (name.endsWith(".tif") || name.endsWith(".tiff"));
    }

    private Legend legend(List<Path> files) {
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
}
