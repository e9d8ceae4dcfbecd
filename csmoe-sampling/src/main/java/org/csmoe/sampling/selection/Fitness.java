package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.csmoe.sampling.internal.DistanceBins;

/**
 * What a genetic selection maximises: a score of a subset of a stratum's members. Immutable and
 * safe for use by several threads.
 *
 * <p>{@code d(i,j)} is the great-circle distance of two members in kilometres, R the radius {@link
 * Members#EARTH_RADIUS_KM}, k the size of the subset. Every fitness of fewer than two members is 0.
 */
public final class Fitness {
  /** Bins of {@link #histogramEntropy()}. */
  public static final int DEFAULT_BINS = 64;

  private final String name;
  private final Supplier<Score> scores;

  private Fitness(String name, Supplier<Score> scores) {
    this.name = name;
    this.scores = scores;
  }

  /**
   * A user's own score of a subset. Must give the same value for the same subset and be safe for
   * use by several threads; NaN is refused.
   */
  @FunctionalInterface
  public interface SubsetScore {
    /**
     * Scores a subset.
     *
     * @param members where all members of the stratum lie
     * @param subset ascending indexes of the chosen ones; a copy
     * @return the score, greater is better
     */
    double of(Members members, int[] subset);
  }

  /**
   * Shannon entropy, in nats, of the histogram of all pairwise distances in 64 fixed bins over 0 to
   * pi R: {@code -sum p ln p}. The default, and the most literal reading of the paper's "entropy
   * based score that uses the pairwise Haversine distances" (section II.C, Algorithm 2).
   *
   * <p>At most ln 64 = 4.159. It rewards distances of all scales and not two antipodal clumps; it
   * says nothing about nearest neighbours, which may stay close.
   *
   * @return the fitness
   */
  public static Fitness histogramEntropy() {
    return histogramEntropy(DEFAULT_BINS);
  }

  /**
   * As {@link #histogramEntropy()} with another number of bins. The bins are fixed, since those of
   * a candidate's own range would not see scale.
   *
   * @param bins 2 to 512
   * @return the fitness
   * @throws IllegalArgumentException when bins is out of range
   */
  public static Fitness histogramEntropy(int bins) {
    DistanceBins shared = DistanceBins.of(bins);
    return new Fitness("histogram-entropy(bins=" + bins + ")", () -> new HistogramScore(shared));
  }

  /**
   * Mean of all pairwise distances, {@code 2 / (k (k-1)) sum d(i,j)}, in kilometres. Its greatest
   * values belong to a few clumps far apart: members inside a clump cost little.
   *
   * @return the fitness
   */
  public static Fitness meanDistance() {
    return new Fitness("mean-distance", () -> new PairSumScore(false));
  }

  /**
   * Mean of {@code ln(1 + d(i,j))} over all pairs, d in kilometres. Smooth; close pairs cost more
   * than in {@link #meanDistance()}, so that clumps pay.
   *
   * @return the fitness
   */
  public static Fitness meanLogDistance() {
    return new Fitness("mean-log-distance", () -> new PairSumScore(true));
  }

  /**
   * Mean of {@code ln(1 + min_j d(i,j))} over the members, d in kilometres: up to constants the
   * nearest-neighbour estimate of differential entropy by Kozachenko and Leonenko (1987), with the
   * 1 km kept from making repeated places infinitely bad. It spreads members evenly over the
   * stratum's own extent and leaves the mean pairwise distance almost as it is. Evaluated in full
   * for each candidate, {@code k^2/2} distances.
   *
   * @return the fitness
   */
  public static Fitness nearestNeighbourEntropy() {
    return new Fitness(
        "nearest-neighbour-entropy", () -> new SubsetwiseScore(NearestNeighbour::meanLog));
  }

  /**
   * A user's own fitness, evaluated in full for each candidate.
   *
   * @param name for messages and provenance
   * @param score the score of a subset
   * @return the fitness
   */
  public static Fitness of(String name, SubsetScore score) {
    Objects.requireNonNull(score, "score");
    return new Fitness(Objects.requireNonNull(name, "name"), () -> new SubsetwiseScore(score));
  }

  /**
   * Name and settings, for messages and provenance.
   *
   * @return for example {@code histogram-entropy(bins=64)}
   */
  public String name() {
    return name;
  }

  /**
   * Evaluates a subset in full.
   *
   * @param members where the members lie
   * @param subset indexes of the chosen ones, without repetition
   * @return the fitness, greater is better; 0 for fewer than two members
   * @throws IndexOutOfBoundsException when an index is no member
   */
  public double of(Members members, int[] subset) {
    int[] sorted = subset.clone();
    Arrays.sort(sorted);
    return Candidate.score(newScore(), members, sorted, sorted.length, new Chords());
  }

  Score newScore() {
    return scores.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
