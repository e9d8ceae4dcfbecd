package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that GDAL wrote, with GDAL's checksums; see src/test/python/make_golden.py. */
class GoldenReadTest {
  private static final int WIDTH = 21;
  private static final int HEIGHT = 19;

  static Path folder() {
    try {
      return Path.of(
              Objects.requireNonNull(GoldenReadTest.class.getResource("golden/golden.csv")).toURI())
          .resolveSibling(".");
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<List<String>> rows() throws IOException {
    return Files.readAllLines(folder().resolve("golden.csv")).stream()
        .skip(1)
        .map(line -> Arrays.asList(line.split(",", -1)));
  }

  private static double expected(PixelType type, int x, int y, int band) {
    int base = 7 * x + 13 * y + 29 * band;
    return switch (type) {
      case UINT8 -> base % 128;
      case INT8 -> base % 128 - 64;
      case UINT16, UINT32 -> base * 31;
      case INT16, INT32 -> base * 31 - 1500;
      case FLOAT32, FLOAT64 -> base / 8.0 - 20;
    };
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyPixelIsWhatGdalWrote(List<String> row) {
    try (GeoTiff tiff = GeoTiff.open(folder().resolve(row.get(0)))) {
      PixelType type = tiff.info().pixelType();
      for (int band = 0; band < 2; band++) {
        double[] pixels = tiff.readRaw(band, tiff.info().window());
        for (int y = 0; y < HEIGHT; y++) {
          for (int x = 0; x < WIDTH; x++) {
            assertThat(pixels[y * WIDTH + x])
                .as("x=%d y=%d band=%d", x, y, band)
                .isEqualTo(expected(type, x, y, band));
          }
        }
        assertThat(GdalChecksum.of(tiff, band)).isEqualTo(Integer.parseInt(row.get(5 + band)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bytesAndRowsOfAWindowAreItsPixels(List<String> row) {
    Window window = new Window(3, 2, 17, 15);
    try (GeoTiff tiff = GeoTiff.open(folder().resolve(row.get(0)))) {
      for (int band = 0; band < 2; band++) {
        double[] pixels = tiff.readRaw(band, window);
        double[] rows = new double[pixels.length];
        tiff.readRaw(band, window, (part, n, at) -> System.arraycopy(part, 0, rows, at, n));
        assertThat(rows).isEqualTo(pixels);
        byte[] bytes = new byte[pixels.length + 1];
        int plane = band;
        if (tiff.info().pixelType() != PixelType.UINT8) {
          assertThatThrownBy(() -> tiff.readBytes(plane, window, bytes, 1))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("UINT8");
          continue;
        }
        tiff.readBytes(band, window, bytes, 1);
        for (int i = 0; i < pixels.length; i++) {
          assertThat(bytes[i + 1] & 0xFF).isEqualTo((int) pixels[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aFileInMemoryReadsLikeTheOneOnDisk(List<String> row) throws IOException {
    Path path = folder().resolve(row.get(0));
    try (GeoTiff disk = GeoTiff.open(path);
        GeoTiff memory = GeoTiff.open(row.get(0), Files.readAllBytes(path))) {
      assertThat(memory.info()).isEqualTo(disk.info());
      for (int band = 0; band < 2; band++) {
        assertThat(GdalChecksum.of(memory, band)).isEqualTo(Integer.parseInt(row.get(5 + band)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theHeaderIsWhatGdalSays(List<String> row) {
    try (GeoTiff tiff = GeoTiff.open(folder().resolve(row.get(0)))) {
      RasterInfo info = tiff.info();
      assertThat(info.width()).isEqualTo(WIDTH);
      assertThat(info.height()).isEqualTo(HEIGHT);
      assertThat(info.bands()).isEqualTo(2);
      assertThat(info.crs().map(crs -> Integer.toString(crs.epsg())).orElse(""))
          .isEqualTo(row.get(1));
      double[] transform =
          Stream.of(row.get(2).split(" ", -1))
              .filter(text -> !text.isEmpty())
              .mapToDouble(Double::parseDouble)
              .toArray();
      assertThat(info.transform().isPresent()).isEqualTo(transform.length == 6);
      info.transform()
          .ifPresent(
              found ->
                  assertThat(
                          new double[] {
                            found.originX(), found.columnX(), found.rowX(),
                            found.originY(), found.columnY(), found.rowY()
                          })
                      // GDAL subtracts the half pixel of pixel-is-point in another order.
                      .containsExactly(transform, within(1e-9)));
      assertThat(info.noData())
          .isEqualTo(
              row.get(3).isEmpty()
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(
                      row.get(3).equals("nan") ? Double.NaN : Double.parseDouble(row.get(3))));
      assertThat(String.join("|", info.bandNames())).isEqualTo(row.get(4));
      assertThat(info.blockWidth() + "x" + info.blockHeight()).isEqualTo(row.get(7));
      assertThat(Boolean.toString(info.bigTiff())).isEqualToIgnoringCase(row.get(8));
    }
  }

  @Test
  void theMatrixHoldsEveryTypeCompressionPredictorAndLayout() throws IOException {
    List<String> names = rows().map(row -> row.get(0)).toList();
    for (PixelType type : PixelType.values()) {
      for (Compression compression : Compression.values()) {
        if (compression == Compression.ZSTD || compression == Compression.JPEG) {
          continue; // GDAL of Debian 12 has no ZSTD; SamplesTest has it, and JpegTest JPEG.
        }
        String start = (type + "_" + compression).toLowerCase(Locale.ROOT);
        assertThat(names).anyMatch(name -> name.startsWith(start));
      }
    }
    for (String layout :
        List.of("strip_pixel", "strip_band", "tile_pixel", "tile_band", "big_yes", "big_no")) {
      assertThat(names).anyMatch(name -> name.contains(layout));
    }
  }

  @Test
  void aPixelThatEqualsNoDataIsNaNInFloatsOnly() {
    try (GeoTiff tiff = GeoTiff.open(folder().resolve("geo_projected.tif"))) {
      Window first = new Window(0, 0, 2, 1);
      assertThat(tiff.readRaw(0, first)).containsExactly(-1500, -1283);
      assertThat(tiff.readFloats(0, first)).containsExactly(Float.NaN, -1283);
      BandSummary summary = tiff.summarize(0);
      assertThat(summary.validCount()).isEqualTo(WIDTH * HEIGHT - 1);
      assertThat(summary.min()).isEqualTo(-1283);
      assertThat(summary.max()).isEqualTo((7 * 20 + 13 * 18) * 31 - 1500);
    }
  }
}
