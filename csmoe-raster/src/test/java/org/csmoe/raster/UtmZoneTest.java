package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Compares with PROJ and the utm package; see src/test/python/utm_golden.py. */
class UtmZoneTest {
  /** PROJ's own series has its last terms here; less than a micrometre. */
  private static final double METRES = 1e-6;

  /** A micrometre in degrees of latitude. */
  private static final double DEGREES = 1e-11;

  private static List<String[]> golden() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(UtmZoneTest.class.getResourceAsStream("utm.csv"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split(",", -1))
          .toList();
    }
  }

  @Test
  void metresAndDegreesAreThoseOfProj() throws IOException {
    double[] point = new double[2];
    int compared = 0;
    for (String[] row : golden()) {
      if (row[0].isEmpty()) {
        continue;
      }
      UtmZone zone = UtmZone.ofEpsg(Integer.parseInt(row[0]));
      assertThat(zone.crs()).hasToString("EPSG:" + row[0]);
      double longitude = Double.parseDouble(row[1]);
      double latitude = Double.parseDouble(row[2]);
      String name = String.join(",", row);
      zone.toMetres(longitude, latitude, point);
      assertThat(point[0]).as(name).isCloseTo(Double.parseDouble(row[3]), within(METRES));
      assertThat(point[1]).as(name).isCloseTo(Double.parseDouble(row[4]), within(METRES));
      zone.toDegrees(Double.parseDouble(row[3]), Double.parseDouble(row[4]), point);
      assertThat(point[1]).as(name).isCloseTo(latitude, within(DEGREES));
      double east = Math.IEEEremainder(point[0] - longitude, 360);
      assertThat(east * Math.cos(Math.toRadians(latitude))).as(name).isCloseTo(0, within(DEGREES));
      compared++;
    }
    assertThat(compared).isEqualTo(180);
  }

  @Test
  void zonesAreThoseOfTheUtmPackageWithNorwayAndSvalbard() throws IOException {
    int compared = 0;
    for (String[] row : golden()) {
      if (!row[5].isEmpty()) {
        double latitude = Double.parseDouble(row[2]);
        UtmZone zone = UtmZone.of(Double.parseDouble(row[1]), latitude);
        assertThat(zone.number()).as(String.join(",", row)).isEqualTo(Integer.parseInt(row[5]));
        assertThat(zone.south()).isEqualTo(latitude < 0);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(280);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new UtmZone(61, false)).hasMessageContaining("1..60 but was 61");
    assertThatThrownBy(() -> UtmZone.ofEpsg(32661)).hasMessageContaining("EPSG:32661");
    assertThatThrownBy(() -> UtmZone.ofEpsg(4326)).hasMessageContaining("EPSG:4326");
    assertThatThrownBy(() -> UtmZone.of(Double.NaN, 1)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> UtmZone.of(17, 103)).hasMessageContaining("103");
    assertThat(UtmZone.ofEpsg(32700 + 1)).isEqualTo(UtmZone.of(180, -0.1));
  }
}
