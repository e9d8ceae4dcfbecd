package org.csmoe.sampling.selection;

import java.util.Arrays;
import org.csmoe.sampling.internal.DistanceBins;
import org.csmoe.sampling.internal.Entropy;

/** Counts of pairs per distance bin, and the Shannon entropy of their shares in nats. */
final class HistogramScore implements Score {
  private final DistanceBins bins;
  private final long[] counts;

  HistogramScore(DistanceBins bins) {
    this.bins = bins;
    this.counts = new long[bins.count()];
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

  @Override
  public double value(Members members, int[] subset, int size) {
    return Entropy.of(counts);
  }
}
