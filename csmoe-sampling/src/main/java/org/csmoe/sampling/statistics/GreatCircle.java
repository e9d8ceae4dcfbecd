package org.csmoe.sampling.statistics;

/**
 * Angles between unit vectors from their squared chords q: {@code 2 asin(sqrt(q) / 2)}, without the
 * inverse sine, which would take most of the time.
 *
 * <p>With w = q/4 up to 1/2, {@code asin(sqrt(w)) / sqrt(w)} is analytic with its nearest
 * singularity at w = 1; a Chebyshev interpolant of degree 17 on [0, 1/2] is off by less than 1e-13.
 * Longer chords are seen from the antipode, where the error is that of q itself: 2e-8, or 0.1 m.
 */
final class GreatCircle {
  /** Even, and as many as {@link #small} has coefficients. */
  private static final int TERMS = 18;

  private static final long PI_BITS = Double.doubleToRawLongBits(Math.PI);
  private static final double[] COEFFICIENTS = interpolate();

  private GreatCircle() {}

  /**
   * Writes, for the first {@code count} squared chords, the angles in radians in their place.
   *
   * @param chords squared chords
   * @param beyond as long; what it holds does not matter
   */
  static void angles(double[] chords, long[] beyond, int count) {
    for (int k = 0; k < count; k++) {
      // All bits set where the chord is longer than a right angle's.
      beyond[k] = Double.doubleToRawLongBits(2 - chords[k]) >> 63;
    }
    small(chords, count);
    for (int k = 0; k < count; k++) {
      // pi minus the angle, where beyond; a branch would be guessed wrong half of the time.
      long flipped = Double.doubleToRawLongBits(chords[k]) ^ (beyond[k] & Long.MIN_VALUE);
      chords[k] = Double.longBitsToDouble(flipped) + Double.longBitsToDouble(beyond[k] & PI_BITS);
    }
  }

  static double angle(double chord) {
    double[] one = {chord};
    angles(one, new long[1], 1);
    return one[0];
  }

  /**
   * The angles of chords or, where that is less, their supplements. In place, free of branches and
   * with all coefficients in variables: so the compiler uses vector instructions, which makes it
   * three times as fast.
   */
  private static void small(double[] chords, int count) {
    double[] c = COEFFICIENTS;
    double c0 = c[0];
    double c1 = c[1];
    double c2 = c[2];
    double c3 = c[3];
    double c4 = c[4];
    double c5 = c[5];
    double c6 = c[6];
    double c7 = c[7];
    double c8 = c[8];
    double c9 = c[9];
    double c10 = c[10];
    double c11 = c[11];
    double c12 = c[12];
    double c13 = c[13];
    double c14 = c[14];
    double c15 = c[15];
    double c16 = c[16];
    double c17 = c[17];
    for (int k = 0; k < count; k++) {
      double w = Math.min(chords[k], Math.abs(4 - chords[k])) * 0.25;
      double t = 4 * w - 1;
      double u = t * t;
      double even = (((c16 * u + c14) * u + c12) * u + c10) * u + c8;
      double odd = (((c17 * u + c15) * u + c13) * u + c11) * u + c9;
      even = (((even * u + c6) * u + c4) * u + c2) * u + c0;
      odd = (((odd * u + c7) * u + c5) * u + c3) * u + c1;
      chords[k] = 2 * Math.sqrt(w) * (even + t * odd);
    }
  }

  /** Coefficients of powers of t = 4w - 1 of the interpolant at the Chebyshev nodes. */
  private static double[] interpolate() {
    double[] chebyshev = new double[TERMS];
    for (int j = 0; j < TERMS; j++) {
      double node = Math.PI * (j + 0.5) / TERMS;
      double root = Math.sqrt((Math.cos(node) + 1) / 4);
      for (int k = 0; k < TERMS; k++) {
        chebyshev[k] += (k == 0 ? 1.0 : 2.0) / TERMS * Math.asin(root) / root * Math.cos(k * node);
      }
    }
    double[] powers = new double[TERMS];
    double[] before = new double[TERMS];
    double[] current = new double[TERMS];
    current[0] = 1;
    for (int k = 0; k < TERMS; k++) {
      double[] next = new double[TERMS + 1];
      for (int i = 0; i < TERMS; i++) {
        powers[i] += chebyshev[k] * current[i];
        next[i + 1] += (k == 0 ? 1 : 2) * current[i];
        next[i] -= k == 0 ? 0 : before[i];
      }
      before = current;
      current = next;
    }
    return powers;
  }
}
