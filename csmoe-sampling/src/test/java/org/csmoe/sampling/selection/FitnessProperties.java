package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FitnessProperties {
  private static final Members ANYWHERE = Places.anywhere(300, 1);

  @Provide
  Arbitrary<Fitness> fitness() {
    return Arbitraries.of(
        List.of(
            Fitness.histogramEntropy(),
            Fitness.histogramEntropy(17),
            Fitness.meanDistance(),
            Fitness.meanLogDistance(),
            Fitness.nearestNeighbourEntropy(),
            Fitness.of("size", (members, subset) -> subset.length)));
  }

  @Property(tries = 200)
  void aScoreFollowedThroughChangesEqualsOneFromNothing(
      @ForAll("fitness") Fitness fitness, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Candidate parent = new Candidate(8, fitness.newScore());
    parent.subset.augment(2 + random.nextInt(60), ANYWHERE.size(), random);
    parent.evaluate(ANYWHERE, new Chords());
    for (int i = 0; i < 10; i++) {
      Candidate child = new Candidate(8, fitness.newScore());
      child.subset.copyFrom(parent.subset);
      child.subset.mutate(0.02, ANYWHERE.size(), random);
      child.evaluate(ANYWHERE, parent, new Difference(), new Chords());
      // Equal to the last bit: counts and sums are integers.
      assertThat(child.fitness()).isEqualTo(fitness.of(ANYWHERE, child.subset.toArray()));
      parent = child;
    }
  }

  @Property(tries = 100)
  void theOrderOfMembersDoesNotMatter(@ForAll("fitness") Fitness fitness, @ForAll long seed) {
    int[] subset = new SplittableRandom(seed).ints(40, 0, 300).distinct().toArray();
    int[] reversed = new int[subset.length];
    for (int i = 0; i < subset.length; i++) {
      reversed[i] = subset[subset.length - 1 - i];
    }
    assertThat(fitness.of(ANYWHERE, reversed)).isEqualTo(fitness.of(ANYWHERE, subset));
  }

  @Property(tries = 100)
  void entropyIsThatOfTheHistogramOfHaversineDistances(@ForAll long seed) {
    int[] subset = new SplittableRandom(seed).ints(50, 0, 300).distinct().toArray();
    double[] counts = new double[64];
    double pairs = 0;
    for (int i = 0; i < subset.length; i++) {
      for (int j = 0; j < i; j++) {
        double share = haversine(subset[i], subset[j]) / Math.PI;
        counts[(int) Math.min(63, share * 64)]++;
        pairs++;
      }
    }
    double entropy = 0;
    for (double count : counts) {
      entropy -= count == 0 ? 0 : count / pairs * Math.log(count / pairs);
    }
    double found = Fitness.histogramEntropy().of(ANYWHERE, subset);
    // Only the order of summation differs.
    assertThat(found).isCloseTo(entropy, within(1e-12)).isLessThanOrEqualTo(Math.log(64));
  }

  private static double haversine(int a, int b) {
    double phi = Math.toRadians(ANYWHERE.latitude(a));
    double other = Math.toRadians(ANYWHERE.latitude(b));
    double lambda = Math.toRadians(ANYWHERE.longitude(a) - ANYWHERE.longitude(b));
    double x = Math.sin((phi - other) / 2);
    double y = Math.sin(lambda / 2);
    return 2 * Math.asin(Math.sqrt(x * x + Math.cos(phi) * Math.cos(other) * y * y));
  }

  @Example
  void distancesAreThoseOfKnownPlaces() {
    Members members =
        new Members(
            new double[] {13.405, 151.209, 0, 180, -180}, new double[] {52.52, -33.868, 90, 0, 0});
    // Berlin to Sydney: scikit-learn 1.5 haversine_distances times 6371.0088 km.
    assertThat(members.distanceKm(0, 1)).isCloseTo(16_093.4, within(5.0));
    assertThat(members.distanceKm(2, 3)).isCloseTo(Math.PI / 2 * 6371.0088, within(1e-9));
    // The rounding of the sine of pi, 1.2e-16, is a tenth of a micrometre on the Earth.
    assertThat(members.distanceKm(3, 4)).isCloseTo(0, within(1e-9));
    assertThat(members.distanceKm(1, 1)).isZero();
  }

  @Example
  void antipodesAreHalfTheCircumferenceApart() {
    Members members = new Members(new double[] {0, 180}, new double[] {30, -30});
    // asin is flat near 1: rounding of the chord by 1e-16 moves the angle by its square root.
    assertThat(members.distanceKm(0, 1)).isCloseTo(Math.PI * 6371.0088, within(1e-3));
  }

  @Example
  void fewerThanTwoMembersScoreNothing() {
    for (Fitness fitness : fitness().sampleStream().limit(30).toList()) {
      assertThat(fitness.of(ANYWHERE, new int[] {3})).isZero();
      assertThat(fitness.of(ANYWHERE, new int[0])).isZero();
    }
  }

  @Example
  void twoAntipodalClumpsPleaseTheMeanAndNotTheEntropy() {
    double[] longitudes = new double[40];
    for (int i = 0; i < 40; i++) {
      longitudes[i] = i < 20 ? 0 : 180;
    }
    int[] all = IntStream.range(0, 40).toArray();
    Members clumps = new Members(longitudes, new double[40]);
    Members spread = Places.anywhere(40, 1);
    // 400 of 780 pairs are antipodal: 10,264 km; spread evenly it is a quarter of the way round.
    assertThat(Fitness.meanDistance().of(clumps, all))
        .isCloseTo(Math.PI * 6371.0088 * 400 / 780, within(0.001))
        .isGreaterThan(Fitness.meanDistance().of(spread, all));
    assertThat(Fitness.histogramEntropy().of(clumps, all))
        .isLessThan(0.7)
        .isLessThan(Fitness.histogramEntropy().of(spread, all));
  }
}
