package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.csmoe.raster.GeoTransform;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKTReader;

/** Agreement with rasterio and numpy; see descriptors_golden.py. */
class GoldenDescriptorsTest {
  private final Path folder;

  GoldenDescriptorsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  static Stream<JsonNode> cases() throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    try (InputStream stream = GoldenDescriptorsTest.class.getResourceAsStream("golden.json")) {
      new ObjectMapper().readTree(stream).forEach(cases::add);
    }
    assertThat(cases).hasSize(6);
    return cases.stream();
  }

  private CategoricalRaster raster(JsonNode golden) {
    JsonNode t = golden.get("transform");
    GeoTransform transform =
        new GeoTransform(
            t.get(2).asDouble(),
            t.get(0).asDouble(),
            t.get(1).asDouble(),
            t.get(5).asDouble(),
            t.get(3).asDouble(),
            t.get(4).asDouble());
    Path path =
        TinyTiff.of(transform, golden.get("width").asInt(), golden.get("height").asInt())
            .codes((x, y) -> (7 * x + 13 * y + x * y) % 11)
            .noData("0")
            .write(folder.resolve("golden.tif"));
    return CategoricalRaster.builder(path).legend(Legend.numbers()).open();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pointsBelongToThePixelsOfRasterio(JsonNode golden) {
    try (CategoricalRaster raster = raster(golden)) {
      for (int i = 0; i < golden.get("classes").size(); i++) {
        double longitude = golden.get("longitudes").get(i).asDouble();
        double latitude = golden.get("latitudes").get(i).asDouble();
        int expected = golden.get("classes").get(i).asInt();
        assertThat(raster.classAt(longitude, latitude))
            .as("%s at %s, %s", golden.get("name"), longitude, latitude)
            .isEqualTo(expected == 0 ? CategoricalRaster.NO_DATA : expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void footprintsHaveTheAreasOfRasterioAndNumpy(JsonNode golden) throws ParseException {
    try (CategoricalRaster raster = raster(golden)) {
      for (JsonNode footprint : golden.get("footprints")) {
        String wkt = footprint.get("wkt").asText();
        ClassHistogram histogram = raster.histogram(new WKTReader().read(wkt));
        assertThat(histogram.pixels()).as(wkt).isEqualTo(footprint.get("pixels").asLong());
        double total = histogram.noDataKm2();
        assertThat(histogram.areasKm2()).as(wkt).hasSize(footprint.get("areas").size());
        for (double area : histogram.areasKm2().values()) {
          total += area;
        }
        // Shares of the footprint, summed in another order than numpy's.
        for (var entry : histogram.areasKm2().entrySet()) {
          double expected = footprint.get("areas").get(entry.getKey().toString()).asDouble();
          assertThat(entry.getValue()).as(wkt).isCloseTo(expected, within(1e-9 * total));
        }
        assertThat(histogram.noDataKm2())
            .as(wkt)
            .isCloseTo(footprint.get("noData").asDouble(), within(1e-9 * total));
      }
    }
  }
}
