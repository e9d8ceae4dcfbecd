package org.csmoe.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.csmoe.CsMoeException;
import org.csmoe.RasterFormatException;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Scene;
import org.csmoe.raster.SceneBuilder;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * A place in GeoTIFFs: a scene per sensor, which must have one size and lie on each other.
 *
 * @param sources one per sensor
 * @param tolerance how many pixels the corners of the two scenes may lie apart
 * @param target reads what is to be predicted
 */
record ScenePlace(
    String id,
    Map<Sensor, Source> sources,
    double tolerance,
    Optional<DatasetSplit> split,
    Supplier<Target> target)
    implements Place {

  /** Half a pixel: rounding in headers, not another grid. */
  static final double SAME_GRID = 0.5;

  private static final long CACHE_BYTES = 16L << 20;
  private static final int MAX_EDGE = 8192;

  /**
   * Where a scene is.
   *
   * @param path a file or a folder of band files
   * @param bandOrder of a file that does not name its bands; empty when names are to be used
   */
  record Source(Path path, List<Band> bandOrder) {

    static Source of(Path path) {
      return new Source(path, List.of());
    }
  }

  @Override
  public Sample read() {
    Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
    Map<Sensor, Scene> scenes = new EnumMap<>(Sensor.class);
    try {
      sources.forEach((sensor, source) -> scenes.put(sensor, open(sensor, source)));
      requireOneGrid(scenes);
      scenes.forEach((sensor, scene) -> images.put(sensor, scene.read(scene.window())));
    } finally {
      scenes.values().forEach(Scene::close);
    }
    return new Sample(id, images, target.get());
  }

  private Scene open(Sensor sensor, Source source) {
    if (!Files.exists(source.path())) {
      throw new CsMoeException(
          "%s: found no scene of %s, expected one for %s; give onlySensor to do without it"
              .formatted(source.path(), sensor, id));
    }
    SceneBuilder builder = Scene.builder(source.path(), sensor).cacheBytes(CACHE_BYTES);
    if (!source.bandOrder().isEmpty()) {
      builder.bandOrder(source.bandOrder());
    }
    Scene scene = builder.open();
    if (scene.width() > MAX_EDGE || scene.height() > MAX_EDGE) {
      scene.close();
      throw new RasterFormatException(
          "%s: found %d x %d pixels, expected at most %d x %d, since images are read whole; cut it into patches first"
              .formatted(source.path(), scene.width(), scene.height(), MAX_EDGE, MAX_EDGE));
    }
    return scene;
  }

  private void requireOneGrid(Map<Sensor, Scene> scenes) {
    Scene s1 = scenes.get(Sensor.SENTINEL1);
    Scene s2 = scenes.get(Sensor.SENTINEL2);
    if (s1 == null || s2 == null) {
      return;
    }
    boolean sizes = s1.width() == s2.width() && s1.height() == s2.height();
    if (!sizes || !s1.crs().equals(s2.crs()) || !cornersMeet(s1, s2)) {
      throw new RasterFormatException(
          "%s: found grids that differ, Sentinel-1 %s and Sentinel-2 %s, expected one size, one CRS and corners at most %s pixels apart"
              .formatted(id, grid(s1), grid(s2), tolerance));
    }
  }

  private boolean cornersMeet(Scene s1, Scene s2) {
    if (s1.transform().isEmpty() || s2.transform().isEmpty()) {
      return true;
    }
    GeoTransform grid = s2.transform().get();
    GeoTransform other = s1.transform().get();
    return meet(grid, other, 0, 0) && meet(grid, other, s2.width(), s2.height());
  }

  private boolean meet(GeoTransform grid, GeoTransform other, int column, int row) {
    double x = other.x(column, row);
    double y = other.y(column, row);
    return Math.abs(grid.column(x, y) - column) <= tolerance
        && Math.abs(grid.row(x, y) - row) <= tolerance;
  }

  private static String grid(Scene scene) {
    return "%d x %d pixels %s %s"
        .formatted(
            scene.width(),
            scene.height(),
            scene.crs().map(Object::toString).orElse("without CRS"),
            scene.transform().map(Object::toString).orElse("without transform"));
  }
}
