package org.csmoe.sampling.selection;

import java.util.Arrays;

/** The distance from each member of a subset to the nearest other one. */
final class NearestNeighbour {
  private NearestNeighbour() {}

  /** Mean of {@code ln(1 + nearest distance in km)}. */
  static double meanLog(Members members, int[] subset) {
    double[] nearest = new double[subset.length];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int i = 1; i < subset.length; i++) {
      for (int j = 0; j < i; j++) {
        double chord = members.squaredChord(subset[i], subset[j]);
        nearest[i] = Math.min(nearest[i], chord);
        nearest[j] = Math.min(nearest[j], chord);
      }
    }
    double sum = 0;
    for (double chord : nearest) {
      sum += Math.log1p(Members.distanceKm(chord));
    }
    return sum / subset.length;
  }
}
