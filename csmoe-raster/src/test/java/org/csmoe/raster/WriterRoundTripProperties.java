package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WriterRoundTripProperties {
  @Property(tries = 60)
  void everyWindowReadsAsItWasWritten(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 1, max = 5) int bands,
      @ForAll @IntRange(min = 1, max = 3) int tiles,
      @ForAll boolean big,
      @ForAll boolean nanIsStored,
      @ForAll long seed)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    float[] data = new float[bands * width * height];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextInt(9) == 0 ? Float.NaN : anyFloat(random);
    }
    Path path = Files.createTempFile("round-trip", ".tif");
    try {
      GeoTiffWriterBuilder builder =
          GeoTiffWriter.builder(path, width, height, bands)
              .tileSize(16 * tiles)
              .bigTiff(big)
              .bandNames(IntStream.range(0, bands).mapToObj(i -> "t<" + i + ">&").toList());
      if (!nanIsStored) {
        builder.noData(-9999);
      }
      write(builder, width, height, bands, data);
      try (GeoTiff tiff = GeoTiff.open(path, random.nextInt(1 << 14))) {
        assertThat(tiff.info().bigTiff()).isEqualTo(big);
        assertThat(tiff.info().bandNames())
            .isEqualTo(IntStream.range(0, bands).mapToObj(i -> "t<" + i + ">&").toList());
        for (int band = 0; band < bands; band++) {
          assertThat(tiff.readFloats(band, tiff.info().window()))
              .isEqualTo(
                  Arrays.copyOfRange(data, band * width * height, (band + 1) * width * height));
        }
        int x = random.nextInt(width);
        int y = random.nextInt(height);
        Window window =
            new Window(x, y, 1 + random.nextInt(width - x), 1 + random.nextInt(height - y));
        int band = random.nextInt(bands);
        assertThat(tiff.readFloats(band, window)).isEqualTo(cut(data, width, height, band, window));
      }
    } finally {
      Files.delete(path);
    }
  }

  /** Writes tile rows from the bottom up: the order of windows is free. */
  private static void write(
      GeoTiffWriterBuilder builder, int width, int height, int bands, float[] data) {
    try (GeoTiffWriter writer = builder.open()) {
      int size = writer.tileSize();
      for (int y = (height - 1) / size * size; y >= 0; y -= size) {
        Window rows = new Window(0, y, width, Math.min(size, height - y));
        float[] part = new float[bands * rows.width() * rows.height()];
        for (int band = 0; band < bands; band++) {
          float[] cut = cut(data, width, height, band, rows);
          System.arraycopy(cut, 0, part, band * cut.length, cut.length);
        }
        writer.write(rows, part);
      }
      writer.commit();
    }
  }

  private static float[] cut(float[] data, int width, int height, int band, Window window) {
    float[] part = new float[window.width() * window.height()];
    for (int row = 0; row < window.height(); row++) {
      int from = (band * height + window.y() + row) * width + window.x();
      System.arraycopy(data, from, part, row * window.width(), window.width());
    }
    return part;
  }

  private static float anyFloat(SplittableRandom random) {
    float value = Float.intBitsToFloat(random.nextInt());
    return Float.isNaN(value) ? 0 : value;
  }

  @Property
  void aTransformIsWrittenAndInverted(
      @ForAll @IntRange(min = -1000, max = 1000) int originX,
      @ForAll @IntRange(min = 1, max = 100) int size,
      @ForAll @IntRange(min = -40, max = 40) int shear,
      @ForAll boolean geographic)
      throws IOException {
    GeoTransform transform = new GeoTransform(originX, size, shear, 5_000_000.25, shear, -size);
    Optional<Crs> crs = Optional.of(geographic ? Crs.geographic(4326) : Crs.projected(32633));
    Path path = Files.createTempFile("transform", ".tif");
    try {
      try (GeoTiffWriter writer =
          GeoTiffWriter.builder(path, 1, 1, 1).crs(crs.get()).transform(transform).open()) {
        writer.write(new Window(0, 0, 1, 1), new float[1]);
        writer.commit();
      }
      try (GeoTiff tiff = GeoTiff.open(path)) {
        assertThat(tiff.info().transform()).contains(transform);
        assertThat(tiff.info().crs()).isEqualTo(crs);
      }
    } finally {
      Files.delete(path);
    }
    // 1e-6 pixel: the origin has ten digits, a double sixteen.
    for (double[] pixel : new double[][] {{0, 0}, {3.5, 7.25}, {-2, 1000}}) {
      double x = transform.x(pixel[0], pixel[1]);
      double y = transform.y(pixel[0], pixel[1]);
      Stream.of(transform.column(x, y) - pixel[0], transform.row(x, y) - pixel[1])
          .forEach(error -> assertThat(Math.abs(error)).isLessThan(1e-6));
    }
  }
}
