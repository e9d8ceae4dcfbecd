package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Operators against their exact distributions, by chi-squared tests with fixed seeds. */
class SubsetTest {
  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void numberOfFlipsIsBinomial() {
    int n = 12;
    double rate = 0.3;
    long[] observed = new long[n + 1];
    for (int i = 0; i < 50_000; i++) {
      Subset subset = new Subset(4);
      subset.mutate(rate, n, random);
      observed[subset.size()]++;
    }
    double[] expected = new double[n + 1];
    double binomial = 1;
    for (int k = 0; k <= n; k++) {
      expected[k] = binomial * Math.pow(rate, k) * Math.pow(1 - rate, n - k);
      binomial = binomial * (n - k) / (k + 1);
    }
    ChiSquared.assertFits(observed, expected);
  }

  @Test
  void everyBitIsFlippedAlikeWhetherSetOrNot() {
    int n = 20;
    long[] observed = new long[n];
    for (int i = 0; i < 20_000; i++) {
      Subset subset = of(0, 3, 4, 19);
      subset.mutate(0.1, n, random);
      int[] after = subset.toArray();
      for (int bit = 0; bit < n; bit++) {
        boolean before = bit == 0 || bit == 3 || bit == 4 || bit == 19;
        boolean now = Arrays.binarySearch(after, bit) >= 0;
        observed[bit] += before == now ? 0 : 1;
      }
    }
    double[] expected = new double[n];
    Arrays.fill(expected, 1.0 / n);
    ChiSquared.assertFits(observed, expected);
    assertThat(Arrays.stream(observed).sum() / (20_000.0 * n)).isBetween(0.097, 0.103);
  }

  @Test
  void crossoverTakesWhatBothHaveAndTheRestWithEvenOdds() {
    long[] observed = new long[16];
    for (int i = 0; i < 32_000; i++) {
      Subset child = new Subset(1);
      child.cross(of(1, 2, 5, 9), of(2, 4, 9, 11), random);
      assertThat(child.toArray()).contains(2, 9).isSorted();
      int pattern = 0;
      int[] differing = {1, 4, 5, 11};
      for (int d = 0; d < 4; d++) {
        pattern |= Arrays.binarySearch(child.toArray(), differing[d]) >= 0 ? 1 << d : 0;
      }
      observed[pattern]++;
    }
    double[] expected = new double[16];
    Arrays.fill(expected, 1.0 / 16);
    ChiSquared.assertFits(observed, expected);
  }

  @Test
  void pruningKeepsEverySubsetAlike() {
    long[] observed = new long[1 << 5];
    for (int i = 0; i < 20_000; i++) {
      Subset subset = of(0, 1, 2, 3, 4);
      subset.prune(2, random);
      observed[mask(subset)]++;
    }
    ChiSquared.assertFits(observed, subsetsOf(5, 2));
  }

  @Test
  void augmentingAddsEverySubsetAlikeByTrying() {
    long[] observed = new long[1 << 7];
    for (int i = 0; i < 20_000; i++) {
      Subset subset = of(2);
      subset.augment(3, 7, random);
      observed[mask(subset) & ~(1 << 2)]++;
    }
    double[] expected = new double[1 << 7];
    for (int mask = 0; mask < expected.length; mask++) {
      expected[mask] = (mask & 1 << 2) == 0 && Integer.bitCount(mask) == 2 ? 1.0 / 15 : 0;
    }
    ChiSquared.assertFits(observed, expected);
  }

  @Test
  void augmentingAddsEverySubsetAlikeBySelection() {
    long[] observed = new long[1 << 5];
    for (int i = 0; i < 20_000; i++) {
      Subset subset = new Subset(1);
      subset.augment(3, 5, random);
      observed[mask(subset)]++;
    }
    ChiSquared.assertFits(observed, subsetsOf(5, 3));
  }

  private static double[] subsetsOf(int n, int size) {
    double[] expected = new double[1 << n];
    int count = 0;
    for (int mask = 0; mask < expected.length; mask++) {
      count += Integer.bitCount(mask) == size ? 1 : 0;
    }
    for (int mask = 0; mask < expected.length; mask++) {
      expected[mask] = Integer.bitCount(mask) == size ? 1.0 / count : 0;
    }
    return expected;
  }

  private static int mask(Subset subset) {
    int mask = 0;
    for (int member : subset.toArray()) {
      mask |= 1 << member;
    }
    return mask;
  }

  private static Subset of(int... members) {
    Subset subset = new Subset(members.length);
    for (int member : members) {
      subset.add(member);
    }
    return subset;
  }
}
