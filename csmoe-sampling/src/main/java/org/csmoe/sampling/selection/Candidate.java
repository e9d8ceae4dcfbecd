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
  void evaluate(Members members) {
    score.reset(members, subset.array(), subset.size());
    finish(members);
  }

  /** Evaluates the subset by its difference from a parent, where that is cheaper. */
  void evaluate(Members members, Candidate parent, Difference difference) {
    difference.of(parent.subset, subset);
    long all = subset.size() * (subset.size() - 1L) / 2;
    if (!score.incremental() || difference.pairs() >= all) {
      evaluate(members);
    } else {
      score.copyFrom(parent.score);
      difference.applyTo(score, members);
      finish(members);
    }
  }

  private void finish(Members members) {
    fitness = score.value(members, subset.array(), subset.size());
    if (Double.isNaN(fitness)) {
      throw new IllegalArgumentException(
          "fitness must not be NaN but was for a subset of " + subset.size());
    }
  }
}
