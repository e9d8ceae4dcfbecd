package org.csmoe.sampling.selection;

import java.util.SplittableRandom;

/** Made-up strata. */
final class Places {
  private Places() {}

  /** Uniform on the sphere. */
  static Members anywhere(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] longitudes = new double[count];
    double[] latitudes = new double[count];
    for (int i = 0; i < count; i++) {
      longitudes[i] = random.nextDouble(-180, 180);
      latitudes[i] = Math.toDegrees(Math.asin(random.nextDouble(-1, 1)));
    }
    return new Members(longitudes, latitudes);
  }

  /** 85 % in one region of 20 by 20 degrees, the others in four of 8 by 8 degrees far away. */
  static Members clustered(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] groups = {{-60, -10}, {25, 0}, {115, 0}, {145, -6}};
    double[] longitudes = new double[count];
    double[] latitudes = new double[count];
    for (int i = 0; i < count; i++) {
      if (random.nextDouble() < 0.85) {
        longitudes[i] = 90 + random.nextDouble(20);
        latitudes[i] = 50 + random.nextDouble(20);
      } else {
        double[] group = groups[random.nextInt(groups.length)];
        longitudes[i] = group[0] + random.nextDouble(8);
        latitudes[i] = group[1] + random.nextDouble(8);
      }
    }
    return new Members(longitudes, latitudes);
  }
}
