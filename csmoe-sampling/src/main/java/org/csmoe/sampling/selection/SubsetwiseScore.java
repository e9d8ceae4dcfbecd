package org.csmoe.sampling.selection;

import java.util.Arrays;

/** A score that is computed anew for every candidate. */
final class SubsetwiseScore implements Score {
  private final Fitness.SubsetScore score;

  SubsetwiseScore(Fitness.SubsetScore score) {
    this.score = score;
  }

  @Override
  public boolean incremental() {
    return false;
  }

  @Override
  public void reset(Members members, int[] subset, int size) {}

  @Override
  public void copyFrom(Score other) {}

  @Override
  public void add(Members members, int member, int[] subset, int size) {}

  @Override
  public void remove(Members members, int member, int[] subset, int size) {}

  @Override
  public double value(Members members, int[] subset, int size) {
    return size < 2 ? 0 : score.of(members, Arrays.copyOf(subset, size));
  }
}
