package org.csmoe.raster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.csmoe.BandMismatchException;
import org.csmoe.RasterFormatException;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/** Recognises scenes among files and folders by their names and headers. */
final class Product {
  private static final int MIN_SENTINEL2_BANDS = 10;

  private Product() {}

  /**
   * The band files of one sensor in a folder. A file belongs to a band when its name without
   * extension, or what follows the last underscore, is the band's name.
   *
   * @throws BandMismatchException when two files claim the same band
   */
  static Map<Band, Path> bandFiles(Path folder, Sensor sensor) {
    Map<Band, Path> files = new EnumMap<>(Band.class);
    for (Path file : children(folder)) {
      Optional<Band> band = bandOf(file).filter(found -> found.sensor() == sensor);
      if (band.isPresent() && Files.isRegularFile(file)) {
        Path other = files.put(band.get(), file);
        if (other != null) {
          throw new BandMismatchException(
              "%s: found two files of band %s, %s and %s, expected a folder with one scene"
                  .formatted(folder, band.get(), other.getFileName(), file.getFileName()));
        }
      }
    }
    return Collections.unmodifiableMap(files);
  }

  static List<Path> find(Path path, Sensor sensor) {
    List<Path> scenes = new ArrayList<>();
    collect(path, sensor, scenes);
    return List.copyOf(scenes);
  }

  private static void collect(Path path, Sensor sensor, List<Path> scenes) {
    if (isScene(path, sensor)) {
      scenes.add(path);
    } else if (Files.isDirectory(path)) {
      for (Path child : children(path)) {
        if (!Files.isSymbolicLink(child) || Files.isRegularFile(child)) {
          collect(child, sensor, scenes);
        }
      }
    }
  }

  static boolean isScene(Path path, Sensor sensor) {
    if (Files.isDirectory(path)) {
      return !bandFiles(path, sensor).isEmpty();
    }
    return Files.isRegularFile(path) && isTiff(path) && holdsScene(path, sensor);
  }

  private static boolean holdsScene(Path file, Sensor sensor) {
    String stem = stem(file).toLowerCase(Locale.ROOT);
    for (Sensor named : Sensor.values()) {
      if (stem.endsWith("_" + named.shortName())) {
        return named == sensor;
      }
    }
    if (bandOf(file).isPresent()) {
      return false;
    }
    try (GeoTiff tiff = GeoTiff.open(file, 0)) {
      List<Band> named = namedBands(tiff.info());
      if (!named.isEmpty()) {
        return named.stream().anyMatch(band -> band.sensor() == sensor);
      }
      int bands = tiff.info().bands();
      return sensor == Sensor.SENTINEL1 ? bands == 2 : bands >= MIN_SENTINEL2_BANDS;
    } catch (RasterFormatException e) {
      // Opening it will say what is wrong; leaving it out would hide a damaged scene.
      return true;
    }
  }

  /** The bands that the file's descriptions name; empty when no description is a band's name. */
  static List<Band> namedBands(RasterInfo info) {
    return info.bandNames().stream().flatMap(name -> Band.find(name).stream()).toList();
  }

  private static Optional<Band> bandOf(Path file) {
    if (!isTiff(file)) {
      return Optional.empty();
    }
    String stem = stem(file);
    return Band.find(stem.substring(stem.lastIndexOf('_') + 1));
  }

  private static boolean isTiff(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".tif") || name.endsWith(".tiff");
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be listed", e);
    }
  }
}
