package org.csmoe.sampling.selection;

/**
 * Squared chords from one member to others that stand side by side in flat arrays, so that the
 * compiler can use vector instructions. The arrays are used again for every candidate.
 */
final class Chords {
  private double[] x = new double[0];
  private double[] y = new double[0];
  private double[] z = new double[0];
  private double[] squared = new double[0];

  /** Lays out the first {@code size} members of a subset; what was laid out before is gone. */
  void place(Members members, int[] subset, int size) {
    if (size > x.length) {
      x = new double[2 * size];
      y = new double[2 * size];
      z = new double[2 * size];
      squared = new double[2 * size];
    }
    for (int i = 0; i < size; i++) {
      x[i] = members.x(subset[i]);
      y[i] = members.y(subset[i]);
      z[i] = members.z(subset[i]);
    }
  }

  /** From a member to the first {@code count} that are laid out; valid until the next call. */
  double[] from(Members members, int member, int count) {
    double toX = members.x(member);
    double toY = members.y(member);
    double toZ = members.z(member);
    for (int i = 0; i < count; i++) {
      double dx = x[i] - toX;
      double dy = y[i] - toY;
      double dz = z[i] - toZ;
      squared[i] = dx * dx + dy * dy + dz * dz;
    }
    return squared;
  }
}
