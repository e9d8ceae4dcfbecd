package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SelectorProperties {
  @Provide
  Arbitrary<Selector> selectors() {
    return Arbitraries.of(
        List.of(
            GeneticSelector.builder().generations(30).build(),
            GeneticSelector.builder()
                .generations(10)
                .fitness(Fitness.nearestNeighbourEntropy())
                .population(4)
                .elites(2)
                .build(),
            new StratifiedRandom(),
            new FarthestPoint(),
            new GridThinning()));
  }

  @Property(tries = 150)
  void aChoiceIsAscendingInRangeAndOfItsSize(
      @ForAll("selectors") Selector selector,
      @ForAll @IntRange(min = 2, max = 400) int count,
      @ForAll long seed) {
    int target = 1 + (int) Math.floorMod(seed, count - 1L);
    int[] chosen = selector.select(Places.anywhere(count, seed), target, seed, g -> {});
    assertThat(chosen).isSorted().doesNotHaveDuplicates();
    assertThat(chosen[0]).isNotNegative();
    assertThat(chosen[chosen.length - 1]).isLessThan(count);
    if (selector instanceof GeneticSelector) {
      assertThat((double) chosen.length).isBetween(0.9 * target, 1.1 * target);
    } else {
      assertThat(chosen).hasSize(target);
    }
  }

  @Property(tries = 50)
  void theSameSeedChoosesTheSame(@ForAll("selectors") Selector selector, @ForAll long seed) {
    Members members = Places.clustered(200, 3);
    assertThat(selector.select(members, 20, seed, g -> {}))
        .containsExactly(selector.select(members, 20, seed, g -> {}));
  }

  @Example
  void aRandomChoiceTakesEveryPairAlike() {
    Members members = Places.anywhere(5, 1);
    long[] observed = new long[32];
    for (long seed = 0; seed < 20_000; seed++) {
      int mask = 0;
      for (int member : new StratifiedRandom().select(members, 2, seed, g -> {})) {
        mask |= 1 << member;
      }
      observed[mask]++;
    }
    double[] expected = new double[32];
    for (int mask = 0; mask < 32; mask++) {
      expected[mask] = Integer.bitCount(mask) == 2 ? 0.1 : 0;
    }
    ChiSquared.assertFits(observed, expected);
  }

  @Example
  void farthestPointsAreAtLeastHalfAsFarApartAsAnyChoice() {
    Members members = Places.anywhere(500, 4);
    int[] chosen = new FarthestPoint().select(members, 40, 1, g -> {});
    int[] thinned = new GridThinning().select(members, 40, 1, g -> {});
    assertThat(2 * nearest(members, chosen)).isGreaterThan(nearest(members, thinned));
    // 40 caps of radius r that do not overlap have r < 18.3 degrees, so no choice is 4,070 km
    // apart.
    assertThat(nearest(members, chosen)).isGreaterThan(4070 / 2.0 * 0.9).isLessThan(4070);
  }

  private static double nearest(Members members, int[] chosen) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < chosen.length; i++) {
      for (int j = 0; j < i; j++) {
        nearest = Math.min(nearest, members.distanceKm(chosen[i], chosen[j]));
      }
    }
    return nearest;
  }

  @Example
  void gridThinningTakesFromSparseAndDensePlacesAlike() {
    Members members = Places.clustered(1200, 2);
    long remote = count(new GridThinning().select(members, 60, 1, g -> {}), members);
    long atRandom = count(new StratifiedRandom().select(members, 60, 1, g -> {}), members);
    assertThat(remote).isGreaterThan(atRandom);
  }

  private static long count(int[] chosen, Members members) {
    return Arrays.stream(chosen).filter(i -> members.latitude(i) < 40).count();
  }
}
