package org.csmoe.raster;

/**
 * A zone of the Universal Transverse Mercator projection on WGS 84, between degrees and metres.
 *
 * <p>By Krüger's series to the sixth order in the third flattening (Karney, Transverse Mercator
 * with an accuracy of a few nanometers, 2011): within 30 degrees of the zone's central meridian it
 * agrees with PROJ to less than a micrometre. Farther out, where no image uses the zone, it
 * degrades.
 *
 * <p>Immutable and safe for use by several threads; nothing is allocated per point.
 *
 * <pre>{@code
 * UtmZone zone = UtmZone.of(103.7064, 17.8743);
 * double[] point = new double[2];
 * zone.toMetres(103.7064, 17.8743, point); // easting, northing in EPSG:32648
 * }</pre>
 *
 * @param number 1 to 60, from 180 degrees west to the east
 * @param south whether northings count from 10,000 km south of the equator
 */
public record UtmZone(int number, boolean south) {
  private static final int NORTH_EPSG = 32600;
  private static final int SOUTH_EPSG = 32700;
  private static final double FALSE_EASTING = 500_000;
  private static final double FALSE_NORTHING = 10_000_000;
  private static final double FLATTENING = 1 / 298.257223563;
  private static final double ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING);
  private static final double ECCENTRICITY = Math.sqrt(ECCENTRICITY_SQUARED);
  private static final double N = FLATTENING / (2 - FLATTENING);
  private static final double N2 = N * N;

  /** Radius of the rectifying sphere in metres, times the scale on the central meridian. */
  private static final double RADIUS =
      0.9996 * 6_378_137 / (1 + N) * (1 + N2 / 4 * (1 + N2 / 16 * (1 + N2 / 4)));

  private static final double[] TO_METRES = {
    series(1, 1 / 2., -2 / 3., 5 / 16., 41 / 180., -127 / 288., 7_891 / 37_800.),
    series(2, 13 / 48., -3 / 5., 557 / 1_440., 281 / 630., -1_983_433 / 1_935_360.),
    series(3, 61 / 240., -103 / 140., 15_061 / 26_880., 167_603 / 181_440.),
    series(4, 49_561 / 161_280., -179 / 168., 6_601_661 / 7_257_600.),
    series(5, 34_729 / 80_640., -3_418_889 / 1_995_840.),
    series(6, 212_378_941 / 319_334_400.)
  };
  private static final double[] TO_DEGREES = {
    series(1, -1 / 2., 2 / 3., -37 / 96., 1 / 360., 81 / 512., -96_199 / 604_800.),
    series(2, -1 / 48., -1 / 15., 437 / 1_440., -46 / 105., 1_118_711 / 3_870_720.),
    series(3, -17 / 480., 37 / 840., 209 / 4_480., -5_569 / 90_720.),
    series(4, -4_397 / 161_280., 11 / 504., 830_251 / 7_257_600.),
    series(5, -4_583 / 161_280., 108_847 / 3_991_680.),
    series(6, -20_648_693 / 638_668_800.)
  };

  /**
   * Checks the zone.
   *
   * @throws IllegalArgumentException when the number is not in 1..60
   */
  public UtmZone {
    if (number < 1 || number > 60) {
      throw new IllegalArgumentException("UTM zone must be in 1..60 but was " + number);
    }
  }

  private static double series(int power, double... coefficients) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * N + coefficients[i];
    }
    return sum * Math.pow(N, power);
  }

  /**
   * The zone in which Sentinel-2 tiles and Major TOM place a point: six degrees wide, with the
   * wider zones of south-west Norway (32 from 3 degrees east) and Svalbard (31, 33, 35 and 37).
   *
   * @param longitude degrees, -180 to 180; 180 is zone 1
   * @param latitude degrees; the equator belongs to the north
   * @return the zone; beyond 84 degrees north and 80 south, where UTM is not defined, the zone of
   *     the longitude
   * @throws IllegalArgumentException when a coordinate is NaN or out of range
   */
  public static UtmZone of(double longitude, double latitude) {
    if (!(Math.abs(longitude) <= 180) || !(Math.abs(latitude) <= 90)) {
      throw new IllegalArgumentException(
          "longitude must be in -180..180 and latitude in -90..90 but were %s, %s"
              .formatted(longitude, latitude));
    }
    return new UtmZone(number(longitude, latitude), latitude < 0);
  }

  private static int number(double longitude, double latitude) {
    if (latitude >= 56 && latitude < 64 && longitude >= 3 && longitude < 12) {
      return 32;
    }
    if (latitude >= 72 && latitude < 84 && longitude >= 0 && longitude < 42) {
      return longitude < 9 ? 31 : longitude < 21 ? 33 : longitude < 33 ? 35 : 37;
    }
    return (int) Math.floor((longitude + 180) / 6) % 60 + 1;
  }

  /**
   * The zone of an EPSG code.
   *
   * @param epsg 32601 to 32660 for the north, 32701 to 32760 for the south
   * @return the zone
   * @throws IllegalArgumentException when the code is of no UTM zone on WGS 84
   */
  public static UtmZone ofEpsg(int epsg) {
    boolean south = epsg > SOUTH_EPSG;
    int number = epsg - (south ? SOUTH_EPSG : NORTH_EPSG);
    if (number < 1 || number > 60) {
      throw new IllegalArgumentException(
          "UTM on WGS 84 is EPSG:32601..32660 and EPSG:32701..32760 but was EPSG:" + epsg);
    }
    return new UtmZone(number, south);
  }

  /**
   * The EPSG code.
   *
   * @return for example 32648
   */
  public int epsg() {
    return (south ? SOUTH_EPSG : NORTH_EPSG) + number;
  }

  /**
   * The zone as a coordinate system of rasters.
   *
   * @return the projected system of {@link #epsg()}
   */
  public Crs crs() {
    return Crs.projected(epsg());
  }

  /**
   * Longitude of the middle of the zone.
   *
   * @return degrees
   */
  public double centralMeridian() {
    return 6 * number - 183;
  }

  /**
   * From degrees to metres. The point need not lie in the zone.
   *
   * @param longitude degrees
   * @param latitude degrees, -90 to 90
   * @param metres receives easting and northing at 0 and 1; NaN for a coordinate that is NaN
   */
  public void toMetres(double longitude, double latitude, double[] metres) {
    double east = Math.toRadians(Math.IEEEremainder(longitude - centralMeridian(), 360));
    double conformal = conformal(Math.tan(Math.toRadians(latitude)));
    double cosine = Math.cos(east);
    double xi = Math.atan2(conformal, cosine);
    double eta = asinh(Math.sin(east) / Math.hypot(conformal, cosine));
    metres[0] = xi;
    metres[1] = eta;
    correct(TO_METRES, metres);
    double northing = RADIUS * metres[0];
    metres[0] = FALSE_EASTING + RADIUS * metres[1];
    metres[1] = south ? FALSE_NORTHING + northing : northing;
  }

  /**
   * From metres to degrees.
   *
   * @param easting metres
   * @param northing metres
   * @param degrees receives longitude, -180 to 180, and latitude at 0 and 1
   */
  public void toDegrees(double easting, double northing, double[] degrees) {
    degrees[0] = (south ? northing - FALSE_NORTHING : northing) / RADIUS;
    degrees[1] = (easting - FALSE_EASTING) / RADIUS;
    correct(TO_DEGREES, degrees);
    double sine = Math.sin(degrees[0]);
    double cosine = Math.cos(degrees[0]);
    double east = Math.sinh(degrees[1]);
    double tangent = tangent(sine / Math.hypot(east, cosine));
    degrees[0] =
        Math.IEEEremainder(centralMeridian() + Math.toDegrees(Math.atan2(east, cosine)), 360);
    degrees[1] = Math.toDegrees(Math.atan(tangent));
  }

  /** Adds to z = xi + i eta the sum of series[j - 1] sin(2 j z), by Clenshaw's recurrence. */
  private static void correct(double[] series, double[] point) {
    double sine = Math.sin(2 * point[0]);
    double cosine = Math.cos(2 * point[0]);
    double sinh = Math.sinh(2 * point[1]);
    double cosh = Math.cosh(2 * point[1]);
    double real = 2 * cosine * cosh;
    double imaginary = -2 * sine * sinh;
    double sumReal = 0;
    double sumImaginary = 0;
    double lastReal = 0;
    double lastImaginary = 0;
    for (int j = series.length - 1; j >= 0; j--) {
      double nextReal = series[j] + real * sumReal - imaginary * sumImaginary - lastReal;
      double nextImaginary = real * sumImaginary + imaginary * sumReal - lastImaginary;
      lastReal = sumReal;
      lastImaginary = sumImaginary;
      sumReal = nextReal;
      sumImaginary = nextImaginary;
    }
    point[0] += sine * cosh * sumReal - cosine * sinh * sumImaginary;
    point[1] += sine * cosh * sumImaginary + cosine * sinh * sumReal;
  }

  /** Tangent of the conformal latitude of the latitude with this tangent. */
  private static double conformal(double tangent) {
    double secant = Math.hypot(1, tangent);
    double sigma = Math.sinh(ECCENTRICITY * atanh(ECCENTRICITY * tangent / secant));
    return Math.hypot(1, sigma) * tangent - sigma * secant;
  }

  /** The inverse of {@link #conformal}, by Newton's method; three steps reach rounding. */
  private static double tangent(double conformal) {
    double tangent = conformal / (1 - ECCENTRICITY_SQUARED);
    for (int step = 0; step < 3; step++) {
      double reached = conformal(tangent);
      tangent +=
          (conformal - reached)
              / Math.hypot(1, reached)
              * (1 + (1 - ECCENTRICITY_SQUARED) * tangent * tangent)
              / ((1 - ECCENTRICITY_SQUARED) * Math.hypot(1, tangent));
    }
    return tangent;
  }

  private static double asinh(double x) {
    double size = Math.abs(x);
    return Math.copySign(Math.log1p(size + size * size / (1 + Math.hypot(1, size))), x);
  }

  private static double atanh(double x) {
    return (Math.log1p(x) - Math.log1p(-x)) / 2;
  }
}
