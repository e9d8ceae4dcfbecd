package org.csmoe.sampling.internal;

/**
 * Fixed bins over the great-circle distances 0 to pi R, found from squared chords: bin b holds
 * angles from {@code b pi/bins} (inclusive) to {@code (b+1) pi/bins}, the last one pi too. A table
 * over quantised squared chords gives the bin of a cell's lower end; a cell is narrower than any
 * bin, so that one comparison with the next edge is left.
 *
 * <p>The fitness of a selection and the statistics of a sample use the same bins, so that pairs on
 * an edge, which lattices in degrees have many of, count alike in both. Immutable.
 */
public final class DistanceBins {
  private static final int MAX_BINS = 512;
  private static final int USUAL_BINS = 64;
  private static final DistanceBins USUAL = new DistanceBins(USUAL_BINS);

  private final int count;
  private final double cellsPerUnit;
  private final short[] lowest;
  private final double[] lastInside;

  private DistanceBins(int count) {
    this.count = count;
    // The narrowest bins, at both ends, span 2 - 2 cos(pi/count) > 4/count^2 of squared chord.
    int cells = Math.max(count * count, 16);
    cellsPerUnit = cells / 4.0;
    lastInside = new double[count];
    for (int bin = 0; bin < count; bin++) {
      double half = StrictMath.sin((bin + 1) * Math.PI / count / 2);
      lastInside[bin] =
          bin == count - 1 ? Double.POSITIVE_INFINITY : Math.nextDown(4 * half * half);
    }
    lowest = new short[cells + 1];
    int bin = 0;
    for (int cell = 0; cell <= cells; cell++) {
      while (cell / cellsPerUnit > lastInside[bin]) {
        bin++;
      }
      lowest[cell] = (short) bin;
    }
  }

  /**
   * Bins of equal width.
   *
   * @param count 2 to 512
   * @return the bins
   * @throws IllegalArgumentException when out of range
   */
  public static DistanceBins of(int count) {
    if (count < 2 || count > MAX_BINS) {
      throw new IllegalArgumentException("bins must be in 2..512 but was " + count);
    }
    return count == USUAL_BINS ? USUAL : new DistanceBins(count);
  }

  /**
   * How many bins there are.
   *
   * @return the number of bins
   */
  public int count() {
    return count;
  }

  /**
   * The bin of a distance.
   *
   * @param squaredChord of unit vectors, 0 to 4 and what rounding adds
   * @return the bin, from 0
   */
  public int bin(double squaredChord) {
    int bin = lowest[Math.min((int) (squaredChord * cellsPerUnit), lowest.length - 1)];
    // One more where the chord is past the bin's last value, by the sign bit: no branch to predict.
    return bin + (int) (Double.doubleToRawLongBits(lastInside[bin] - squaredChord) >>> 63);
  }

  /**
   * Adds a step to the bin of each of some squared chords.
   *
   * @param squaredChords only the first {@code count} are meant
   * @param count how many
   * @param counts entries per bin, changed
   * @param step what to add
   */
  public void count(double[] squaredChords, int count, long[] counts, int step) {
    for (int i = 0; i < count; i++) {
      counts[bin(squaredChords[i])] += step;
    }
  }
}
