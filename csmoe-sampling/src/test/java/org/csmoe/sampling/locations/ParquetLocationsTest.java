package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.parquet.ParquetType;
import org.csmoe.sampling.parquet.ParquetWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.io.WKBWriter;

class ParquetLocationsTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  private final Path folder;

  ParquetLocationsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void metadataOfMajorTomCoreIsReadAndRepeatedCellsAreKeptOnce() {
    Path file = folder.resolve("metadata.parquet");
    try (ParquetWriter writer =
        ParquetWriter.builder()
            .column("grid_cell", ParquetType.TEXT)
            .column("grid_row_u", ParquetType.INT)
            .column("product_id", ParquetType.TEXT)
            .column("centre_lat", ParquetType.DOUBLE)
            .column("centre_lon", ParquetType.DOUBLE)
            .open(file)) {
      writer.append("1U_1R").append(1).append("p").append(2.5).append(3.5);
      writer.append("1U_1R").append(1).append("q").append(2.5).append(3.5);
      writer.appendNull().append(1).append("q").append(2.5).append(3.5);
      writer.append("a").append(1).append("q").appendNull().append(3.5);
      writer.append("b").append(1).append("q").append(2.5).append(Double.NaN);
      writer.append("c").append(1).append("q").append(103.5).append(3.5);
      writer.append("9D_1L").append(-9).append("q").append(-2.5).append(-3.5);
      writer.commit();
    }
    assertThat(Locations.open(file).count()).hasValue(7);
    assertThat(Collected.of(Locations.open(file)).locations).hasSize(3);
    Collected collected = Collected.of(Locations.builder().distinct(true).open(file));
    assertThat(collected.locations)
        .containsExactly(Location.at("1U_1R", 3.5, 2.5), Location.at("9D_1L", -3.5, -2.5));
    assertThat(collected.rejected)
        .containsExactly(
            "metadata.parquet row 1: repeated id: 1U_1R was there before",
            "metadata.parquet row 2: missing id: expected an id but found nothing",
            "metadata.parquet row 3: missing latitude: expected a number of degrees but found null"
                + " or NaN",
            "metadata.parquet row 4: missing longitude: expected a number of degrees but found null"
                + " or NaN",
            "metadata.parquet row 5: latitude out of range: latitude must be in -90..90 but was"
                + " 103.5; are longitude and latitude crossed?");
  }

  @Test
  void brokenFootprintsAreRejected() {
    Path file = folder.resolve("shapes.parquet");
    byte[] good = new WKBWriter().write(new GeometryFactory().toGeometry(new Envelope(0, 2, 0, 4)));
    ByteBuffer claim = ByteBuffer.allocate(13);
    claim.put((byte) 0).putInt(3).putInt(1).putInt(Integer.MAX_VALUE);
    ByteBuffer nested = ByteBuffer.allocate(9 * 1_000_000);
    while (nested.hasRemaining()) {
      nested.put((byte) 0).putInt(6).putInt(1);
    }
    try (ParquetWriter writer =
        ParquetWriter.builder()
            .column("id", ParquetType.TEXT)
            .column("geometry", ParquetType.BYTES)
            .open(file)) {
      writer.append("good").append(good);
      writer.append("short").append(new byte[] {1, 3});
      writer.append("claim").append(claim.array());
      writer.append("nested").append(nested.array());
      writer.append("null").appendNull();
      writer.commit();
    }
    Collected collected = Collected.of(Locations.open(file));
    assertThat(collected.locations).hasSize(1);
    assertThat(collected.locations.get(0).latitude()).isEqualTo(2);
    assertThat(collected.rejected).hasSize(4);
    assertThat(collected.rejected.subList(0, 3)).allMatch(row -> row.contains("invalid footprint"));
    assertThat(collected.rejected.get(3)).contains("row 4: missing footprint");
  }

  @Test
  void footprintsOfSsl4eoHaveTheCentresOfTheTable() {
    Path parquet = DATA.resolve("ssl4eo-s12/v1.1_val_metadata.parquet");
    Path centres = DATA.resolve("ssl4eo-s12/v1.1_val_centres.csv");
    assumeTrue(Files.exists(parquet) && Files.exists(centres), () -> "needs " + parquet);
    assertThat(Collected.of(Locations.open(parquet)).locations).hasSize(8704);
    Collected places = Collected.of(Locations.builder().distinct(true).open(parquet));
    assertThat(places.locations).hasSize(2176);
    assertThat(places.rejected).hasSize(8704 - 2176);
    Map<String, Location> known = new HashMap<>();
    Collected.of(Locations.open(centres)).locations.forEach(l -> known.put(l.id(), l));
    for (Location place : places.locations) {
      Location expected = known.get(place.id());
      assertThat(expected).isNotNull();
      if (expected != null) {
        // The table has six decimals and the middle of the box, not the centroid.
        assertThat(place.longitude()).isCloseTo(expected.longitude(), within(1e-4));
        assertThat(place.latitude()).isCloseTo(expected.latitude(), within(1e-4));
      }
      assertThat(place.footprint().orElseThrow().getNumPoints()).isEqualTo(5);
    }
  }

  @Test
  void aTableWithoutCoordinatesIsRefusedWithWhatItHas() {
    Path file = DATA.resolve("bigearthnet-v2/metadata.parquet");
    assumeTrue(Files.exists(file), () -> "needs " + file);
    assertThatThrownBy(() -> Collected.of(Locations.open(file)))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("expected columns of an id")
        .hasMessageContaining("but found [patch_id, labels, split, country");
  }
}
