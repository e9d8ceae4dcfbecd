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
  public boolean incremental() {
    return true;
  }

  @Override
  public void reset(Members members, int[] subset, int size) {
    Arrays.fill(counts, 0);
    for (int i = 1; i < size; i++) {
      count(members, subset[i], subset, i, 1);
    }
  }

  @Override
  public void copyFrom(Score other) {
    System.arraycopy(((HistogramScore) other).counts, 0, counts, 0, counts.length);
  }

  @Override
  public void add(Members members, int member, int[] subset, int size) {
    count(members, member, subset, size, 1);
  }

  @Override
  public void remove(Members members, int member, int[] subset, int size) {
    count(members, member, subset, size, -1);
  }

  private void count(Members members, int member, int[] subset, int size, int step) {
    for (int i = 0; i < size; i++) {
      counts[bins.bin(members.squaredChord(member, subset[i]))] += step;
    }
  }

  @Override
  public double value(Members members, int[] subset, int size) {
    return Entropy.of(counts);
  }
}
