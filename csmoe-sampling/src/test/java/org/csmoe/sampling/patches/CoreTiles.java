package org.csmoe.sampling.patches;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Window;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/** Small tiles in Major TOM Core's folder layout: B02 at 10 m, B11 at 20 m, VV and VH. */
final class CoreTiles {
  static final List<Band> BANDS = List.of(Band.B02, Band.B11);
  static final double LEFT = 400_000;
  static final double TOP = 2_000_000;

  private final Path root;

  CoreTiles(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** The digital number of a pixel that nobody has tampered with; the same for both bands. */
  static int number(int x, int y) {
    return 1 + (97 * x + 31 * y) % 10_000;
  }

  /** The linear power of a pixel that nobody has tampered with. */
  static float power(int x, int y) {
    return 0.001f * (1 + (7 * x + 3 * y) % 500);
  }

  /** A Sentinel-2 tile; returns its product folder. */
  Path s2(String cell, int width, int height) {
    Path folder = product("S2L2A", cell, "S2A_" + cell);
    float[] fine = new float[width * height];
    float[] coarse = new float[width * height / 4];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        fine[y * width + x] = number(x, y);
        coarse[y / 2 * (width / 2) + x / 2] = number(x / 2, y / 2);
      }
    }
    write(folder.resolve("B02.tif"), width, 10, fine);
    write(folder.resolve("B11.tif"), width / 2, 20, coarse);
    return folder;
  }

  /** A Sentinel-1 tile of linear power; returns its product folder. */
  Path s1(String cell, int width, int height) {
    Path folder = product("S1RTC", cell, "S1A_" + cell);
    write(folder.resolve("vv.tif"), width, 10, powers(width, height));
    write(folder.resolve("vh.tif"), width, 10, powers(width, height));
    return folder;
  }

  static float[] powers(int width, int height) {
    float[] power = new float[width * height];
    for (int i = 0; i < power.length; i++) {
      power[i] = power(i % width, i / width);
    }
    return power;
  }

  static float[] numbers(int width, int height) {
    float[] numbers = new float[width * height];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(i % width, i / width);
    }
    return numbers;
  }

  Path product(String modality, String cell, String name) {
    Path folder = root.resolve(modality).resolve(TileArchive.rowOf(cell)).resolve(cell);
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path path, int width, double pixel, float[] values) {
    write(path, width, GeoTransform.northUp(LEFT, TOP, pixel), 32648, values);
  }

  static void write(Path path, int width, GeoTransform transform, int epsg, float[] values) {
    int height = values.length / width;
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(path, width, height, 1)
            .crs(Crs.projected(epsg))
            .transform(transform)
            .noData(-32768)
            .open()) {
      writer.write(new Window(0, 0, width, height), values);
      writer.commit();
    }
  }

  TileArchive archive(Sensor sensor) {
    return TileArchive.folder(root, sensor);
  }

  /** Name to content of the files that do not depend on the time; whole contents, as Latin-1. */
  static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> children = Files.list(folder)) {
      for (Path file : children.toList()) {
        if (!file.endsWith(PatchFolder.PROVENANCE)) {
          files.put(
              file.getFileName().toString(),
              new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return files;
  }
}
