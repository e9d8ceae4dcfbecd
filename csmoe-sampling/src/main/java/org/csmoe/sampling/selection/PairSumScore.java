package org.csmoe.sampling.selection;

/**
 * A running sum over pairs of the distance in kilometres, or of the logarithm of one more than it.
 * Sums are kept as whole numbers of small units, 1/1024 km or 2^-20, so that adding and removing
 * leave no rounding behind and the same subset has the same score however it came about. They
 * suffice for subsets of 900,000 members.
 */
final class PairSumScore implements Score {
  private final boolean logarithm;
  private final double unit;
  private long sum;

  PairSumScore(boolean logarithm) {
    this.logarithm = logarithm;
    this.unit = logarithm ? 1 << 20 : 1 << 10;
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
      part += Math.round((logarithm ? Math.log1p(distance) : distance) * unit);
    }
    sum += sign * part;
  }

  @Override
  public double value(Members members, int[] subset, int size) {
    return size < 2 ? 0 : sum / unit / (size * (size - 1.0) / 2);
  }
}
