package org.csmoe.sampling.selection;

import java.util.function.Consumer;

/**
 * Chooses members of one stratum that has more of them than are wanted. Implementations are
 * immutable and safe for use by several threads; the same arguments give the same choice.
 */
public interface Selector {

  /**
   * Name and settings, for messages and provenance.
   *
   * @return for example {@code stratified-random}
   */
  String name();

  /**
   * Chooses.
   *
   * @param members where the members lie, more than {@code target}
   * @param target how many to choose, N_s of the paper, at least 1; a selector may deviate by 10 %
   *     where it says so
   * @param seed where all random choices come from
   * @param observer receives every generation of a search as it ends; selectors that do not evolve
   *     never call it
   * @return which members, from 0, ascending and without repetition
   * @throws org.csmoe.CsMoeException when the thread is interrupted
   */
  int[] select(Members members, int target, long seed, Consumer<Generation> observer);
}
