package org.csmoe.sampling.statistics;

import java.util.SplittableRandom;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.internal.DistanceBins;
import org.csmoe.sampling.internal.Entropy;
import org.csmoe.sampling.selection.Fitness;
import org.csmoe.sampling.selection.Members;

/** Sums over pairs of tiles: how many, of their angles, of the squares, and a histogram. */
final class PairSums {
  /** Pairs handled between two looks at the interrupt flag; small enough for the first cache. */
  private static final int BLOCK = 1024;

  private static final DistanceBins BINS = DistanceBins.of(Fitness.DEFAULT_BINS);

  private final long[] histogram = new long[BINS.count()];
  private final double[] chords = new double[BLOCK];
  private final long[] scratch = new long[BLOCK];
  private long count;
  private double sum;
  private double squares;

  /** Pairs of a tile in [firstFrom, firstTo) with each later one before {@code to}. */
  static PairSums exact(GroupedTiles tiles, int firstFrom, int firstTo, int to) {
    PairSums sums = new PairSums();
    for (int i = firstFrom; i < firstTo; i++) {
      for (int from = i + 1; from < to; from += BLOCK) {
        sums.block(tiles, i, from, Math.min(to, from + BLOCK));
      }
    }
    return sums;
  }

  private void block(GroupedTiles tiles, int i, int from, int to) {
    double[] x = tiles.x;
    double[] y = tiles.y;
    double[] z = tiles.z;
    double xi = x[i];
    double yi = y[i];
    double zi = z[i];
    for (int j = from; j < to; j++) {
      double dx = x[j] - xi;
      double dy = y[j] - yi;
      double dz = z[j] - zi;
      chords[j - from] = dx * dx + dy * dy + dz * dz;
    }
    add(to - from);
  }

  /** So many pairs of two different tiles in [from, to), drawn uniformly with replacement. */
  static PairSums sampled(
      GroupedTiles tiles, int from, int to, long pairs, SplittableRandom random) {
    PairSums sums = new PairSums();
    for (long done = 0; done < pairs; done += BLOCK) {
      int count = (int) Math.min(BLOCK, pairs - done);
      for (int k = 0; k < count; k++) {
        int a = random.nextInt(from, to);
        int b = random.nextInt(from, to - 1);
        sums.chords[k] = tiles.squaredChord(a, b < a ? b : b + 1);
      }
      sums.add(count);
    }
    return sums;
  }

  private void add(int pairs) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException("the statistics of distances were interrupted");
    }
    for (int k = 0; k < pairs; k++) {
      histogram[BINS.bin(chords[k])]++;
    }
    GreatCircle.angles(chords, scratch, pairs);
    for (int k = 0; k < pairs; k++) {
      double angle = chords[k];
      sum += angle;
      squares += angle * angle;
    }
    count += pairs;
  }

  void add(PairSums other) {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
    for (int bin = 0; bin < histogram.length; bin++) {
      histogram[bin] += other.histogram[bin];
    }
  }

  /** Mean, its error and entropy; there must be a pair. */
  PairStatistics statistics(boolean exact) {
    double mean = sum / count;
    double variance = Math.max(0, squares / count - mean * mean) * count / Math.max(1, count - 1);
    double error = exact ? 0 : Math.sqrt(variance / count);
    double radius = Members.EARTH_RADIUS_KM;
    return new PairStatistics(
        new Estimate(mean * radius, error * radius, count, exact), Entropy.of(histogram));
  }
}
