package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.Location;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvLocationsTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  private final Path folder;

  CsvLocationsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id,lon,lat",
        "Name,X,Y",
        "patch_id;Longitude;LATITUDE",
        "grid_cell\tcentre_lon\tcentre_lat",
        "\uFEFFsample_id,\"center_lon\",center_lat"
      })
  void usualNamesAndSeparatorsAreFound(String header) throws IOException {
    String separator = header.contains(";") ? ";" : header.contains("\t") ? "\t" : ",";
    Path file =
        file(
            header
                + "\r\n\"a,;\"\"b\"\"\",".replace(",", separator).replace("a" + separator, "a,")
                + "1.5"
                + separator
                + "-2e1\n");
    assertThat(Collected.of(Locations.open(file)).locations)
        .containsExactly(Location.at("a,;\"b\"", 1.5, -20));
  }

  @Test
  void badRowsAreRejectedWithTheirLineAndReason() throws IOException {
    Path file =
        file(
            """
            lat,note,lon,id
            1,"two
            lines",2,a
            ,x,2,b
            1,x,,c
            1,x,NaN,d
            1,x,2d,e
            north,x,2,f
            1,x,181,g
            103.7,x,17.9,h
            1,x

            1,x,2,
            1,x,2,z,more
            """);
    Collected collected = Collected.of(Locations.open(file));
    assertThat(collected.locations).containsExactly(Location.at("a", 2, 1), Location.at("z", 2, 1));
    assertThat(collected.rejected)
        .containsExactly(
            "a.csv line 4: missing latitude: expected a number of degrees but found nothing",
            "a.csv line 5: missing longitude: expected a number of degrees but found nothing",
            "a.csv line 6: longitude is not a number: expected degrees but found NaN",
            "a.csv line 7: longitude is not a number: expected degrees but found 2d",
            "a.csv line 8: latitude is not a number: expected degrees but found north",
            "a.csv line 9: longitude out of range: longitude must be in -180..180 but was 181.0",
            "a.csv line 10: latitude out of range: latitude must be in -90..90 but was 103.7; are"
                + " longitude and latitude crossed?",
            "a.csv line 11: too few columns: found 2, expected 4",
            "a.csv line 13: missing id: expected an id but found nothing");
  }

  @Test
  void strictReadingEndsAtTheFirstBadRowButNotAtARepeatedId() throws IOException {
    Path file = file("id,lon,lat\na,1,2\na,3,4\nb,5,200\n");
    Collected collected = new Collected();
    assertThatThrownBy(
            () -> Locations.builder().strict(true).distinct(true).open(file).read(collected))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.csv line 4: latitude out of range");
    assertThat(collected.locations).containsExactly(Location.at("a", 1, 2));
    assertThat(collected.rejected).containsExactly("a.csv line 3: repeated id: a was there before");
  }

  @Test
  void columnsCanBeNamed() throws IOException {
    Path file = file("id,tile,lon,lat,east,north\na,b,1,2,3,4\n");
    assertThat(
            Collected.of(
                    Locations.builder().id("tile").longitude("east").latitude("north").open(file))
                .locations)
        .containsExactly(Location.at("b", 3, 4));
    assertThatThrownBy(() -> Locations.builder().id("Tile").open(file).read(new Collected()))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("expected a column Tile for the id but found [id, tile, lon");
  }

  @Test
  void aFootprintIsTheCentreOrBesideIt() throws IOException {
    Path both =
        file(
            """
            id,lon,lat,wkt
            a,1,2,"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"
            b,1,2,"POINT (1 2)"
            c,1,2,"POLYGON ((0 0, 4 0"
            """);
    assertThat(Collected.of(Locations.open(both)).locations)
        .hasSize(3)
        .allMatch(location -> location.footprint().isEmpty());
    Collected shaped = Collected.of(Locations.builder().footprints(true).open(both));
    assertThat(shaped.locations).hasSize(1);
    assertThat(shaped.locations.get(0).longitude()).isEqualTo(1);
    assertThat(shaped.locations.get(0).footprint().orElseThrow().getArea()).isEqualTo(16);
    assertThat(shaped.rejected).hasSize(2);
    assertThat(shaped.rejected.get(0))
        .isEqualTo(
            "a.csv line 3: invalid footprint: expected a POLYGON or MULTIPOLYGON but found POINT (1"
                + " 2)");
    Path alone = file("id,wkt\na,\"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))\"\n");
    Location located = Collected.of(Locations.open(alone)).locations.get(0);
    assertThat(located.longitude()).isEqualTo(2);
    assertThat(located.footprint()).isPresent();
  }

  @Test
  void anOpenQuotationMarkIsNamedWithItsLine() throws IOException {
    Path file = file("id,lon,lat\na,1,2\n\"b,1,2\nc,1,2\nd,1,2\n");
    assertThat(Collected.of(Locations.open(file)).rejected)
        .containsExactly(
            "a.csv line 3: too few columns: found 1, expected 3; a quotation mark that is not closed"
                + " takes in the lines after it");
    Files.writeString(file, "id,lon,lat\n\"" + "x".repeat(20_000_000));
    assertThatThrownBy(() -> Collected.of(Locations.open(file)))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.csv: malformed CSV");
  }

  @Test
  void filesThatAreNoTableOfLocationsAreNamed() throws IOException {
    assertThatThrownBy(() -> Collected.of(Locations.open(file(""))))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.csv: expected a header but the file is empty");
    assertThatThrownBy(() -> Collected.of(Locations.open(file("id,latitude\na,1\n"))))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.csv: expected columns of an id")
        .hasMessageContaining("but found [id, latitude]");
    assertThatThrownBy(() -> Locations.open(folder.resolve("gone.csv")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone.csv");
    assertThatThrownBy(() -> Locations.open(folder.resolve("a.xlsx")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.xlsx: the name of a file of locations must end in .csv");
  }

  @Test
  void theCentresOfSsl4eoAreRead() {
    Path file = DATA.resolve("ssl4eo-s12/v1.1_val_centres.csv");
    assumeTrue(Files.exists(file), () -> "needs " + file);
    Collected collected = Collected.of(Locations.open(file));
    assertThat(collected.rejected).isEmpty();
    assertThat(collected.locations).hasSize(2176);
    assertThat(collected.locations.get(0)).isEqualTo(Location.at("0000173", 15.640177, 38.073468));
  }
}
