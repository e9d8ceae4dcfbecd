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
  private static final int TERMS = 18;
  private static final double[] COEFFICIENTS = interpolate();

  private GreatCircle() {}

  /** Writes, for the first {@code count} squared chords, the angles in radians in their place. */
  static void angles(double[] chords, double[] scratch, int count) {
    double[] c = COEFFICIENTS;
    // Free of branches, so that the compiler can use vector instructions.
    for (int k = 0; k < count; k++) {
      double w = Math.min(chords[k], Math.abs(4 - chords[k])) * 0.25;
      double t = 4 * w - 1;
      double even = horner(c, t * t, TERMS - 2);
      double odd = horner(c, t * t, TERMS - 1);
      scratch[k] = 2 * Math.sqrt(w) * (even + t * odd);
    }
    for (int k = 0; k < count; k++) {
      chords[k] = chords[k] > 2 ? Math.PI - scratch[k] : scratch[k];
    }
  }

  static double angle(double chord) {
    double[] one = {chord};
    angles(one, new double[1], 1);
    return one[0];
  }

  private static double horner(double[] c, double t2, int last) {
    double sum = c[last];
    for (int k = last - 2; k >= 0; k -= 2) {
      sum = sum * t2 + c[k];
    }
    return sum;
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
