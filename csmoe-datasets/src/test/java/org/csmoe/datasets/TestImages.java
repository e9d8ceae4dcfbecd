package org.csmoe.datasets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.csmoe.raster.BandOrder;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTiffWriterBuilder;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Window;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/** Small TIFFs whose pixels tell where they are. */
final class TestImages {
  static final double LEFT = 400_000;

  private TestImages() {}

  /** The value of a pixel: no two of a file are alike. */
  static float value(int band, int x, int y) {
    return 1 + 10_000f * band + 100f * y + x;
  }

  static float[] values(int bands, int width, int height) {
    float[] values = new float[bands * width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(i / (width * height), i % width, i / width % height);
    }
    return values;
  }

  static Path write(Path file, int bands, int width, int height) {
    return write(file, bands, width, height, LEFT, values(bands, width, height));
  }

  static Path write(Path file, int bands, int width, int height, double left, float[] values) {
    return write(file, bands, List.of(), width, height, left, values);
  }

  /** A file that names its bands. */
  static Path write(
      Path file, List<Band> bands, int width, int height, double left, float[] values) {
    List<String> names = bands.stream().map(Band::name).toList();
    return write(file, names.size(), names, width, height, left, values);
  }

  private static Path write(
      Path file,
      int bands,
      List<String> names,
      int width,
      int height,
      double left,
      float[] values) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    GeoTiffWriterBuilder builder =
        GeoTiffWriter.builder(file, width, height, bands)
            .crs(Crs.projected(32632))
            .transform(GeoTransform.northUp(left, 5_000_000, 10));
    if (!names.isEmpty()) {
      builder.bandNames(names);
    }
    try (GeoTiffWriter writer = builder.open()) {
      writer.write(new Window(0, 0, width, height), values);
      writer.commit();
    }
    return file;
  }

  /** A pair in TerraMesh's layout. */
  static void terraMesh(Path root, String name, int width, int height) {
    write(s2(root, name), BandOrder.L2A.bands().size(), width, height);
    write(s1(root, name), 2, width, height);
  }

  static Path s2(Path root, String name) {
    return root.resolve("S2L2A").resolve(name + ".tif");
  }

  static Path s1(Path root, String name) {
    return root.resolve("S1RTC").resolve(name + ".tif");
  }

  /** The files of all default bands of a sensor, all of 10 m. */
  static void bandFiles(Path folder, String prefix, Sensor sensor, int size) {
    List<Band> bands = sensor.defaultBands();
    for (int i = 0; i < bands.size(); i++) {
      float[] values = new float[size * size];
      Arrays.fill(values, i + 1);
      write(folder.resolve(prefix + bands.get(i) + ".tif"), 1, size, size, LEFT, values);
    }
  }
}
