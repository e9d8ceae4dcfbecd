package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.Location;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locationtech.jts.geom.Geometry;

class GeoJsonLocationsTest {
  private final Path folder;

  GeoJsonLocationsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.geojson"), text);
  }

  private Collected collected(String text) throws IOException {
    return Collected.of(Locations.open(file(text)));
  }

  private static String collection(String... features) {
    return "{\"features\": [\n"
        + String.join(",\n", features)
        + "], \"type\": \"FeatureCollection\"}";
  }

  private static String feature(String id, String type, String coordinates) {
    return "{\"geometry\":{\"coordinates\":%s,\"type\":\"%s\"},\"id\":%s,\"type\":\"Feature\"}"
        .formatted(coordinates, type, id);
  }

  @Test
  void pointsAndPolygonsAreReadWhateverTheOrderOfMembers() throws IOException {
    Collected collected =
        collected(
            collection(
                feature("7", "Point", "[1.5, -2, 800]"),
                "{\"type\":\"Feature\",\"properties\":{\"name\":\"no\",\"deep\":[{\"id\":1}],"
                    + "\"grid_cell\":\"1U_2R\"},\"geometry\":{\"type\":\"Polygon\",\"bbox\":[1],"
                    + "\"coordinates\":[[[0,0],[4,0],[4,2],[0,2],[0,0]]]}}",
                feature(
                    "\"m\"",
                    "MultiPolygon",
                    "[[[[0,0],[1,0],[1,1],[0,1],[0,0]]],[[[2,0],[3,0],[3,1],[2,1],[2,0]]]]")));
    assertThat(collected.rejected).isEmpty();
    assertThat(collected.locations.get(0)).isEqualTo(Location.at("7", 1.5, -2));
    assertThat(collected.locations.get(1).id()).isEqualTo("1U_2R");
    assertThat(collected.locations.get(1).longitude()).isEqualTo(2);
    assertThat(collected.locations.get(1).footprint().orElseThrow().getArea()).isEqualTo(8);
    assertThat(collected.locations.get(2).longitude()).isCloseTo(1.5, within(1e-12));
  }

  @Test
  void newlineDelimitedFeaturesAreRead() throws IOException {
    Collected collected =
        collected(feature("1", "Point", "[1,2]") + "\n" + feature("2", "Point", "[3,4]") + "\n");
    assertThat(collected.locations).containsExactly(Location.at("1", 1, 2), Location.at("2", 3, 4));
  }

  @Test
  void theIdMayBeAProperty() throws IOException {
    Path file =
        file(
            "{\"type\":\"Feature\",\"properties\":{\"tile\":12,\"name\":\"x\"},"
                + "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}");
    assertThat(Collected.of(Locations.builder().id("tile").open(file)).locations)
        .containsExactly(Location.at("12", 1, 2));
  }

  @Test
  void badFeaturesAreRejectedWithLineAndNumber() throws IOException {
    Collected collected =
        collected(
            collection(
                feature("1", "Point", "[1, null]"),
                feature("2", "LineString", "[[1,2],[3,4]]"),
                "{\"type\":\"Feature\",\"id\":3,\"geometry\":null}",
                feature("4", "Polygon", "[[[0,0],[4,0],[4,2],[0,2]]]"),
                feature("5", "Point", "[17, 103]"),
                feature("null", "Point", "[1, 2]"),
                feature("7", "Polygon", "[[[0,0],[4,0],[8,0],[0,0]]]"),
                feature("8", "Polygon", "[1,2]"),
                feature("9", "Point", "[[[[[[1]]]]]]"),
                feature("10", "Point", "[]"),
                feature("11", "Point", "[1e999, 2]"),
                feature("12", "Point", "[1, 2]")));
    assertThat(collected.locations).containsExactly(Location.at("12", 1, 2));
    assertThat(collected.rejected)
        .containsExactly(
            "a.geojson line 2, feature 1: invalid geometry: expected a number but found VALUE_NULL",
            "a.geojson line 3, feature 2: invalid geometry: malformed LineString: expected Point,"
                + " Polygon or MultiPolygon",
            "a.geojson line 4, feature 3: invalid geometry: it has no geometry",
            "a.geojson line 5, feature 4: invalid geometry: malformed Polygon: Points of LinearRing"
                + " do not form a closed linestring",
            "a.geojson line 6, feature 5: latitude out of range: latitude must be in -90..90 but"
                + " was 103.0; are longitude and latitude crossed?",
            "a.geojson line 7, feature 6: missing id: expected an id but found nothing",
            "a.geojson line 8, feature 7: invalid footprint: footprint of 7 must have an area but"
                + " was Env[0.0 : 8.0, 0.0 : 0.0]",
            "a.geojson line 9, feature 8: invalid geometry: malformed Polygon: expected an array of"
                + " arrays",
            "a.geojson line 10, feature 9: invalid geometry: expected a number but found"
                + " START_ARRAY",
            "a.geojson line 11, feature 10: invalid geometry: malformed Point: expected a position",
            "a.geojson line 12, feature 11: longitude out of range: longitude must be in -180..180"
                + " but was Infinity");
  }

  @Test
  void aPolygonAcrossTheAntimeridianIsCutAndCentredThere() throws IOException {
    Collected collected =
        collected(
            collection(
                feature("1", "Polygon", "[[[179,0],[-178,0],[-178,2],[179,2],[179,0]]]"),
                feature("2", "Polygon", "[[[179,0],[182,0],[182,2],[179,2],[179,0]]]"),
                feature(
                    "3",
                    "MultiPolygon",
                    "[[[[-180,0],[-178,0],[-178,2],[-180,2],[-180,0]]],"
                        + "[[[179,0],[180,0],[180,2],[179,2],[179,0]]]]")));
    assertThat(collected.rejected).isEmpty();
    for (Location location : collected.locations) {
      Geometry footprint = location.footprint().orElseThrow();
      assertThat(location.longitude()).isCloseTo(-179.5, within(1e-9));
      assertThat(footprint.getNumGeometries()).isEqualTo(2);
      assertThat(footprint.getEnvelopeInternal().getMinX()).isEqualTo(-180);
      assertThat(footprint.getEnvelopeInternal().getMaxX()).isEqualTo(180);
      assertThat(footprint.getArea()).isCloseTo(6, within(1e-9));
    }
  }

  @Test
  void aRingAroundAPoleIsRejected() throws IOException {
    Collected collected =
        collected(collection(feature("1", "Polygon", "[[[-120,80],[0,80],[120,80],[-120,80]]]")));
    assertThat(collected.rejected)
        .containsExactly(
            "a.geojson line 2, feature 1: invalid footprint: footprint encloses a pole");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"})
  void theOutdatedNameOfTheOneSystemIsAccepted(String name) throws IOException {
    assertThat(collected(withCrs(name)).locations).hasSize(1);
  }

  @Test
  void anotherSystemIsAnError() {
    assertThatThrownBy(() -> collected(withCrs("urn:ogc:def:crs:EPSG::32648")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("its crs is urn:ogc:def:crs:EPSG::32648");
  }

  private static String withCrs(String name) {
    return "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\""
        + name
        + "\"}},\"features\":["
        + feature("1", "Point", "[1,2]")
        + "]}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "3",
        "{\"type\":\"Topology\"}",
        "{\"type\":\"FeatureCollection\",\"features\":{}}",
        "{\"type\":\"FeatureCollection\",\"features\":[1]}",
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":1"
      })
  void whatIsNoGeoJsonIsNamed(String text) {
    assertThatThrownBy(() -> collected(text))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.geojson");
  }

  @Test
  void hostileNestingIsRefused() {
    assertThatThrownBy(() -> collected(collection(feature("1", "Point", "[".repeat(100_000)))))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.geojson line 2: malformed JSON");
  }
}
