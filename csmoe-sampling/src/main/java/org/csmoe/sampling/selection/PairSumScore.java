package org.csmoe.sampling.selection;

/**
 * A running sum over pairs of the distance in kilometres, or of the logarithm of one more than it.
 * Sums are kept in units of 2^-20, so that adding and removing leave no rounding behind and the
 * same subset has the same score however it came about.
 */
final class PairSumScore implements Score {
  private static final double UNIT = 1 << 20;

  private final boolean logarithm;
  private long sum;

  PairSumScore(boolean logarithm) {
    this.logarithm = logarithm;
  }

  @Override
  public boolean ofPairs() {
    return true;
  }

  @Override
  public void clear() {
    sum = 0;
  }

  @Override
  public void copyFrom(Score other) {
    sum = ((PairSumScore) other).sum;
  }

  @Override
  public void count(double[] squaredChords, int count, int sign) {
    long part = 0;
    for (int i = 0; i < count; i++) {
      double distance = Members.distanceKm(squaredChords[i]);
      part += Math.round((logarithm ? Math.log1p(distance) : distance) * UNIT);
    }
    sum += sign * part;
  }

  @Override
  public double value(Members members, int[] subset, int size) {
    return size < 2 ? 0 : sum / UNIT / (size * (size - 1.0) / 2);
  }
}
