package org.csmoe.sampling.patches;

/**
 * From WGS 84 UTM to degrees, by Krüger's series to the fourth order of the third flattening; exact
 * to a millimetre within and around a zone.
 */
final class Utm {
  private static final double FLATTENING = 1 / 298.257223563;
  private static final double N = FLATTENING / (2 - FLATTENING);
  private static final double N2 = N * N;
  private static final double N3 = N2 * N;
  private static final double N4 = N3 * N;
  private static final double RADIUS = 6_378_137 / (1 + N) * (1 + N2 / 4 + N4 / 64) * 0.9996;

  private static final double[] TO_SPHERE = {
    N / 2 - 2 * N2 / 3 + 37 * N3 / 96 - N4 / 360,
    N2 / 48 + N3 / 15 - 437 * N4 / 1440,
    17 * N3 / 480 - 37 * N4 / 840,
    4397 * N4 / 161280
  };

  private static final double[] TO_LATITUDE = {
    2 * N - 2 * N2 / 3 - 2 * N3 + 116 * N4 / 45,
    7 * N2 / 3 - 8 * N3 / 5 - 227 * N4 / 45,
    56 * N3 / 15 - 136 * N4 / 35,
    4279 * N4 / 630
  };

  private Utm() {}

  /** Longitude and latitude in degrees; EPSG 326zz is north, 327zz south. */
  static double[] degrees(int epsg, double x, double y) {
    double xi = (y - (epsg / 100 == 327 ? 10_000_000 : 0)) / RADIUS;
    double eta = (x - 500_000) / RADIUS;
    double xiSphere = xi;
    double etaSphere = eta;
    for (int k = 1; k <= TO_SPHERE.length; k++) {
      xiSphere -= TO_SPHERE[k - 1] * Math.sin(2 * k * xi) * Math.cosh(2 * k * eta);
      etaSphere -= TO_SPHERE[k - 1] * Math.cos(2 * k * xi) * Math.sinh(2 * k * eta);
    }
    double conformal = Math.asin(Math.sin(xiSphere) / Math.cosh(etaSphere));
    double latitude = conformal;
    for (int k = 1; k <= TO_LATITUDE.length; k++) {
      latitude += TO_LATITUDE[k - 1] * Math.sin(2 * k * conformal);
    }
    double meridian = epsg % 100 * 6 - 183;
    double longitude =
        meridian + Math.toDegrees(Math.atan2(Math.sinh(etaSphere), Math.cos(xiSphere)));
    return new double[] {(longitude + 540) % 360 - 180, Math.toDegrees(latitude)};
  }
}
