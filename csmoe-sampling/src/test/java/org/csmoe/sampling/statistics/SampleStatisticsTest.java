package org.csmoe.sampling.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Stratum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleStatisticsTest {
  /**
   * Rounding of the coordinates' cosines near the poles and of the haversine; a decimetre is 1e-4.
   */
  private static final Offset<Double> KM = within(1e-6);

  static List<JsonNode> golden() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(SampleStatisticsTest.class.getResourceAsStream("golden.json"))) {
      List<JsonNode> cases = new ArrayList<>();
      new ObjectMapper().readTree(stream).forEach(cases::add);
      return cases;
    }
  }

  private static DescribedArchive archive(JsonNode golden) {
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < golden.get("longitudes").size(); i++) {
      builder.add(
          "t" + i,
          golden.get("longitudes").get(i).doubleValue(),
          golden.get("latitudes").get(i).doubleValue(),
          golden.get("climates").get(i).intValue(),
          golden.get("thematics").get(i).intValue());
    }
    return builder.build();
  }

  @ParameterizedTest
  @MethodSource("golden")
  void distancesAndEntropiesAreThoseOfScikitLearnAndSciPy(JsonNode golden) {
    SampleStatistics statistics =
        StatisticsCalculator.builder().build().statistics(archive(golden));

    PairStatistics all = statistics.pairs().orElseThrow();
    assertThat(all.distanceKm().value()).isCloseTo(golden.at("/all/mean").doubleValue(), KM);
    assertThat(all.distanceKm().exact()).isTrue();
    assertThat(all.distanceKm().standardError()).isZero();
    assertThat(all.entropy()).isCloseTo(golden.at("/all/entropy").doubleValue(), within(1e-12));
    assertThat(statistics.nearest().orElseThrow().distanceKm())
        .isCloseTo(golden.at("/all/min").doubleValue(), KM);
    WithinStrata within = statistics.withinStrata().orElseThrow();
    assertThat(within.perStratum().value()).isCloseTo(golden.get("perStratum").doubleValue(), KM);
    assertThat(within.perTile().value()).isCloseTo(golden.get("perTile").doubleValue(), KM);
    assertThat(within.perPair().value()).isCloseTo(golden.get("perPair").doubleValue(), KM);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void everyStratumIsThatOfScikitLearnAndSciPy(JsonNode golden) {
    List<StratumStatistics> strata =
        StatisticsCalculator.builder().build().statistics(archive(golden)).strata();

    assertThat(strata).hasSize(golden.get("strata").size());
    for (int s = 0; s < strata.size(); s++) {
      JsonNode expected = golden.get("strata").get(s);
      StratumStatistics actual = strata.get(s);
      assertThat(actual.stratum())
          .isEqualTo(
              new Stratum(expected.get("climate").intValue(), expected.get("thematic").intValue()));
      assertThat(actual.tiles()).isEqualTo(expected.get("tiles").intValue());
      assertThat(actual.pairs().isPresent()).isEqualTo(!expected.get("statistics").isNull());
      if (actual.pairs().isPresent()) {
        PairStatistics pairs = actual.pairs().orElseThrow();
        assertThat(pairs.distanceKm().value())
            .isCloseTo(expected.at("/statistics/mean").doubleValue(), KM);
        assertThat(pairs.distanceKm().pairs())
            .isEqualTo(expected.at("/statistics/pairs").longValue());
        assertThat(pairs.entropy())
            .isCloseTo(expected.at("/statistics/entropy").doubleValue(), within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void tilesPerClassAreThoseOfNumpy(JsonNode golden) {
    SampleStatistics statistics =
        StatisticsCalculator.builder().build().statistics(archive(golden));

    assertSpread(statistics.climates(), golden.get("perClimate"));
    assertSpread(statistics.thematics(), golden.get("perThematic"));
    assertSpread(statistics.combinations(), golden.get("perCombination"));
  }

  private static void assertSpread(Spread actual, JsonNode expected) {
    assertThat(actual.groups()).isEqualTo(expected.get("groups").intValue());
    assertThat(actual.min()).isEqualTo(expected.get("min").intValue());
    assertThat(actual.max()).isEqualTo(expected.get("max").intValue());
    assertThat(actual.mean()).isCloseTo(expected.get("mean").doubleValue(), within(1e-9));
    assertThat(actual.deviation()).isCloseTo(expected.get("deviation").doubleValue(), within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void standardErrorIsTheDeviationOverTheRootOfTheSampledPairs(JsonNode golden) {
    Estimate estimate =
        StatisticsCalculator.builder()
            .exactPairs(0)
            .sampledPairs(40_000)
            .build()
            .statistics(archive(golden))
            .pairs()
            .orElseThrow()
            .distanceKm();

    assertThat(estimate.exact()).isFalse();
    assertThat(estimate.pairs()).isEqualTo(40_000);
    // The deviation itself is estimated from 40,000 pairs: good to a few percent.
    assertThat(estimate.standardError() * 200)
        .isCloseTo(golden.at("/all/deviation").doubleValue(), within(150.0));
  }

  /**
   * On the equator a degree is 111.195 km. Stratum (1,10): 0 and 90 E, 90 degrees apart. Stratum
   * (1,20): 0, 30 and 60 E, on average 40 degrees apart. Stratum (2,10): one tile.
   */
  @Test
  void theThreeWeightingsCountStrataTilesOrPairs() {
    DescribedArchive archive =
        DescribedArchive.builder()
            .add("a", 0, 0, 1, 10)
            .add("b", 90, 0, 1, 10)
            .add("c", 0, 0, 1, 20)
            .add("d", 30, 0, 1, 20)
            .add("e", 60, 0, 1, 20)
            .add("f", 123, 45, 2, 10)
            .build();
    double degree = Math.PI * 6371.0088 / 180;

    SampleStatistics statistics = SampleStatistics.of(archive, new int[] {5, 4, 3, 2, 1, 0});

    WithinStrata within = statistics.withinStrata().orElseThrow();
    assertThat(within.perStratum().value()).isCloseTo(degree * (90 + 40) / 2, KM);
    assertThat(within.perTile().value()).isCloseTo(degree * (2 * 90 + 3 * 40) / 5, KM);
    assertThat(within.perPair().value()).isCloseTo(degree * (90 + 3 * 40) / 4, KM);
    assertThat(statistics.nearest()).contains(new NearestPair(0, 2, 0));
    assertThat(statistics.combinationsAbove(1)).isEqualTo(new Spread(2, 2.5, 0.5, 2, 3));
    assertThat(statistics.climates()).isEqualTo(new Spread(2, 3, 2, 1, 5));
    assertThat(statistics.strata().get(2).pairs()).isEmpty();
  }

  @Test
  void figuresDoNotDependOnThreads() {
    DescribedArchive archive = RandomArchive.onTheGlobe(5_000, 3);
    StatisticsCalculator.Builder builder =
        StatisticsCalculator.builder().exactPairs(100_000).sampledPairs(5_000_000).seed(9);
    SampleStatistics alone = builder.build().statistics(archive);
    SampleStatistics otherSeed = builder.seed(10).build().statistics(archive);
    assertThat(otherSeed.pairs()).isNotEqualTo(alone.pairs());
    ExecutorService helpers = Executors.newFixedThreadPool(3);
    try {
      assertThat(builder.seed(9).executor(helpers).build().statistics(archive)).isEqualTo(alone);
    } finally {
      helpers.shutdownNow();
    }
  }

  @Test
  void emptyAndSingleSelectionsHaveNoDistances() {
    DescribedArchive archive = RandomArchive.onTheGlobe(10, 1);

    SampleStatistics none = SampleStatistics.of(archive, new int[0]);
    SampleStatistics one = SampleStatistics.of(archive, new int[] {4});

    assertThat(none.tiles()).isZero();
    assertThat(none.climates()).isEqualTo(new Spread(0, 0, 0, 0, 0));
    assertThat(none.pairs()).isEmpty();
    assertThat(one.combinations()).isEqualTo(new Spread(1, 1, 0, 1, 1));
    assertThat(one.nearest()).isEmpty();
    assertThat(one.withinStrata()).isEmpty();
    assertThat(one.toMap()).doesNotContainKeys("allPairs", "minimumDistanceKm");
  }

  @Test
  void badIndexesAndCoordinatesAreNamed() {
    DescribedArchive archive = RandomArchive.onTheGlobe(10, 1);

    assertThatThrownBy(() -> SampleStatistics.of(archive, new int[] {0, 10}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("indexes must be in 0..9 but one was 10");
    assertThatThrownBy(() -> SampleStatistics.of(archive, new int[] {3, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("indexes must not repeat but 3 (t3) did");
    DescribedArchive broken = DescribedArchive.builder().add("x", Double.NaN, 0, 1, 1).build();
    assertThatThrownBy(() -> SampleStatistics.of(broken, new int[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x had longitude NaN");
  }

  @Test
  void anInterruptedThreadStopsWithAnErrorAndStaysInterrupted() {
    DescribedArchive archive = RandomArchive.onTheGlobe(2_000, 1);
    int[] all = IntStream.range(0, 2_000).toArray();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> SampleStatistics.of(archive, all))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void progressEndsAtTheTotal() {
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    StatisticsCalculator.builder()
        .progress(
            (stage, now, total) -> {
              assertThat(stage).isEqualTo("distances");
              done.add(now);
              totals.add(total);
            })
        .build()
        .statistics(RandomArchive.onTheGlobe(3_000, 1));

    assertThat(done).isSorted().hasSizeGreaterThan(10);
    assertThat(done.get(done.size() - 1)).isEqualTo(totals.get(0));
    assertThat(totals).containsOnly(totals.get(0));
  }

  @Test
  void mapHoldsEveryFigureAndIsPlainJson() throws IOException {
    SampleStatistics statistics =
        StatisticsCalculator.builder().build().statistics(archive(golden().get(0)));

    JsonNode json = new ObjectMapper().valueToTree(statistics.toMap());

    assertThat(json.get("tiles").intValue()).isEqualTo(statistics.tiles());
    assertThat(json.at("/distanceWithinStrataKm/perPair/value").doubleValue())
        .isEqualTo(statistics.withinStrata().orElseThrow().perPair().value());
    assertThat(json.at("/tilesPerCombination/groups").intValue())
        .isEqualTo(json.get("strata").size());
    assertThat(json.at("/minimumDistanceKm/indexes").size()).isEqualTo(2);
  }
}
