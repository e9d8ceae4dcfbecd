package org.csmoe.sampling.report;

/**
 * How the sphere is laid flat: both are pseudocylindrical, parallels are straight lines and
 * meridians equally spaced along them; the central meridian is 0.
 */
public enum MapProjection {
  /** x = longitude, y = latitude; areas grow towards the poles. */
  PLATE_CARREE("plate carrée") {
    @Override
    double y(double latitude) {
      return latitude;
    }

    @Override
    double latitude(double y) {
      return y;
    }

    @Override
    double scale(double latitude) {
      return 1;
    }
  },

  /**
   * Equal Earth on a sphere: areas are true. Šavrič, Patterson and Jenny (2018), "The Equal Earth
   * map projection", International Journal of Geographical Information Science, doi
   * 10.1080/13658816.2018.1504949.
   */
  EQUAL_EARTH("Equal Earth, equal areas") {
    @Override
    double y(double latitude) {
      double t = parametric(latitude);
      double t2 = t * t;
      double t6 = t2 * t2 * t2;
      return t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2));
    }

    @Override
    double latitude(double y) {
      double t = y;
      // Newton's steps from y; seven reach the last bit everywhere on the map.
      for (int step = 0; step < 7; step++) {
        double t2 = t * t;
        double t6 = t2 * t2 * t2;
        t -= (t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2)) - y) / slope(t2, t6);
      }
      return Math.asin(Math.max(-1, Math.min(1, Math.sin(t) / M)));
    }

    @Override
    double scale(double latitude) {
      double t = parametric(latitude);
      double t2 = t * t;
      return Math.cos(t) / (M * slope(t2, t2 * t2 * t2));
    }

    private static double parametric(double latitude) {
      return Math.asin(M * Math.sin(latitude));
    }

    private static double slope(double t2, double t6) {
      return A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2);
    }
  };

  private static final double A1 = 1.340264;
  private static final double A2 = -0.081106;
  private static final double A3 = 0.000893;
  private static final double A4 = 0.003796;
  private static final double M = Math.sqrt(3) / 2;

  private final String label;

  MapProjection(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** Radians to map units, those of a sphere of radius 1. */
  abstract double y(double latitude);

  /** The inverse of {@link #y}. */
  abstract double latitude(double y);

  /** Map units per radian of longitude at a latitude in radians. */
  abstract double scale(double latitude);
}
