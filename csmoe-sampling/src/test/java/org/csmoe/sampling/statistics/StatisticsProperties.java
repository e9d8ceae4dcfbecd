package org.csmoe.sampling.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.selection.Fitness;
import org.csmoe.sampling.selection.Members;

class StatisticsProperties {
  /** A cap around any point of the sphere, from 0.01 degrees to all of it; some tiles coincide. */
  @Provide
  Arbitrary<DescribedArchive> caps() {
    Arbitrary<Double> z = Arbitraries.doubles().between(-1, 1).ofScale(9);
    Arbitrary<Double> degrees = Arbitraries.of(0.01, 1.0, 20.0, 180.0);
    Arbitrary<Long> seeds = Arbitraries.longs();
    Arbitrary<Integer> sizes = Arbitraries.integers().between(2, 400);
    return Combinators.combine(
            z, Arbitraries.doubles().between(-180, 180).ofScale(9), degrees, seeds, sizes)
        .as(StatisticsProperties::cap);
  }

  private static DescribedArchive cap(double z, double lon, double radius, long seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    double lat0 = Math.asin(z);
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < size; i++) {
      double away = Math.toRadians(radius) * Math.sqrt(random.nextDouble());
      double bearing = random.nextDouble(0, 2 * Math.PI);
      double lat =
          Math.asin(
              Math.max(
                  -1,
                  Math.min(
                      1,
                      Math.sin(lat0) * Math.cos(away)
                          + Math.cos(lat0) * Math.sin(away) * Math.cos(bearing))));
      double east =
          Math.atan2(
              Math.sin(bearing) * Math.sin(away) * Math.cos(lat0),
              Math.cos(away) - Math.sin(lat0) * Math.sin(lat));
      double wrapped = Math.IEEEremainder(lon + Math.toDegrees(east), 360);
      builder.add("t" + i, wrapped, Math.toDegrees(lat), random.nextInt(3), random.nextInt(2));
    }
    return builder.build();
  }

  @Property(tries = 300)
  void closestPairIsThatOfBruteForce(@ForAll("caps") DescribedArchive archive) {
    int size = archive.size();
    Members members =
        new Members(
            IntStream.range(0, size).mapToDouble(archive::longitude).toArray(),
            IntStream.range(0, size).mapToDouble(archive::latitude).toArray());
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      for (int j = i + 1; j < size; j++) {
        least = Math.min(least, members.distanceKm(i, j));
      }
    }

    NearestPair nearest =
        StatisticsCalculator.builder().build().statistics(archive).nearest().orElseThrow();

    // A micrometre: the two formulas round differently.
    assertThat(nearest.distanceKm()).isCloseTo(least, within(1e-9));
    assertThat(members.distanceKm(nearest.first(), nearest.second()))
        .isCloseTo(least, within(1e-9));
  }

  @Property(tries = 60)
  void estimatesLieWithinFiveStandardErrorsOfTheExactMeans(
      @ForAll("caps") DescribedArchive archive, @ForAll long seed) {
    SampleStatistics exact = StatisticsCalculator.builder().build().statistics(archive);
    SampleStatistics estimated =
        StatisticsCalculator.builder()
            .exactPairs(0)
            .sampledPairs(20_000)
            .seed(seed)
            .build()
            .statistics(archive);

    // Five: one false alarm in 1.7 million, with four estimates in each of 60 tries.
    assertNear(
        estimated.pairs().orElseThrow().distanceKm(), exact.pairs().orElseThrow().distanceKm());
    if (exact.withinStrata().isPresent()) {
      WithinStrata a = estimated.withinStrata().orElseThrow();
      WithinStrata b = exact.withinStrata().orElseThrow();
      assertNear(a.perStratum(), b.perStratum());
      assertNear(a.perTile(), b.perTile());
      assertNear(a.perPair(), b.perPair());
    }
  }

  private static void assertNear(Estimate estimate, Estimate exact) {
    assertThat(estimate.exact()).isFalse();
    // A millimetre: where all pairs are the same pair, only the rounding of 20,000 sums is left.
    assertThat(estimate.value())
        .isCloseTo(exact.value(), within(5 * estimate.standardError() + 1e-6));
  }

  @Property(tries = 60)
  void theOrderOfIndexesDoesNotMatter(@ForAll("caps") DescribedArchive archive, @ForAll long seed) {
    int[] ascending = IntStream.range(0, archive.size()).filter(i -> i % 3 != 0).toArray();
    int[] shuffled = ascending.clone();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    StatisticsCalculator calculator =
        StatisticsCalculator.builder().exactPairs(1000).sampledPairs(2000).build();

    assertThat(calculator.statistics(archive, shuffled))
        .isEqualTo(calculator.statistics(archive, ascending));
  }

  @Property
  void anglesAreThoseOfTheInverseSine(
      @ForAll @DoubleRange(min = 0, max = 4) @Scale(9) double chord) {
    // Near 4 the chord itself decides: an error of 4e-16 in it is one of 4e-8 in the angle.
    double tolerance = chord < 3.99 ? 1e-13 : 5e-8;
    assertThat(GreatCircle.angle(chord))
        .isCloseTo(2 * Math.asin(Math.sqrt(chord) / 2), within(tolerance));
  }

  @Property
  void smallAnglesAreRightInRelativeTerms(
      @ForAll @IntRange(min = 0, max = 30) int halvings,
      @ForAll @DoubleRange(min = 0.5, max = 1) @Scale(9) double of) {
    double angle = of * Math.pow(0.5, halvings);
    double half = Math.sin(angle / 2);
    assertThat(GreatCircle.angle(4 * half * half) / angle).isCloseTo(1, within(1e-13));
  }

  /** On a lattice many distances lie on the edge of a bin, where rounding decides. */
  @Property(tries = 50)
  void theEntropyOfAStratumIsTheFitnessOfItsSelectionToTheLastBit(
      @ForAll @IntRange(min = 2, max = 300) int size, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < size; i++) {
      builder.add("t" + i, random.nextInt(-64, 65) * 2.8125, random.nextInt(-4, 5) * 22.5, 1, 1);
    }
    DescribedArchive archive = builder.build();
    int[] all = IntStream.range(0, size).toArray();

    assertThat(SampleStatistics.of(archive, all).pairs().orElseThrow().entropy())
        .isEqualTo(Fitness.histogramEntropy().of(Members.of(archive, all), all));
  }
}
