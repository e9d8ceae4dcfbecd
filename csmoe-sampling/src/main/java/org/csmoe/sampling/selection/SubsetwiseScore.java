package org.csmoe.sampling.selection;

import java.util.Arrays;

/** A score that is computed anew for every candidate. */
final class SubsetwiseScore implements Score {
  private final Fitness.SubsetScore score;

  SubsetwiseScore(Fitness.SubsetScore score) {
    this.score = score;
  }

  @Override
  public boolean ofPairs() {
    return false;
  }

  @Override
  public void clear() {}

  @Override
  public void copyFrom(Score other) {}

  @Override
  public void count(double[] squaredChords, int count, int sign) {}

  @Override
  public double value(Members members, int[] subset, int size) {
    return size < 2 ? 0 : score.of(members, Arrays.copyOf(subset, size));
  }
}
