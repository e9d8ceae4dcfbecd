package org.csmoe.sampling.selection;

/**
 * The mutable state from which a candidate's fitness follows, kept up to date member by member
 * where the fitness allows. Subsets are the first {@code size} entries of ascending arrays.
 */
interface Score {

  /** Whether {@link #add} and {@link #remove} do anything; otherwise the value is computed anew. */
  boolean incremental();

  /** Computes the state of a subset from nothing. */
  void reset(Members members, int[] subset, int size);

  /** Takes the state of another score of the same fitness. */
  void copyFrom(Score other);

  /** Accounts for a member that joins the subset, which does not hold it yet. */
  void add(Members members, int member, int[] subset, int size);

  /** Accounts for a member that has left the subset, which does not hold it any more. */
  void remove(Members members, int member, int[] subset, int size);

  /** The fitness of the subset that the state belongs to. */
  double value(Members members, int[] subset, int size);
}
