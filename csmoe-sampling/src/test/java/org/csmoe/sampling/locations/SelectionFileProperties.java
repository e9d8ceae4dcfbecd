package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.parquet.ParquetFile;

class SelectionFileProperties {
  private Path folder = Path.of("");

  @BeforeTry
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("selection");
  }

  @AfterTry
  void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** Any place with any id that UTF-8 can say and that is not blank. */
  @Provide
  Arbitrary<Location> anyLocation() {
    return Combinators.combine(
            Arbitraries.strings()
                .all()
                .ofMinLength(1)
                .filter(
                    id -> !id.isBlank() && id.chars().noneMatch(c -> c >= 0xd800 && c < 0xe000)),
            Arbitraries.doubles().between(-180, 180),
            Arbitraries.doubles().between(-90, 90))
        .as(Location::at);
  }

  @Property(tries = 20)
  void everyFormatGivesBackWhatWasSelected(
      @ForAll @Size(max = 40) List<@net.jqwik.api.From("anyLocation") Location> locations) {
    DescribedArchive.Builder builder = DescribedArchive.builder();
    locations.forEach(l -> builder.add(l.id(), l.longitude(), l.latitude(), 3, 10));
    SelectionFile selection =
        new SelectionFile(
            builder.build(), code -> "climate, \"wet\" " + code, code -> "it's " + code);
    int[] every = IntStream.range(0, locations.size()).filter(i -> i % 3 != 1).toArray();
    List<Location> expected = new ArrayList<>();
    for (int index : every) {
      expected.add(locations.get(index));
    }
    for (String name : List.of("s.csv", "s.geojson", "s.parquet")) {
      Path file = folder.resolve(name);
      selection.write(file, every);
      Collected read = Collected.of(Locations.open(file));
      assertThat(read.rejected).isEmpty();
      assertThat(read.locations).isEqualTo(expected);
    }
  }

  private static SelectionFile small() {
    return new SelectionFile(
        DescribedArchive.builder()
            .add("199U_1099R", 103.75, 17.92, 3, 10)
            .add("b", -1, 2, 3, 10)
            .add("c", 5, 6, 4, 10)
            .build(),
        code -> "K" + code,
        code -> "L" + code);
  }

  @Example
  void theColumnsAreWritten() throws IOException {
    Path csv = folder.resolve("s.csv");
    small().write(csv, new int[] {2, 0});
    assertThat(Files.readString(csv).lines())
        .containsExactly(
            "id,longitude,latitude,climate,climate_name,thematic,thematic_name,stratum_members",
            "c,5.0,6.0,4,K4,10,L10,1",
            "199U_1099R,103.75,17.92,3,K3,10,L10,2");
    Path geojson = folder.resolve("s.geojson");
    small().write(geojson, new int[] {0});
    JsonNode feature = new ObjectMapper().readTree(geojson.toFile()).at("/features/0");
    assertThat(feature.at("/geometry/coordinates").toString()).isEqualTo("[103.75,17.92]");
    assertThat(feature.at("/properties/stratum_members").asInt()).isEqualTo(2);
    Path parquet = folder.resolve("s.parquet");
    small().write(parquet, new int[] {1});
    try (ParquetFile file = ParquetFile.open(parquet)) {
      assertThat(file.columns().toString())
          .isEqualTo(
              "{id=VARCHAR, longitude=DOUBLE, latitude=DOUBLE, climate=INTEGER,"
                  + " climate_name=VARCHAR, thematic=INTEGER, thematic_name=VARCHAR,"
                  + " stratum_members=INTEGER}");
    }
  }

  @Example
  void anotherEndingAndAnIndexOutsideAreRefusedAndLeaveNothing() {
    assertThatThrownBy(() -> small().write(folder.resolve("s.shp"), new int[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("s.shp: the name of a file of a selection must end in .csv");
    for (String name : List.of("s.csv", "s.geojson", "s.parquet")) {
      assertThatThrownBy(() -> small().write(folder.resolve(name), new int[] {0, 3}))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(folder).isEmptyDirectory();
  }
}
