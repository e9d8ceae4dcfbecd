package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Test;

class GeneticSelectorTest {
  private static final Members CLUSTERED = Places.clustered(1200, 5);

  @Test
  void entropyRisesFarAboveThatOfARandomChoice() {
    int[] random = new StratifiedRandom().select(CLUSTERED, 100, 1, g -> {});
    int[] evolved =
        GeneticSelector.builder().generations(700).build().select(CLUSTERED, 100, 1, g -> {});
    Fitness entropy = Fitness.histogramEntropy();
    Fitness mean = Fitness.meanDistance();
    // benchmarks/selection/deap_selection.py, the same algorithm in DEAP, reaches 3.81 to 3.85 nats
    // on such a stratum in 700 generations.
    assertThat(entropy.of(CLUSTERED, random)).isLessThan(3.4);
    assertThat(entropy.of(CLUSTERED, evolved)).isGreaterThan(3.78);
    assertThat(mean.of(CLUSTERED, evolved)).isGreaterThan(2 * mean.of(CLUSTERED, random));
  }

  @Test
  void bestEverNeverFallsAndStatisticsAreInOrder() {
    List<Generation> history = new ArrayList<>();
    int[] selected =
        GeneticSelector.builder()
            .generations(200)
            .elites(0)
            .build()
            .select(CLUSTERED, 50, 3, history::add);
    assertThat(history).hasSize(201).first().extracting(Generation::number).isEqualTo(0);
    double before = 0;
    for (Generation generation : history) {
      assertThat(generation.bestEver()).isGreaterThanOrEqualTo(before);
      assertThat(generation.bestEver()).isGreaterThanOrEqualTo(generation.best());
      assertThat(generation.best()).isGreaterThanOrEqualTo(generation.mean());
      assertThat(generation.mean()).isGreaterThanOrEqualTo(generation.worst());
      assertThat(generation.bestSize()).isBetween(45, 55);
      before = generation.bestEver();
    }
    assertThat(Fitness.histogramEntropy().of(CLUSTERED, selected)).isEqualTo(before);
  }

  @Test
  void aStreamOfGenerationsCanBeLeftAndTakenUpAgain() {
    GeneticSelector selector = GeneticSelector.builder().generations(60).build();
    Evolution evolution = selector.evolve(CLUSTERED, 30, 9);
    assertThat(evolution.best()).isEmpty();
    assertThat(evolution.stream().limit(10))
        .hasSize(10)
        .last()
        .extracting(Generation::number)
        .isEqualTo(9);
    assertThat(evolution.stream()).hasSize(51).last().extracting(Generation::number).isEqualTo(60);
    assertThat(evolution.best()).containsExactly(selector.select(CLUSTERED, 30, 9, g -> {}));
  }

  @Test
  void aStalledSearchEnds() {
    Fitness flat = Fitness.of("flat", (members, subset) -> 1);
    Evolution evolution =
        GeneticSelector.builder().fitness(flat).stall(7, 0).build().evolve(CLUSTERED, 30, 1);
    assertThat(evolution.stream()).hasSize(8);
  }

  @Test
  void aTimeBudgetEndsTheSearch() {
    AtomicLong clock = new AtomicLong();
    GeneticSelector selector =
        GeneticSelector.builder().timeBudget(Duration.ofNanos(50)).build(() -> clock.getAndAdd(10));
    assertThat(selector.evolve(CLUSTERED, 30, 1).stream()).hasSize(5);
    assertThat(selector.name()).contains("timeBudget=PT0.00000005S");
  }

  @Test
  void parentsAreTheBestOfADrawWithReplacement() {
    // With a tournament of t among p candidates, the rank r (0 best) wins with probability
    // ((p-r)^t - (p-r-1)^t) / p^t. Sizes are the fitness here, so that ranks can be seen.
    int population = 6;
    int tournament = 3;
    long[] wins = new long[population];
    for (long seed = 0; seed < 30_000; seed++) {
      wins[
          Evolution.tournament(
              new java.util.SplittableRandom(seed), population, tournament, (a, b) -> a < b)]++;
    }
    double[] expected = new double[population];
    for (int r = 0; r < population; r++) {
      expected[r] =
          (Math.pow(population - r, tournament) - Math.pow(population - r - 1, tournament))
              / Math.pow(population, tournament);
    }
    ChiSquared.assertFits(wins, expected);
  }

  @Test
  void everyMemberAtOnePlaceIsNoTrouble() {
    Members heap = new Members(new double[300], new double[300]);
    assertThat(GeneticSelector.builder().generations(20).build().select(heap, 100, 1, g -> {}))
        .hasSizeBetween(90, 110);
    assertThat(new FarthestPoint().select(heap, 100, 1, g -> {}))
        .doesNotHaveDuplicates()
        .hasSize(100);
    assertThat(new GridThinning().select(heap, 100, 1, g -> {}))
        .doesNotHaveDuplicates()
        .hasSize(100);
  }

  @Test
  void targetsOfOneTwoAndAllButOneWork() {
    GeneticSelector selector = GeneticSelector.builder().generations(50).build();
    assertThat(selector.select(CLUSTERED, 1, 1, g -> {})).hasSize(1);
    assertThat(selector.select(CLUSTERED, 2, 1, g -> {})).hasSize(2);
    Members few = Places.anywhere(21, 1);
    assertThat(selector.select(few, 20, 1, g -> {})).hasSizeBetween(18, 21);
  }

  @Test
  void aFitnessThatIsNotANumberIsNamed() {
    Fitness broken = Fitness.of("broken", (members, subset) -> Double.NaN);
    assertThatThrownBy(
            () ->
                GeneticSelector.builder().fitness(broken).build().select(CLUSTERED, 9, 1, g -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fitness must not be NaN");
  }

  @Test
  void anInterruptedThreadStopsAtTheNextGeneration() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> GeneticSelector.builder().build().select(CLUSTERED, 100, 1, g -> {}))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void badSettingsAreNamedWithTheirRange() {
    GeneticSelector.Builder builder = GeneticSelector.builder();
    assertThatThrownBy(() -> builder.population(1))
        .hasMessageContaining("population must be at least 2 but was 1");
    assertThatThrownBy(() -> builder.mutationRate(0.6))
        .hasMessageContaining("mutationRate must be in 0..0.5 but was 0.6");
    assertThatThrownBy(() -> builder.crossoverRate(Double.NaN))
        .hasMessageContaining("crossoverRate must be in 0..1.0 but was NaN");
    assertThatThrownBy(() -> GeneticSelector.builder().population(3).elites(3).build())
        .hasMessageContaining("elites must be less than the population of 3 but was 3");
    assertThatThrownBy(() -> builder.build().select(CLUSTERED, 1200, 1, g -> {}))
        .hasMessageContaining("target must be in 1..1199");
  }

  @Test
  void severalElitesLiveOnEvenWhereFitnessIsInfinite() {
    Fitness hopeless = Fitness.of("hopeless", (members, subset) -> Double.NEGATIVE_INFINITY);
    GeneticSelector.Builder builder =
        GeneticSelector.builder().generations(10).population(6).elites(5);
    assertThat(builder.fitness(hopeless).build().select(CLUSTERED, 30, 1, g -> {})).hasSize(30);
    List<Generation> history = new ArrayList<>();
    builder
        .fitness(Fitness.meanDistance())
        .crossoverRate(0)
        .mutationRate(0.01)
        .build()
        .select(CLUSTERED, 30, 1, history::add);
    for (int i = 1; i < history.size(); i++) {
      // Five of six survive: only the worst may change.
      assertThat(history.get(i).best()).isGreaterThanOrEqualTo(history.get(i - 1).best());
      assertThat(history.get(i).mean()).isGreaterThan(history.get(i - 1).worst());
    }
  }

  @Test
  void sizesStayWithinTenPercentWhereTheTargetIsAMultipleOfTen() {
    // 0.9 * 10 and 1.1 * 10 are not whole in binary; every target's bounds are met exactly.
    for (int target : new int[] {10, 20, 30, 70}) {
      Fitness small = Fitness.of("small", (members, subset) -> -subset.length);
      Fitness large = Fitness.of("large", (members, subset) -> subset.length);
      GeneticSelector.Builder builder = GeneticSelector.builder().generations(300);
      assertThat(builder.fitness(small).build().select(CLUSTERED, target, 1, g -> {}))
          .hasSize(9 * target / 10);
      assertThat(builder.fitness(large).build().select(CLUSTERED, target, 1, g -> {}))
          .hasSize(11 * target / 10);
    }
  }

  @Test
  void polesAndAntipodesAreMembersLikeOthers() {
    double[] longitudes = new double[60];
    double[] latitudes = new double[60];
    for (int i = 0; i < 60; i++) {
      longitudes[i] = i % 3 == 0 ? 180 : i % 3 == 1 ? -180 : 0;
      latitudes[i] = i < 20 ? 90 : i < 40 ? -90 : i - 50;
    }
    Members members = new Members(longitudes, latitudes);
    for (Selector selector :
        List.of(
            GeneticSelector.builder().generations(30).build(),
            new FarthestPoint(),
            new GridThinning())) {
      int[] chosen = selector.select(members, 20, 1, g -> {});
      assertThat(chosen).isSorted().doesNotHaveDuplicates().hasSizeBetween(18, 22);
      // One at each pole, at least: they are antipodes.
      assertThat(chosen[0]).isLessThan(20);
      assertThat(Arrays.stream(chosen).anyMatch(i -> i >= 20 && i < 40)).isTrue();
    }
  }
}
