package org.csmoe.sampling.selection;

import java.util.Arrays;

/** Counts of pairs per distance bin, and the Shannon entropy of their shares in nats. */
final class HistogramScore implements Score {
  /** c ln c of the counts that subsets of a hundred members have. */
  private static final double[] SMALL = new double[4096];

  static {
    for (int count = 2; count < SMALL.length; count++) {
      SMALL[count] = count * Math.log(count);
    }
  }

  private final DistanceBins bins;
  private final int[] counts;

  HistogramScore(DistanceBins bins) {
    this.bins = bins;
    this.counts = new int[bins.count()];
  }

  @Override
  public boolean ofPairs() {
    return true;
  }

  @Override
  public void clear() {
    Arrays.fill(counts, 0);
  }

  @Override
  public void copyFrom(Score other) {
    System.arraycopy(((HistogramScore) other).counts, 0, counts, 0, counts.length);
  }

  @Override
  public void count(double[] squaredChords, int count, int sign) {
    bins.count(squaredChords, count, counts, sign);
  }

  /** {@code H = ln P - (sum c ln c) / P} for P pairs in bins of c. */
  @Override
  public double value(Members members, int[] subset, int size) {
    double pairs = size * (size - 1.0) / 2;
    if (pairs == 0) {
      return 0;
    }
    double sum = 0;
    for (int count : counts) {
      sum += count < SMALL.length ? SMALL[count] : count * Math.log(count);
    }
    return Math.max(0, Math.log(pairs) - sum / pairs);
  }
}
