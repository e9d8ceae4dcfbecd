package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rarer samples, with GDAL's checksums; see src/test/python/make_samples.py. */
class SamplesTest {
  private static Path folder() {
    return GoldenReadTest.folder().resolve("../samples");
  }

  static Stream<List<String>> rows() throws IOException {
    return Files.readAllLines(folder().resolve("samples.csv")).stream()
        .skip(1)
        .map(line -> Arrays.asList(line.split(",", -1)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyBandHasGdalsChecksum(List<String> row) {
    try (GeoTiff tiff = GeoTiff.open(folder().resolve(row.get(0)))) {
      assertThat(tiff.info().pixelType().toString().toLowerCase(Locale.ROOT)).isEqualTo(row.get(1));
      assertThat(tiff.info().bands()).isEqualTo(Integer.parseInt(row.get(2)));
      List<String> checksums = new ArrayList<>();
      for (int band = 0; band < tiff.info().bands(); band++) {
        checksums.add(Integer.toString(GdalChecksum.of(tiff, band)));
      }
      assertThat(String.join(" ", checksums)).isEqualTo(row.get(3));
    }
  }

  @Test
  void floatsOfSixteenAndTwentyFourBitsAreExact() {
    for (String name : List.of("half_3_little.tif", "triple_little.tif", "triple_big.tif")) {
      try (GeoTiff tiff = GeoTiff.open(folder().resolve(name))) {
        assertThat(tiff.info().bitsPerSample()).isEqualTo(name.startsWith("half") ? 16 : 24);
        double[] pixels = tiff.readRaw(0, tiff.info().window());
        for (int i = 0; i < pixels.length; i++) {
          int x = i % 21;
          int y = i / 21;
          assertThat(pixels[i]).isEqualTo((7 * x + 13 * y * y) * 37 % 2048 / 16.0 - 100);
        }
      }
    }
  }

  /** GDAL and TIFF 6.0 disagree, so that nobody can say which pixels would be right. */
  @Test
  void bigEndianIntegersOfTwentyFourBitsAreRefused() throws IOException {
    byte[] file = Files.readAllBytes(folder().resolve("triple_big.tif"));
    byte[] format = {1, 83, 0, 3, 0, 0, 0, 1, 0, 3}; // SAMPLE_FORMAT, one SHORT: 3, float
    int at = 0;
    while (!Arrays.equals(file, at, at + format.length, format, 0, format.length)) {
      at++;
    }
    file[at + 9] = 1;
    assertThatThrownBy(() -> GeoTiff.open("24.tif", file))
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("24.tif: tag BITS_PER_SAMPLE")
        .hasMessageContaining("writers disagree");
  }

  @Test
  void smallFloatsHaveTheirSpecialValues() {
    assertThat(NarrowSamples.toFloat(0x3C00, 16)).isEqualTo(1);
    assertThat(NarrowSamples.toFloat(0x0001, 16)).isEqualTo((float) Math.pow(2, -24));
    assertThat(NarrowSamples.toFloat(0x7BFF, 16)).isEqualTo(65504);
    assertThat(NarrowSamples.toFloat(0xFC00, 16)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(NarrowSamples.toFloat(0x7C01, 16)).isNaN();
    assertThat(NarrowSamples.toFloat(0x8000, 16)).isEqualTo(-0f);
    assertThat(NarrowSamples.toFloat(0x3F0000, 24)).isEqualTo(1);
    assertThat(NarrowSamples.toFloat(0xBF8000, 24)).isEqualTo(-1.5f);
    assertThat(NarrowSamples.toFloat(0x000001, 24)).isEqualTo((float) Math.pow(2, -78));
    assertThat(NarrowSamples.toFloat(0x7F0000, 24)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(NarrowSamples.toFloat(0x7F0001, 24)).isNaN();
  }

  @Test
  void aWindowOfPackedBitsIsThePartOfTheWhole() {
    try (GeoTiff tiff = GeoTiff.open(folder().resolve("narrow_11.tif"))) {
      double[] whole = tiff.readRaw(1, tiff.info().window());
      double[] part = tiff.readRaw(1, new Window(5, 3, 13, 15));
      for (int i = 0; i < part.length; i++) {
        assertThat(part[i]).isEqualTo(whole[(3 + i / 13) * 21 + 5 + i % 13]);
      }
    }
  }

  @Test
  void withoutZstdJniTheMissingArtifactIsNamedAndOtherFilesAreRead() throws Exception {
    try (URLClassLoader loader = HidingLoader.without("com.github.luben")) {
      Method open = loader.loadClass(GeoTiff.class.getName()).getMethod("open", Path.class);
      ((AutoCloseable) open.invoke(null, folder().resolve("half_2_big.tif"))).close();
      assertThatThrownBy(() -> open.invoke(null, folder().resolve("zstd_int16_tile.tif")))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("zstd_int16_tile.tif")
          .hasMessageContaining("com.github.luben:zstd-jni");
    }
  }
}
