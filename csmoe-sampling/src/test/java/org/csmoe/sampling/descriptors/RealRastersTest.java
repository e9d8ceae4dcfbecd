package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.Stratum;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published maps, read where their own documentation says what must be there. */
class RealRastersTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));
  private static final String BECK = "koppen-geiger/beck2023_1991-2020_%s.tif";
  private static final String IGBP = "landcover/neo_mcd12c1_igbp_2011_0p1.tif";
  private static final String WORLD_COVER =
      "landcover/esa-worldcover/ESA_WorldCover_10m_2021_v200_N00E006_Map.tif";

  private static Path data(String relative) {
    Path path = DATA.resolve(relative);
    Assumptions.assumeTrue(
        Files.exists(path), () -> path + " is absent; set -Dcsmoe.data to the data folder");
    return path;
  }

  private static void assertName(
      SoftAssertions softly,
      CategoricalRaster raster,
      String place,
      double longitude,
      double latitude,
      String name) {
    int code = raster.classAt(longitude, latitude);
    softly
        .assertThat(code < 0 ? "none" : raster.legend().name(code))
        .as("%s, %s", raster.path().getFileName(), place)
        .isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0p1", "0p5", "1p0"})
  void citiesHaveTheirKnownClimates(String resolution) {
    try (CategoricalRaster map = CategoricalRaster.open(data(BECK.formatted(resolution)))) {
      SoftAssertions.assertSoftly(
          softly -> {
            assertName(softly, map, "Berlin", 13.40, 52.52, "Cfb");
            assertName(softly, map, "Singapore", 103.82, 1.35, "Af");
            assertName(softly, map, "Cairo", 31.24, 30.04, "BWh");
            assertName(softly, map, "Athens", 23.73, 37.98, "Csa");
            assertName(softly, map, "Mumbai", 72.88, 19.08, "Am");
            assertName(softly, map, "Chicago", -87.63, 41.88, "Dfa");
            assertName(softly, map, "Greenland", -40, 75, "EF");
            assertName(softly, map, "Atlantic", -30, 30, "none");
          });
    }
  }

  @Test
  void landCoverIsThatOfKnownPlacesAndTheSeaIsWaterDespiteTheTag() {
    try (CategoricalRaster map = CategoricalRaster.open(data(IGBP))) {
      assertThat(map.legend().title()).isEqualTo("igbp");
      SoftAssertions.assertSoftly(
          softly -> {
            assertName(softly, map, "Amazon", -63, -5, "Evergreen broadleaf forests");
            assertName(softly, map, "Congo", 22, 0, "Evergreen broadleaf forests");
            assertName(softly, map, "Sahara", 10, 23, "Barren");
            assertName(softly, map, "Iowa", -93.5, 42, "Croplands");
            assertName(softly, map, "Berlin", 13.40, 52.52, "Urban and built-up lands");
            assertName(softly, map, "Greenland", -40, 75, "Snow and ice");
            assertName(softly, map, "Everglades", -80.8, 25.8, "Permanent wetlands");
            assertName(softly, map, "Atlantic", -30, 30, "Water bodies");
          });
    }
    try (CategoricalRaster map =
        CategoricalRaster.builder(data(IGBP)).legend(Legend.numbers()).open()) {
      assertThat(map.classAt(-30, 30)).isEqualTo(CategoricalRaster.NO_DATA);
    }
  }

  @Test
  void aMapAroundTheGlobeHasAClassForEveryPixelThatItsFileHas() {
    // Counts of SOURCE.txt, made with another reader.
    long[] expected = {
      4358583, 45127, 113037, 23848, 13439, 121230, 1139, 282094, 113286, 88065, 230108, 15207,
      125676, 4605, 76716, 693931, 173909
    };
    long[] counts = new long[17];
    try (CategoricalRaster map = CategoricalRaster.open(data(IGBP))) {
      for (int y = 0; y < 1800; y++) {
        for (int x = 0; x < 3600; x++) {
          counts[map.classAt(-180 + (x + 0.5) / 10, 90 - (y + 0.5) / 10)]++;
        }
      }
      assertThat(map.blocksDecoded()).isEqualTo(15 * 8);
    }
    assertThat(counts).isEqualTo(expected);
  }

  @Test
  void aWindowOfWorldCoverHasItsKnownClassesAndDecodesItsBlocksOnly() {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    try (CategoricalRaster map = CategoricalRaster.open(data(WORLD_COVER))) {
      for (int y = 0; y < 1024; y++) {
        for (int x = 0; x < 1024; x++) {
          counts.merge(
              map.classAt(6 + (6687 + x + 0.5) / 12000, 3 - (33088 + y + 0.5) / 12000),
              1,
              Integer::sum);
        }
      }
      // The window around 6.6 E, 0.2 N begins at column 6687, row 33088, and lies in two columns
      // and two rows of blocks of 1024 pixels.
      assertThat(map.blocksDecoded()).isEqualTo(4);
    }
    assertThat(counts)
        .isEqualTo(new TreeMap<>(Map.of(10, 1016596, 60, 19811, 30, 11901, 80, 256, 50, 8, 40, 4)));
  }

  @Test
  void twoVersionsOfOneTileAreNoMosaic() {
    Path folder = data(WORLD_COVER).resolveSibling("");
    assertThatThrownBy(() -> CategoricalRaster.open(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("2020_v100_N00E006")
        .hasMessageContaining("2021_v200_N00E006");
  }

  /**
   * The figures of SOURCE.txt count the 26 places over the sea as a climate of their own; without
   * them it is one climate and one stratum less.
   */
  @Test
  void aRealArchiveHasTheStrataThatWereCountedForIt() throws IOException {
    List<Location> places = new ArrayList<>();
    for (String line : Files.readAllLines(data("ssl4eo-s12/v1.1_val_centres.csv"))) {
      String[] fields = line.split(",", -1);
      if (!fields[0].equals("sample_id")) {
        places.add(
            Location.at(fields[0], Double.parseDouble(fields[1]), Double.parseDouble(fields[2])));
      }
    }
    Path climate = data(BECK.formatted("0p1"));
    try (CategoricalRaster sea = CategoricalRaster.builder(climate).noData().open();
        CategoricalRaster land = CategoricalRaster.open(climate);
        CategoricalRaster cover = CategoricalRaster.open(data(IGBP))) {
      Descriptors all = extract(sea, cover, places);
      assertThat(all.rejections().total()).isZero();
      assertThat(all.unnamedClimates()).containsExactly(Map.entry(0, 26L));
      assertStrata(all.archive(), 2176, 20, 14, 140, 22);
      Descriptors dropped = extract(land, cover, places);
      assertThat(dropped.rejections().counts())
          .containsExactly(Map.entry(DescriptorExtractor.NO_CLIMATE, 26L));
      assertStrata(dropped.archive(), 2150, 19, 14, 139, 22);
    }
  }

  private static Descriptors extract(
      CategoricalRaster climate, CategoricalRaster cover, List<Location> places) {
    return DescriptorExtractor.builder()
        .climate(climate)
        .thematic(cover)
        .build()
        .extract(new ListSource(places));
  }

  private static void assertStrata(
      DescribedArchive archive, int size, int climates, int thematics, int strata, int single) {
    assertThat(archive.size()).isEqualTo(size);
    SortedMap<Stratum, int[]> found = archive.strata();
    assertThat(found).hasSize(strata);
    assertThat(found.keySet().stream().map(Stratum::climate).distinct()).hasSize(climates);
    assertThat(found.keySet().stream().map(Stratum::thematic).distinct()).hasSize(thematics);
    Collection<int[]> members = found.values();
    assertThat(members.stream().mapToInt(m -> m.length).max()).hasValue(99);
    assertThat(members.stream().filter(m -> m.length == 1)).hasSize(single);
  }
}
