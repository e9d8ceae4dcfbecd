package org.csmoe.sampling.selection;

/**
 * The mutable state from which a candidate's fitness follows, kept up to date pair by pair where
 * the fitness allows.
 */
interface Score {

  /** Whether the state follows from pairs; otherwise the value is computed anew each time. */
  boolean ofPairs();

  /** Becomes the state of a subset without pairs. */
  void clear();

  /** Takes the state of another score of the same fitness. */
  void copyFrom(Score other);

  /**
   * Accounts for pairs that join the subset or leave it.
   *
   * @param squaredChords of the pairs, on the unit sphere; only the first {@code count} are meant
   * @param sign 1 when they join, -1 when they leave
   */
  void count(double[] squaredChords, int count, int sign);

  /** The fitness of the subset that the state belongs to, the first {@code size} entries. */
  double value(Members members, int[] subset, int size);
}
