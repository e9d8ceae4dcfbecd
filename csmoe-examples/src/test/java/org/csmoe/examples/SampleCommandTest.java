package org.csmoe.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.Window;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SampleCommandTest {
  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Two climates side by side, two land covers one above the other, on 20 by 20 degrees. */
  @BeforeEach
  void writeInputs() throws IOException {
    raster("climate.tif", Crs.geographic(4326), (column, row) -> column < 10 ? 1 : 2);
    raster("cover.tif", Crs.geographic(4326), (column, row) -> row < 10 ? 10 : 0);
    Files.writeString(folder.resolve("climate_legend.csv"), "value,name\n1,Dry\n2,Wet <b>\n");
    Files.writeString(folder.resolve("cover_legend.csv"), "value,name\n0,Water\n10,Trees\n");
    StringBuilder csv = new StringBuilder("id,lon,lat\n");
    for (int i = 0; i < 800; i++) {
      csv.append("p%d,%.3f,%d.5%n".formatted(i, i % 40 * 0.5 + 0.2, i / 40));
    }
    csv.append("crossed,10,95\nempty,,3\nfar,100,10\n");
    Files.writeString(folder.resolve("places.csv"), csv);
  }

  private interface Code {
    int at(int column, int row);
  }

  private void raster(String name, Crs crs, Code code) {
    float[] pixels = new float[400];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = code.at(i % 20, i / 20);
    }
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(folder.resolve(name), 20, 20, 1)
            .crs(crs)
            .transform(GeoTransform.northUp(0, 20, 1))
            .open()) {
      writer.write(new Window(0, 0, 20, 20), pixels);
      writer.commit();
    }
  }

  private int csmoe(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Csmoe.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  private int sample(String output, String... more) {
    List<String> arguments = new ArrayList<>(List.of("sample"));
    Collections.addAll(arguments, "--locations", file("places.csv"));
    Collections.addAll(arguments, "--climate", file("climate.tif"));
    Collections.addAll(arguments, "--landcover", file("cover.tif"));
    Collections.addAll(arguments, "--per-stratum", "20", "--generations", "50");
    Collections.addAll(arguments, "--output", file(output));
    Collections.addAll(arguments, more);
    return csmoe(arguments.toArray(String[]::new));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aSelectionComesWithItsReportMapsAndProvenance() throws IOException {
    assertThat(sample("chosen.csv", "--report", file("report.html"), "--maps", file("maps")))
        .as(err.toString())
        .isZero();

    List<String> lines = Files.readAllLines(folder.resolve("chosen.csv"));
    assertThat(lines.get(0))
        .isEqualTo(
            "id,longitude,latitude,climate,climate_name,thematic,thematic_name,stratum_members");
    // Four strata of 200, of each 18 to 22.
    assertThat(lines).hasSizeBetween(1 + 4 * 18, 1 + 4 * 22);
    assertThat(lines).anyMatch(line -> line.endsWith(",Wet <b>,10,Trees,200"));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("Wet &lt;b&gt;")
        .doesNotContain("Wet <b>");
    assertThat(folder.resolve("maps/selection.png")).isNotEmptyFile();
    JsonNode provenance = new ObjectMapper().readTree(folder.resolve("chosen.csv.json").toFile());
    assertThat(provenance.at("/inputs/climate/sha256").asText()).hasSize(64);
    assertThat(provenance.at("/parameters/seed").asLong()).isZero();
    assertThat(provenance.at("/parameters/described").asInt()).isEqualTo(800);
    assertThat(provenance.at("/dropped/latitude out of range/count").asInt()).isEqualTo(1);
    assertThat(provenance.at("/dropped/missing longitude/count").asInt()).isEqualTo(1);
    assertThat(provenance.at("/dropped/outside the climate raster/count").asInt()).isEqualTo(1);
    assertThat(provenance.at("/parameters/statistics/gainWithinStrata/perStratum").asDouble())
        .isGreaterThan(1);
  }

  @Test
  void theSameSeedGivesTheSameSelectionWhateverTheThreads() throws IOException {
    assertThat(sample("one.csv", "--threads", "1", "--seed", "7")).isZero();
    assertThat(sample("three.csv", "--threads", "3", "--seed", "7")).isZero();
    assertThat(sample("other.csv", "--seed", "8")).isZero();
    String one = Files.readString(folder.resolve("one.csv"));
    assertThat(Files.readString(folder.resolve("three.csv"))).isEqualTo(one);
    assertThat(Files.readString(folder.resolve("other.csv"))).isNotEqualTo(one);
  }

  @Test
  void everySelectorAndFitnessRuns() {
    for (SelectorOptions.Kind kind : SelectorOptions.Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      assertThat(sample(name + ".geojson", "--selector", name)).as(name + err).isZero();
    }
    for (SelectorOptions.Goal goal : SelectorOptions.Goal.values()) {
      String name = goal.name().toLowerCase(Locale.ROOT);
      assertThat(sample(name + ".csv", "--fitness", name, "--stall", "10", "--json"))
          .as(name + err)
          .isZero();
      assertThat(out.toString()).contains("\"strata\" : 4");
    }
  }

  @Test
  void strictStopsAtTheFirstBadRowWithItsLineAndWritesNothing() throws IOException {
    List<String> before = files();
    assertThat(sample("chosen.csv", "--strict")).isEqualTo(1);
    assertThat(err.toString()).contains("places.csv line 802").contains("95");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void badInputIsNamedBeforeAnythingIsWritten() throws IOException {
    raster("metres.tif", Crs.projected(32632), (column, row) -> 1);
    Files.copy(folder.resolve("climate_legend.csv"), folder.resolve("metres_legend.csv"));
    raster("unknown.tif", Crs.geographic(4326), (column, row) -> 1);
    List<String> before = files();

    assertThat(sample("chosen.xlsx")).isEqualTo(1);
    assertThat(err.toString()).contains("chosen.xlsx").contains(".parquet");
    assertThat(sample("nowhere/chosen.csv")).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere");
    assertThat(sample("chosen.csv", "--land", file("climate_legend.csv"))).isEqualTo(1);
    assertThat(err.toString()).contains("climate_legend.csv");
    assertThat(
            csmoe(
                "sample",
                "--locations",
                file("places.csv"),
                "--climate",
                file("metres.tif"),
                "--landcover",
                file("cover.tif"),
                "--output",
                file("chosen.csv")))
        .isEqualTo(1);
    assertThat(err.toString()).contains("metres.tif").contains("4326");
    assertThat(
            csmoe(
                "sample",
                "--locations",
                file("places.csv"),
                "--climate",
                file("unknown.tif"),
                "--landcover",
                file("cover.tif"),
                "--output",
                file("chosen.csv")))
        .isEqualTo(1);
    assertThat(err.toString()).contains("unknown.tif").contains("legend");
    assertThat(sample("chosen.csv", "--climate-legend", "moon")).isEqualTo(2);
    assertThat(sample("chosen.csv", "--threads", "0")).isEqualTo(2);
    assertThat(err.toString()).doesNotContain("\tat ");
    assertThat(files()).isEqualTo(before);
  }
}
