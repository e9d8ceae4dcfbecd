package org.csmoe.sampling.statistics;

/**
 * The histogram of angles between tiles that the entropy is of: {@link #BINS} bins of equal width
 * over 0 to pi, closed below and open above, the last one closed.
 */
final class DistanceHistogram {
  static final int BINS = 64;
  private static final double SCALE = BINS / Math.PI;

  private DistanceHistogram() {}

  static int bin(double angle) {
    return Math.min(BINS - 1, (int) (angle * SCALE));
  }

  /** Shannon entropy in nats; 0 for an empty histogram. */
  static double entropy(long[] counts) {
    double total = 0;
    double sum = 0;
    for (long count : counts) {
      if (count > 0) {
        total += count;
        sum += count * Math.log((double) count);
      }
    }
    return total == 0 ? 0 : Math.max(0, Math.log(total) - sum / total);
  }
}
