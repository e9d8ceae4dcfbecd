package org.csmoe.sampling.selection;

/**
 * One individual of a population: a subset with its score. Used again from generation to
 * generation.
 */
final class Candidate {
  final Subset subset;
  private final Score score;
  private double fitness;

  Candidate(int capacity, Score score) {
    this.subset = new Subset(capacity);
    this.score = score;
  }

  double fitness() {
    return fitness;
  }

  void copyFrom(Candidate other) {
    subset.copyFrom(other.subset);
    score.copyFrom(other.score);
    fitness = other.fitness;
  }

  /** Evaluates the subset from nothing. */
  void evaluate(Members members, Chords chords) {
    fitness = score(score, members, subset.array(), subset.size(), chords);
  }

  /** Evaluates the subset by its difference from a parent, where that is cheaper. */
  void evaluate(Members members, Candidate parent, Difference difference, Chords chords) {
    difference.of(parent.subset, subset);
    long all = subset.size() * (subset.size() - 1L) / 2;
    if (score.ofPairs() && difference.pairs() < all) {
      score.copyFrom(parent.score);
      difference.applyTo(score, members, chords);
      fitness = value(score, members, subset.array(), subset.size());
    } else {
      evaluate(members, chords);
    }
  }

  /** The score of a subset, computed from nothing; its members are the first {@code size}. */
  static double score(Score score, Members members, int[] subset, int size, Chords chords) {
    if (score.ofPairs()) {
      score.clear();
      countAll(score, members, subset, size, 1, chords);
    }
    return value(score, members, subset, size);
  }

  /** Accounts for all pairs among some members. */
  static void countAll(
      Score score, Members members, int[] subset, int size, int sign, Chords chords) {
    chords.place(members, subset, size);
    for (int i = 1; i < size; i++) {
      score.count(chords.from(members, subset[i], i), i, sign);
    }
  }

  private static double value(Score score, Members members, int[] subset, int size) {
    double value = score.value(members, subset, size);
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("fitness must not be NaN but was for a subset of " + size);
    }
    return value;
  }
}
