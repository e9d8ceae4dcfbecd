package org.csmoe.raster;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * One scene of one sensor: named bands on one grid of 10 m, read by windows.
 *
 * <p>A scene is either one multi-band GeoTIFF or a folder with one GeoTIFF per band, such as Major
 * TOM Core ({@code B02.tif}, {@code vv.tif}), BigEarthNet v2 ({@code <id>_B02.tif}, {@code
 * <id>_VV.tif}) and SSL4EO-S12 ({@code B2.tif}, {@code VV.tif}). The grid is that of the finest
 * band; coarser bands are brought to it by repeating pixels (nearest neighbour). Bands are found by
 * name. The order of an unnamed file is never guessed, except that twelve Sentinel-2 bands are
 * {@link BandOrder#L2A}.
 *
 * <p>Values are reflectance x 10^4 as stored (no offset is taken away) or decibels. NaN is no data:
 * the value that the file declares; 0 in Sentinel-2 files of integers that declare none; linear
 * Sentinel-1 power that is not positive; anything infinite.
 *
 * <p>Safe for use by several threads; memory is bounded by the cache and the window. Whoever opens
 * a scene closes it. Errors while reading are those of {@link GeoTiff}.
 */
public final class Scene implements AutoCloseable {
  private final Sensor sensor;
  private final List<Band> bands;
  private final RasterInfo grid;
  private final List<Plane> planes;
  private final List<GeoTiff> files;

  /** Where a band comes from and how its values are brought to the scene's grid and unit. */
  record Plane(GeoTiff tiff, int index, int factor, boolean zeroIsNoData, boolean linear) {
    void read(Window window, float[] target, int offset) {
      if (factor == 1) {
        tiff.readFloats(index, window, target, offset);
      } else {
        repeat(window, target, offset);
      }
      int end = offset + window.width() * window.height();
      for (int i = offset; i < end; i++) {
        float value = target[i];
        if ((zeroIsNoData && value == 0) || Float.isInfinite(value)) {
          target[i] = Float.NaN;
        } else if (linear) {
          target[i] = value > 0 ? (float) (10 * Math.log10(value)) : Float.NaN;
        }
      }
    }

    private void repeat(Window window, float[] target, int offset) {
      Window coarse = window.coarsened(factor);
      float[] pixels = tiff.readFloats(index, coarse);
      int at = offset;
      for (int y = window.y(); y < window.y() + window.height(); y++) {
        int row = (y / factor - coarse.y()) * coarse.width() - coarse.x();
        for (int x = window.x(); x < window.x() + window.width(); x++) {
          target[at++] = pixels[row + x / factor];
        }
      }
    }
  }

  Scene(Sensor sensor, List<Band> bands, RasterInfo grid, List<Plane> planes, List<GeoTiff> files) {
    this.sensor = sensor;
    this.bands = List.copyOf(bands);
    this.grid = grid;
    this.planes = List.copyOf(planes);
    this.files = List.copyOf(files);
  }

  /**
   * Opens a scene with the sensor's {@linkplain Sensor#defaultBands() default bands}.
   *
   * @param path a multi-band GeoTIFF or a folder with one file per band
   * @param sensor the sensor; a folder may hold files of both
   * @return the open scene
   * @throws org.csmoe.BandMismatchException when bands are missing or their order is not known
   * @throws org.csmoe.RasterFormatException when a file is malformed or grids do not fit
   * @throws java.io.UncheckedIOException when a file cannot be opened
   */
  public static Scene open(Path path, Sensor sensor) {
    return builder(path, sensor).open();
  }

  /**
   * Opens a scene with some bands.
   *
   * @param path a multi-band GeoTIFF or a folder with one file per band
   * @param sensor the sensor; a folder may hold files of both
   * @param bands the bands to read, in the order of the image
   * @return the open scene
   * @throws org.csmoe.BandMismatchException when bands are missing or their order is not known
   * @throws org.csmoe.RasterFormatException when a file is malformed or grids do not fit
   * @throws java.io.UncheckedIOException when a file cannot be opened
   */
  public static Scene open(Path path, Sensor sensor, List<Band> bands) {
    return builder(path, sensor).bands(bands).open();
  }

  /**
   * Begins a scene with options.
   *
   * @param path a multi-band GeoTIFF or a folder with one file per band
   * @param sensor the sensor; a folder may hold files of both
   * @return a builder, to be ended by {@link SceneBuilder#open()}
   */
  public static SceneBuilder builder(Path path, Sensor sensor) {
    return new SceneBuilder(path, sensor);
  }

  /**
   * Begins a scene whose band files are in memory, such as one row of Major TOM Core's Parquet
   * files.
   *
   * @param name what to call the scene in messages
   * @param sensor the sensor
   * @param files all bytes of one GeoTIFF per band by the band's name, such as {@code B02} or
   *     {@code vv}; other names are ignored; the arrays are not copied and must not change
   * @return a builder, to be ended by {@link SceneBuilder#open()}
   */
  public static SceneBuilder builder(String name, Sensor sensor, Map<String, byte[]> files) {
    return new SceneBuilder(name, sensor, files);
  }

  /**
   * Whether a path is a scene of a sensor: a folder with at least one band file of it, or a TIFF
   * whose name ends in {@code _s1} or {@code _s2} accordingly, whose descriptions name its bands,
   * or that has two (Sentinel-1) or at least ten (Sentinel-2) bands without such names. A TIFF that
   * cannot be read counts as a scene, so that opening it tells what is wrong. A file of a single
   * named band is not a scene but a part of one.
   *
   * @param path a file or folder
   * @param sensor the sensor
   * @return whether to open the path itself instead of looking inside it
   */
  public static boolean isScene(Path path, Sensor sensor) {
    return Product.isScene(path, sensor);
  }

  /**
   * Finds scenes: the path itself when it {@linkplain #isScene is one}, otherwise all scenes in the
   * folder and the folders below it. Links to folders are not followed.
   *
   * @param path a file or folder
   * @param sensor the sensor
   * @return paths for {@link #open}, in the order of their names; empty when there is none
   * @throws java.io.UncheckedIOException when a folder cannot be listed
   */
  public static List<Path> find(Path path, Sensor sensor) {
    return Product.find(path, sensor);
  }

  /**
   * Reads all bands of a window.
   *
   * @param window the pixels, inside the scene
   * @return {@code [bands, height, width]} in the order of {@link #bands()}, NaN for no data
   * @throws IllegalArgumentException when the window is not inside the scene
   * @throws org.csmoe.RasterFormatException when a block is malformed
   */
  public SensorImage read(Window window) {
    window.requireInside(grid.width(), grid.height(), bands.size());
    int pixels = window.width() * window.height();
    float[] data = new float[bands.size() * pixels];
    for (int i = 0; i < bands.size(); i++) {
      planes.get(i).read(window, data, i * pixels);
    }
    return SensorImage.of(sensor, bands, window.width(), window.height(), data);
  }

  /**
   * The sensor.
   *
   * @return the sensor that all bands belong to
   */
  public Sensor sensor() {
    return sensor;
  }

  /**
   * The bands.
   *
   * @return an immutable list in the order of the image
   */
  public List<Band> bands() {
    return bands;
  }

  /**
   * Pixels per row.
   *
   * @return columns of the 10 m grid
   */
  public int width() {
    return grid.width();
  }

  /**
   * Rows.
   *
   * @return rows of the 10 m grid
   */
  public int height() {
    return grid.height();
  }

  /**
   * The whole scene.
   *
   * @return the window of all pixels
   */
  public Window window() {
    return grid.window();
  }

  /**
   * The coordinate system.
   *
   * @return the EPSG code, when the files have one
   */
  public Optional<Crs> crs() {
    return grid.crs();
  }

  /**
   * Where the scene lies.
   *
   * @return from pixels of the 10 m grid to the map, when the files say so
   */
  public Optional<GeoTransform> transform() {
    return grid.transform();
  }

  /** Closes all files of the scene. */
  @Override
  public void close() {
    files.forEach(GeoTiff::close);
  }
}
