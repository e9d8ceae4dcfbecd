package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegendTest {
  private final Path folder;

  LegendTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path file(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void builtInLegendsHaveTheClassesOfTheirProducts() {
    Legend climates = Legend.koppenGeiger();
    assertThat(climates.names()).hasSize(30).containsEntry(1, "Af").containsEntry(30, "EF");
    assertThat(climates.noData()).containsExactly(0);
    assertThat(climates.colour(4)).hasValue(0xFF0000);
    assertThat(Legend.worldCover().names().keySet())
        .containsExactly(10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100);
    assertThat(Legend.worldCover().noData()).containsExactly(0);
    assertThat(Legend.igbp().names()).hasSize(17).containsEntry(0, "Water bodies");
    assertThat(Legend.igbp().noData()).isEmpty();
    assertThatThrownBy(() -> Legend.named("corine"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("worldcover")
        .hasMessageContaining("corine");
  }

  @ParameterizedTest
  @CsvSource({
    "koppen-geiger/beck_legend.csv,koppen-geiger",
    "landcover/esa_worldcover_legend.csv,worldcover",
    "landcover/igbp_legend.csv,igbp"
  })
  void builtInLegendsAreThoseOfTheFilesBesideTheMaps(String file, String name) {
    Path path = Path.of(System.getProperty("csmoe.data", "../shared/data")).resolve(file);
    Assumptions.assumeTrue(Files.exists(path), () -> path + " is absent");
    Legend read = Legend.read(path);
    Legend builtIn = Legend.named(name);
    assertThat(builtIn.names()).isEqualTo(read.names());
    assertThat(builtIn.noData()).isEqualTo(read.noData());
    for (int code : builtIn.names().keySet()) {
      assertThat(builtIn.colour(code)).isEqualTo(read.colour(code));
    }
  }

  @Test
  void usualColumnsAreFound() {
    Legend rubel = Legend.read(file("a.csv", ",kg_zone,zoneNum\n1,Af,1\n31,ET,31\n32,Ocean,32\n"));
    assertThat(rubel.names()).isEqualTo(Map.of(1, "Af", 31, "ET", 32, "Ocean"));
    Legend coded = Legend.read(file("b.csv", "code,Name,Color\r\n7,\"Rock, ice\",#0A0b0C\r\n"));
    assertThat(coded.name(7)).isEqualTo("Rock, ice");
    assertThat(coded.colour(7)).hasValue(0x0A0B0C);
    Legend marked = Legend.read(file("c.csv", "\uFEFFvalue,label\n0,\n1,Moor\n255,No data here\n"));
    assertThat(marked.noData()).containsExactly(0, 255);
    assertThat(marked.names()).isEqualTo(Map.of(1, "Moor"));
    assertThat(marked.title()).isEqualTo("c.csv");
  }

  @Test
  void aClassThatIsMissingIsCalledByItsNumber() {
    assertThat(Legend.igbp().name(17)).isEqualTo("class 17");
    assertThat(Legend.igbp().has(17)).isFalse();
    assertThat(Legend.igbp().colour(17)).isEqualTo(OptionalInt.empty());
    assertThat(Legend.numbers().has(17)).isTrue();
    assertThat(Legend.numbers().name(17)).isEqualTo("class 17");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "number,name\\n1,a|line 1|number",
        "value\\n1|line 1|a name",
        "value,name\\n1,a\\n1,b|line 3|second entry",
        "value,name\\n-1,a|line 2|0..32767",
        "value,name\\n1.5,a|line 2|1.5",
        "value,name\\n32768,a|line 2|32768",
        "value,name,r,g,b\\n1,a,0,256,0|line 2|0..255",
        "value,name,rgb_hex\\n1,a,12345|line 2|RRGGBB",
        "value,name\\n0,No data|no class|at least one",
        "value,name\\n\\\"1,a|line 2|1,a"
      })
  void aBrokenLegendIsRefusedWithItsLine(String text, String first, String second) {
    Path path = file("x.csv", text.replace("\\n", "\n").replace("\\\"", "\""));
    assertThatThrownBy(() -> Legend.read(path))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("x.csv")
        .hasMessageContaining(first)
        .hasMessageContaining(second);
  }

  @Test
  void filesThatAreNoTextOrTooLargeAreRefused() throws IOException {
    Path binary = folder.resolve("binary.csv");
    Files.write(binary, new byte[] {'a', (byte) 0xFF, (byte) 0xFE});
    assertThatThrownBy(() -> Legend.read(binary)).hasMessageContaining("UTF-8");
    Path large = folder.resolve("large.csv");
    Files.write(large, "x".repeat(1 << 21).getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> Legend.read(large)).hasMessageContaining("1 MiB");
  }

  @Test
  void aLegendIsFoundBesideItsRasterOrByThePublishedName() throws IOException {
    assertThat(Legend.of(folder.resolve("x.tif"), List.of(folder.resolve("x.tif")))).isEmpty();
    assertThat(title("koppen_geiger_0p00833333.tif")).isEqualTo("koppen-geiger");
    assertThat(title("ESA_WorldCover_10m_2021_v200_N00E006_Map.tif")).isEqualTo("worldcover");
    assertThat(title("neo_mcd12c1_igbp_2011_0p1.tif")).isEqualTo("igbp");
    file("legend.csv", "value,name\n1,a\n");
    assertThat(title("koppen_geiger_0p1.tif")).isEqualTo("legend.csv");
    file("koppen_geiger_0p1_legend.csv", "value,name\n1,a\n");
    assertThat(title("koppen_geiger_0p1.tif")).isEqualTo("koppen_geiger_0p1_legend.csv");
    Path tiles = Files.createDirectory(folder.resolve("tiles"));
    List<Path> files = List.of(tiles.resolve("ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"));
    assertThat(Legend.of(tiles, files).orElseThrow().title()).isEqualTo("worldcover");
    Files.writeString(tiles.resolve("legend.csv"), "value,name\n10,trees\n");
    assertThat(Legend.of(tiles, files).orElseThrow().name(10)).isEqualTo("trees");
  }

  private String title(String name) {
    Path raster = folder.resolve(name);
    return Legend.of(raster, List.of(raster)).orElseThrow().title();
  }
}
