package org.csmoe.sampling.selection;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Chooses uniformly at random without replacement: every subset of the target's size is equally
 * likely. Stratum by stratum this is the paper's baseline MTom_r (section III.A).
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class StratifiedRandom implements Selector {

  /** A selector without settings. */
  public StratifiedRandom() {}

  @Override
  public String name() {
    return "stratified-random";
  }

  @Override
  public int[] select(Members members, int target, long seed, Consumer<Generation> observer) {
    Selectors.requireTarget(members, target);
    Subset subset = new Subset(target);
    subset.augment(target, members.size(), new SplittableRandom(seed));
    return subset.toArray();
  }
}
