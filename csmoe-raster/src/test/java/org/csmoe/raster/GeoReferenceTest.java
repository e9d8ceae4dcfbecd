package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Places as GDAL and PROJ say them; see src/test/python/make_georeference.py. */
class GeoReferenceTest {
  private final Path folder;

  GeoReferenceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Path golden() {
    return GoldenReadTest.folder().resolve("../georeference");
  }

  static Stream<List<String>> rows() throws IOException {
    return Files.readAllLines(golden().resolve("georeference.csv")).stream()
        .skip(1)
        .map(line -> Arrays.asList(line.split(",", -1)));
  }

  private static double[] numbers(String text) {
    return Stream.of(text.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void systemTransformAndScalingAreGdals(List<String> row) {
    RasterInfo info;
    try (GeoTiff tiff = GeoTiff.open(golden().resolve(row.get(0)))) {
      info = tiff.info();
    }
    assertThat(info.crs().map(crs -> Integer.toString(crs.epsg())).orElse(""))
        .isEqualTo(row.get(1));
    GeoTransform found = info.transform().orElseThrow();
    assertThat(
            new double[] {
              found.originX(), found.columnX(), found.rowX(),
              found.originY(), found.columnY(), found.rowY()
            })
        // GDAL subtracts the half pixel of pixel-is-point in another order.
        .containsExactly(numbers(row.get(2)), within(1e-9));
    double[] scales = numbers(row.get(3));
    double[] offsets = numbers(row.get(4));
    assertThat(info.scalings())
        .containsExactly(new Scaling(scales[0], offsets[0]), new Scaling(scales[1], offsets[1]));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theCornerOfAUtmRasterIsWhereProjPutsIt(List<String> row) {
    if (row.get(5).isEmpty()) {
      return;
    }
    try (GeoTiff tiff = GeoTiff.open(golden().resolve(row.get(0)))) {
      GeoTransform transform = tiff.info().transform().orElseThrow();
      double[] point = new double[2];
      UtmZone.ofEpsg(tiff.info().crs().orElseThrow().epsg())
          .toDegrees(transform.x(0, 0), transform.y(0, 0), point);
      // A micrometre in degrees of latitude.
      assertThat(point).containsExactly(numbers(row.get(5)), within(1e-11));
    }
  }

  @Test
  void columnsOfARasterAcrossTheDatelineGoOnBeyond180Degrees() {
    try (GeoTiff tiff = GeoTiff.open(golden().resolve("wgs84_across_dateline.tif"))) {
      GeoTransform transform = tiff.info().transform().orElseThrow();
      assertThat(transform.x(3, 0)).isEqualTo(180.75);
      assertThat(transform.column(180.75, 10)).isEqualTo(3);
    }
  }

  @Test
  void zonesOnBothSidesOfTheDatelineMeetThere() {
    double[] east = new double[2];
    double[] west = new double[2];
    new UtmZone(60, false).toMetres(-179.9, 70, east);
    new UtmZone(60, false).toMetres(180.1, 70, west);
    // The same point; a micrometre, since 180.1 - 177 and -179.9 - 177 + 360 differ in the last
    // bit.
    assertThat(east).containsExactly(west, within(1e-6));
    new UtmZone(60, false).toDegrees(east[0], east[1], west);
    assertThat(west[0]).isCloseTo(-179.9, within(1e-11));
  }

  @Test
  void pixelsStayAsStoredWhateverTheScaleSays() {
    try (GeoTiff tiff = GeoTiff.open(golden().resolve("utm32_area.tif"))) {
      float[] pixels = tiff.readFloats(0, tiff.info().window());
      assertThat(pixels).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(tiff.info().scalings().get(0).apply(pixels[5]))
          .isCloseTo(5 * 0.0001 - 0.1, within(1e-15)); // one rounding
    }
  }

  @Test
  void aScaleThatIsNoNumberIsRefusedWithTheTag() {
    for (String text : List.of("x", "NaN", "Infinity", "")) {
      String xml =
          "<GDALMetadata><Item name=\"SCALE\" sample=\"0\" role=\"scale\">%s</Item></GDALMetadata>"
              .formatted(text);
      Path path =
          TestTiff.write(
              folder.resolve("scale.tif"),
              2,
              2,
              d -> d.text(TiffTag.GDAL_METADATA, xml),
              new int[4]);
      assertThatThrownBy(() -> GeoTiff.open(path))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("scale.tif: tag GDAL_METADATA");
    }
  }

  @Test
  void aPlaceBeyondAllNumbersIsRefused() {
    Path path =
        TestTiff.write(
            folder.resolve("far.tif"),
            2,
            2,
            d -> {
              d.doubles(TiffTag.MODEL_PIXEL_SCALE, 1.7e308, 1e-300, 0);
              d.doubles(TiffTag.MODEL_TIE_POINT, 0, 0, 0, -1.7e308, 0, 0);
              d.shorts(TiffTag.GEO_KEY_DIRECTORY, 1, 1, 0, 1, 1025, 0, 1, 2);
            },
            new int[4]);
    assertThatThrownBy(() -> GeoTiff.open(path))
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("MODEL_TIE_POINT");
  }
}
