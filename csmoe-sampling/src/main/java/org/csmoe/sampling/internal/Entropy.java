package org.csmoe.sampling.internal;

/**
 * Shannon entropy of a histogram, {@code (P ln P - sum c ln c) / P} for P entries in bins of c.
 * From a table for small counts, which is most of what a genetic selection asks; the same to the
 * last bit on every machine.
 */
public final class Entropy {
  /** One more than the pairs of 128 members. */
  private static final double[] PRODUCTS = new double[128 * 127 / 2 + 1];

  static {
    for (int count = 2; count < PRODUCTS.length; count++) {
      PRODUCTS[count] = count * StrictMath.log(count);
    }
  }

  private Entropy() {}

  /**
   * The entropy of counts.
   *
   * @param counts entries per bin, not negative
   * @return nats; 0 for an empty histogram
   */
  public static double of(long[] counts) {
    long total = 0;
    double sum = 0;
    for (long count : counts) {
      total += count;
      sum += product(count);
    }
    return total == 0 ? 0 : Math.max(0, (product(total) - sum) / total);
  }

  private static double product(long count) {
    return count < PRODUCTS.length ? PRODUCTS[(int) count] : count * StrictMath.log((double) count);
  }
}
