package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.LocationSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locationtech.jts.algorithm.locate.SimplePointInAreaLocator;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKTReader;

class LandTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  private final Path folder;

  LandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Geometry wkt(String text) throws ParseException {
    return new WKTReader().read(text);
  }

  @Test
  void coastsAndOverlapsAreLandAndHolesAreNot() throws ParseException {
    Land land =
        Land.of(
            List.of(
                wkt("POLYGON ((0 0, 20 0, 20 20, 0 20, 0 0), (5 5, 8 5, 8 8, 5 8, 5 5))"),
                wkt("MULTIPOLYGON (((10 10, 30 10, 30 12.5, 10 12.5, 10 10)))")));
    assertThat(land.contains(0, 0)).isTrue();
    assertThat(land.contains(20, 5)).isTrue();
    assertThat(land.contains(11, 11)).isTrue();
    assertThat(land.contains(25.5, 11.5)).isTrue();
    assertThat(land.contains(25.5, 12.5)).isTrue();
    assertThat(land.contains(25.5, 12.500001)).isFalse();
    assertThat(land.contains(6.5, 6.5)).isFalse();
    assertThat(land.contains(-0.000001, 3)).isFalse();
    assertThat(land.contains(180, 90)).isFalse();
    assertThat(land.contains(Double.NaN, 3)).isFalse();
    assertThat(land.geometries()).hasSize(2);
  }

  @Test
  void locationsInTheSeaAreRejectedAndFaultsPassThrough() throws IOException, ParseException {
    Path csv =
        Files.writeString(folder.resolve("a.csv"), "id,lon,lat\na,1,1\nb,-1,1\nc,x,1\nd,2,2\n");
    LocationSource source =
        Land.of(List.of(wkt("POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))"))).only(Locations.open(csv));
    Collected collected = Collected.of(source);
    assertThat(collected.locations).extracting(l -> l.id()).containsExactly("a", "d");
    assertThat(collected.rejected)
        .containsExactly(
            "b: not on land: -1.0, 1.0",
            "a.csv line 4: longitude is not a number: expected degrees but found x");
    assertThat(source.name()).endsWith("a.csv on land");
    assertThat(source.files()).containsExactly(csv);
  }

  @Test
  void answersAreThoseOfASearchThroughAllPolygonsOfNaturalEarth() {
    Path file = DATA.resolve("natural-earth/ne_110m_land.geojson");
    assumeTrue(Files.exists(file), () -> "needs " + file);
    Land land = Land.read(file);
    assertThat(land.geometries()).hasSize(127);
    Geometry all = new GeometryFactory().buildGeometry(land.geometries());
    Random random = new Random(5);
    int dry = 0;
    for (int i = 0; i < 3000; i++) {
      double longitude = random.nextDouble() * 360 - 180;
      double latitude = random.nextDouble() * 180 - 90;
      boolean expected =
          SimplePointInAreaLocator.isContained(new Coordinate(longitude, latitude), all);
      assertThat(land.contains(longitude, latitude)).isEqualTo(expected);
      dry += expected ? 1 : 0;
    }
    assertThat(dry).isBetween(800, 1200);
  }

  @Test
  void theGridOnLandHasTheShareOfLand() {
    Path file = DATA.resolve("natural-earth/ne_50m_land.geojson");
    assumeTrue(Files.exists(file), () -> "needs " + file);
    Land land = Land.read(file);
    assertThat(land.geometries()).hasSize(1420);
    LocationSource source = land.only(Locations.parse("major-tom-grid:50km"));
    Collected collected = Collected.of(source);
    assertThat(collected.locations.size() + collected.rejected.size()).isEqualTo(204_034);
    // 29.2 % of the Earth is land; the cells end at 85 degrees of latitude.
    assertThat(collected.locations.size() / 204_034.).isBetween(0.28, 0.30);
    assertThat(source.files()).containsExactly(file);
  }

  @Test
  void whatIsNoLandIsNamed() throws IOException {
    Path points =
        Files.writeString(
            folder.resolve("p.geojson"),
            "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}");
    assertThatThrownBy(() -> Land.read(points))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining(
            "p.geojson line 1, feature 1: expected a polygon of land but found a point");
    Path none =
        Files.writeString(
            folder.resolve("n.geojson"), "{\"type\":\"FeatureCollection\",\"features\":[]}");
    assertThatThrownBy(() -> Land.read(none))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found no feature");
    assertThatThrownBy(() -> Land.of(List.of(wkt("POINT (1 2)"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was a Point");
  }
}
