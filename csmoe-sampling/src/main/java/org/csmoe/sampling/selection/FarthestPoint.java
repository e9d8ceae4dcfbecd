package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.csmoe.CsMoeException;

/**
 * Chooses a random member first and then, again and again, the member farthest from all chosen ones
 * (Gonzalez 1985). The smallest distance between chosen members is at least half of the greatest
 * possible one; density plays no part, so that outliers are always chosen. Time grows with members
 * times target.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class FarthestPoint implements Selector {

  /** A selector without settings. */
  public FarthestPoint() {}

  @Override
  public String name() {
    return "farthest-point";
  }

  @Override
  public int[] select(Members members, int target, long seed, Consumer<Generation> observer) {
    Selectors.requireTarget(members, target);
    double[] nearest = new double[members.size()];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int[] chosen = new int[target];
    int next = new SplittableRandom(seed).nextInt(members.size());
    for (int i = 0; i < target; i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("interrupted after %d of %d members".formatted(i, target));
      }
      chosen[i] = next;
      // Chosen members leave the race, so that repeated places do not repeat a member.
      nearest[next] = -1;
      int farthest = -1;
      for (int j = 0; j < nearest.length; j++) {
        if (nearest[j] >= 0) {
          nearest[j] = Math.min(nearest[j], members.squaredChord(next, j));
          if (farthest < 0 || nearest[j] > nearest[farthest]) {
            farthest = j;
          }
        }
      }
      next = farthest;
    }
    Arrays.sort(chosen);
    return chosen;
  }
}
