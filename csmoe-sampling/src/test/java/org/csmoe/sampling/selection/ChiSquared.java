package org.csmoe.sampling.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Pearson's test of goodness of fit. */
final class ChiSquared {
  /**
   * One false alarm in a hundred thousand, were seeds not fixed: the normal quantile of 1 - 1e-5.
   */
  private static final double QUANTILE = 4.265;

  private ChiSquared() {}

  /**
   * Asserts that counts fit shares. The critical value is that of Wilson and Hilferty's cube-root
   * approximation, exact to a few per mille here.
   */
  static void assertFits(long[] observed, double[] shares) {
    double total = Arrays.stream(observed).sum();
    double statistic = 0;
    int classes = 0;
    for (int i = 0; i < observed.length; i++) {
      if (shares[i] == 0) {
        assertThat(observed[i]).as("count of the impossible class %d", i).isZero();
      } else {
        double expected = shares[i] * total;
        statistic += (observed[i] - expected) * (observed[i] - expected) / expected;
        classes++;
      }
    }
    double freedom = classes - 1;
    double spread = 2 / (9 * freedom);
    double critical = freedom * Math.pow(1 - spread + QUANTILE * Math.sqrt(spread), 3);
    assertThat(statistic).as("chi-squared of %s", Arrays.toString(observed)).isLessThan(critical);
  }
}
