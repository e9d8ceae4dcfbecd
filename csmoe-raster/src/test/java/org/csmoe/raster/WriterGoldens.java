package org.csmoe.raster;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Small files of every kind that the writer writes; src/test/python/check_cog.py reads them. */
final class WriterGoldens {
  private WriterGoldens() {}

  /** A file and what is in it. */
  record Golden(String name, int width, int height, int bands, PixelType type) {
    double[] pixels() {
      double[] pixels = new double[bands * width * height];
      for (int i = 0; i < pixels.length; i++) {
        int x = i % width;
        int y = i / width % height;
        int base = (7 * x * x + 13 * y + 29 * (i / (width * height)) + x * y) % 113;
        pixels[i] =
            switch (type) {
              case UINT8, INT8 -> base;
              case UINT16, INT16 -> base * 250 + (type == PixelType.INT16 ? -12_000 : 0);
              case UINT32, INT32 -> base * 10_000_001.0 + (type == PixelType.INT32 ? -1e9 : 0);
              case FLOAT32 -> base / 8.0 - 5;
              case FLOAT64 -> base * 1.1 - 5;
            };
      }
      return pixels;
    }

    /** The pixels with holes where there is a value for them. */
    double[] holed() {
      double[] pixels = pixels();
      for (int i = 0; i < pixels.length; i++) {
        int x = i % width;
        int y = i / width % height;
        if ((x / 20 == 1 && y < 40) || i % 17 == 0) {
          pixels[i] = Double.NaN;
        }
      }
      return pixels;
    }

    void write(Path folder) {
      GeoTiffWriterBuilder builder =
          GeoTiffWriter.builder(folder.resolve(name), width, height, bands)
              .tileSize(16)
              .pixelType(type);
      double[] pixels = pixels();
      if (name.startsWith("cog")) {
        pixels = holed();
        builder
            .cloudOptimized(
                type == PixelType.UINT8 ? OverviewResampling.NEAREST : OverviewResampling.AVERAGE)
            .noData(type == PixelType.UINT8 ? 255 : -9999)
            .bigTiff(type == PixelType.INT16)
            .crs(type == PixelType.UINT8 ? Crs.geographic(4326) : Crs.projected(32632))
            .transform(GeoTransform.northUp(600000, 5300040, 10))
            .bandNames(IntStream.range(0, bands).mapToObj(i -> "band <" + i + ">").toList())
            .metadata(Map.of("MODEL", "a & b", "LEGEND", "10 = \"trees\"\n20 < grass"));
      } else if (name.contains("none")) {
        builder.predictor(Predictor.NONE);
      } else if (name.contains("horizontal")) {
        builder.predictor(Predictor.HORIZONTAL);
      }
      try (GeoTiffWriter writer = builder.open()) {
        writer.write(new Window(0, 0, width, height), pixels);
        writer.commit();
      }
    }
  }

  static List<Golden> all() {
    return Stream.concat(
            Stream.of(
                new Golden("cog_float32.tif", 150, 77, 2, PixelType.FLOAT32),
                new Golden("cog_int16.tif", 128, 64, 3, PixelType.INT16),
                new Golden("cog_uint8.tif", 101, 100, 1, PixelType.UINT8)),
            Stream.of(PixelType.values())
                .flatMap(
                    type ->
                        Stream.of("none", "horizontal", "default")
                            .map(
                                predictor ->
                                    new Golden(
                                        "%s_%s.tif"
                                            .formatted(type, predictor)
                                            .toLowerCase(Locale.ROOT),
                                        21,
                                        19,
                                        2,
                                        type))))
        .toList();
  }

  /** Writes the files into a folder. */
  public static void main(String[] arguments) {
    all().forEach(golden -> golden.write(Path.of(arguments[0])));
  }
}
