package org.csmoe.sampling.patches;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.csmoe.BandMismatchException;
import org.csmoe.RasterFormatException;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Scene;
import org.csmoe.raster.UtmZone;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * All pixels of one cell in memory: Sentinel-2 and Sentinel-1, or one of them, on one grid of 10 m
 * in UTM.
 */
final class TilePixels {
  static final String DAMAGED = "damaged file";
  static final String BANDS_MISSING = "bands missing";
  static final String TOO_LARGE = "more pixels than a tile may have";
  static final String NO_PLACE = "no UTM zone or transform";
  static final String OTHER_PIXEL_SIZE = "pixels not 10 m";
  static final String OTHER_GRID = "grids of the sensors differ";
  static final String NO_NUMBERS = "values that are no digital numbers";

  private static final int MAX_EDGE = 4096;
  private static final double PIXEL = 10;

  /** Metres by which corners may differ: a hundredth of a pixel. */
  private static final double TOLERANCE = 0.1;

  private static final byte INVALID_S2 = 1;
  private static final byte INVALID_S1 = 2;

  private final Map<Sensor, Tile> tiles;
  private final int width;
  private final int height;
  private final UtmZone zone;
  private final GeoTransform transform;
  private final Map<Sensor, float[]> values = new EnumMap<>(Sensor.class);
  private final byte[] invalid;

  private TilePixels(Map<Sensor, Tile> tiles, Scene grid) throws TileRejectedException {
    this.tiles = tiles;
    width = grid.width();
    height = grid.height();
    requireSize();
    zone = zone(grid);
    transform = grid.transform().orElseThrow(() -> noPlace(grid));
    requirePixelSize();
    invalid = new byte[width * height];
  }

  /**
   * Reads the tiles of one cell.
   *
   * @param tiles one or two tiles of the same cell
   * @param bands the bands of each sensor
   */
  static TilePixels read(Map<Sensor, Tile> tiles, Map<Sensor, List<Band>> bands)
      throws TileRejectedException {
    Map<Sensor, Scene> scenes = new LinkedHashMap<>();
    try {
      for (Map.Entry<Sensor, Tile> tile : tiles.entrySet()) {
        scenes.put(
            tile.getKey(), tile.getValue().open(Objects.requireNonNull(bands.get(tile.getKey()))));
      }
      TilePixels pixels = new TilePixels(tiles, scenes.values().iterator().next());
      for (Scene scene : scenes.values()) {
        pixels.requireSameGrid(scene);
      }
      for (Scene scene : scenes.values()) {
        pixels.add(scene);
      }
      return pixels;
    } catch (RasterFormatException e) {
      throw new TileRejectedException(DAMAGED, e);
    } catch (BandMismatchException e) {
      throw new TileRejectedException(BANDS_MISSING, e);
    } finally {
      scenes.values().forEach(Scene::close);
    }
  }

  private void requireSize() throws TileRejectedException {
    if (width > MAX_EDGE || height > MAX_EDGE) {
      throw new TileRejectedException(
          TOO_LARGE,
          "%s: found %d x %d pixels, expected at most %d x %d"
              .formatted(this, width, height, MAX_EDGE, MAX_EDGE));
    }
  }

  private UtmZone zone(Scene scene) throws TileRejectedException {
    Optional<Crs> crs = scene.crs().filter(system -> !system.geographic());
    try {
      return UtmZone.ofEpsg(crs.orElseThrow(() -> noPlace(scene)).epsg());
    } catch (IllegalArgumentException e) {
      throw noPlace(scene);
    }
  }

  private TileRejectedException noPlace(Scene scene) {
    return new TileRejectedException(
        NO_PLACE,
        "%s: found system %s and transform %s, expected WGS 84 UTM (EPSG:32601-32660, 32701-32760)"
            .formatted(this, scene.crs(), scene.transform()));
  }

  private void requirePixelSize() throws TileRejectedException {
    double right = transform.columnX() * width;
    double down = -transform.rowY() * height;
    if (Math.abs(right - PIXEL * width) > TOLERANCE
        || Math.abs(down - PIXEL * height) > TOLERANCE
        || Math.abs(transform.rowX() * height) > TOLERANCE
        || Math.abs(transform.columnY() * width) > TOLERANCE) {
      throw new TileRejectedException(
          OTHER_PIXEL_SIZE,
          "%s: found %s, %d x %d pixels, expected north-up pixels of 10 m"
              .formatted(this, transform, width, height));
    }
  }

  private void requireSameGrid(Scene scene) throws TileRejectedException {
    Optional<GeoTransform> other = scene.transform();
    if (scene.width() != width
        || scene.height() != height
        || !scene.crs().equals(Optional.of(zone.crs()))
        || other.isEmpty()
        || !sameCorner(other.get(), 0, 0)
        || !sameCorner(other.get(), width, height)) {
      throw new TileRejectedException(
          OTHER_GRID,
          "%s: found %d x %d pixels, %s, %s in %s, expected those of the other sensor, %d x %d, %s, %s"
              .formatted(
                  this,
                  scene.width(),
                  scene.height(),
                  scene.crs(),
                  other,
                  scene.sensor(),
                  width,
                  height,
                  zone.crs(),
                  transform));
    }
  }

  private boolean sameCorner(GeoTransform other, int column, int row) {
    return Math.abs(other.x(column, row) - transform.x(column, row)) <= TOLERANCE
        && Math.abs(other.y(column, row) - transform.y(column, row)) <= TOLERANCE;
  }

  private void add(Scene scene) throws TileRejectedException {
    float[] data = scene.read(scene.window()).data();
    boolean optical = scene.sensor() == Sensor.SENTINEL2;
    byte flag = optical ? INVALID_S2 : INVALID_S1;
    int at = 0;
    for (Band band : scene.bands()) {
      for (int pixel = 0; pixel < invalid.length; pixel++, at++) {
        float value = data[at];
        if (optical && value != (char) value && !Float.isNaN(value)) {
          throw new TileRejectedException(
              NO_NUMBERS,
              "%s: found %s in %s, expected whole numbers from 0 to 65535"
                  .formatted(this, value, band));
        }
        if (optical && value == 0) {
          data[at] = Float.NaN;
        }
        if (Float.isNaN(data[at])) {
          invalid[pixel] |= flag;
        }
      }
    }
    values.put(scene.sensor(), data);
  }

  /** What becomes of a square when at most a fraction of its pixels may be invalid. */
  PatchOutcome outcome(PatchGrid grid, int row, int column, double maxInvalid) {
    if (!grid.isWhole(row, column)) {
      return PatchOutcome.BORDER;
    }
    int count = 0;
    int sensors = 0;
    for (int y = row * grid.stride(); y < row * grid.stride() + grid.patch(); y++) {
      int start = y * width + column * grid.stride();
      for (int i = start; i < start + grid.patch(); i++) {
        sensors |= invalid[i];
        count += invalid[i] == 0 ? 0 : 1;
      }
    }
    if (count <= maxInvalid * grid.patch() * grid.patch()) {
      return PatchOutcome.KEPT;
    }
    return faultOf(sensors);
  }

  /** What a pixel is dropped for; KEPT when it is valid. */
  PatchOutcome fault(int pixel) {
    return faultOf(invalid[pixel]);
  }

  private static PatchOutcome faultOf(int sensors) {
    return switch (sensors) {
      case 0 -> PatchOutcome.KEPT;
      case INVALID_S2 -> PatchOutcome.NO_DATA_S2;
      case INVALID_S1 -> PatchOutcome.NO_DATA_S1;
      default -> PatchOutcome.NO_DATA_BOTH;
    };
  }

  /** {@code [bands, height, width]} of one sensor, NaN for no data. */
  float[] values(Sensor sensor) {
    return Objects.requireNonNull(values.get(sensor));
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  UtmZone zone() {
    return zone;
  }

  GeoTransform transform() {
    return transform;
  }

  Optional<String> product(Sensor sensor) {
    return Optional.ofNullable(tiles.get(sensor)).map(Tile::product);
  }

  String cell() {
    return tiles.values().iterator().next().cell();
  }

  @Override
  public String toString() {
    return "cell " + cell();
  }
}
