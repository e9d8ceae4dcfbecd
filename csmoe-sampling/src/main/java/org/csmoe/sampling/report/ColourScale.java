package org.csmoe.sampling.report;

/**
 * Colours for counts from 1 to a maximum, yellow to dark violet, on a logarithmic scale.
 *
 * <p>The path runs through Oklch (Ottosson 2020, "A perceptual color space for image processing")
 * with lightness falling all the way, so that it survives greyscale print and colour blindness. It
 * begins well below the lightness of {@link #LAND}, on which single tiles must be seen, and is cut
 * into steps of equal length in Oklab, so that equal ratios look equally different.
 */
final class ColourScale {
  /** Land without tiles, opaque RGB. */
  static final int LAND = 0xefefed;

  private static final int STEPS = 256;

  /** Lightness, chroma, hue in degrees. */
  private static final double[][] PATH = {
    {0.82, 0.155, 95},
    {0.71, 0.140, 145},
    {0.58, 0.098, 205},
    {0.44, 0.120, 260},
    {0.26, 0.120, 300},
  };

  private static final int[] COLOURS = table();

  private final int maximum;

  ColourScale(int maximum) {
    this.maximum = maximum;
  }

  int maximum() {
    return maximum;
  }

  /** 0 for a count of 1, 1 for the maximum and above. */
  double position(double count) {
    return maximum <= 1 ? 0.5 : Math.max(0, Math.min(1, Math.log(count) / Math.log(maximum)));
  }

  /** Opaque RGB of a count of at least 1. */
  int rgb(double count) {
    return at(position(count));
  }

  static int at(double position) {
    return COLOURS[(int) Math.round(position * (STEPS - 1))];
  }

  private static int[] table() {
    int fine = 4096;
    double[][] lab = new double[fine + 1][];
    double[] length = new double[fine + 1];
    for (int i = 0; i <= fine; i++) {
      lab[i] = point((double) i / fine);
      length[i] = i == 0 ? 0 : length[i - 1] + distance(lab[i], lab[i - 1]);
    }
    int[] colours = new int[STEPS];
    int i = 0;
    for (int step = 0; step < STEPS; step++) {
      double wanted = length[fine] * step / (STEPS - 1);
      while (i < fine && length[i] < wanted) {
        i++;
      }
      colours[step] = srgb(lab[i]);
    }
    return colours;
  }

  /** Oklab of a place on the path; between its points a Catmull-Rom spline. */
  private static double[] point(double position) {
    double scaled = position * (PATH.length - 1);
    int segment = Math.min(PATH.length - 2, (int) scaled);
    double t = scaled - segment;
    double[] lch = new double[3];
    for (int k = 0; k < 3; k++) {
      lch[k] = catmullRom(segment, k, t);
    }
    double hue = Math.toRadians(lch[2]);
    return new double[] {lch[0], lch[1] * Math.cos(hue), lch[1] * Math.sin(hue)};
  }

  private static double catmullRom(int segment, int k, double t) {
    double p1 = PATH[segment][k];
    double p2 = PATH[segment + 1][k];
    double p0 = segment == 0 ? 2 * p1 - p2 : PATH[segment - 1][k];
    double p3 = segment + 2 == PATH.length ? 2 * p2 - p1 : PATH[segment + 2][k];
    return p1
        + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
  }

  private static double distance(double[] a, double[] b) {
    return Math.sqrt(
        (a[0] - b[0]) * (a[0] - b[0])
            + (a[1] - b[1]) * (a[1] - b[1])
            + (a[2] - b[2]) * (a[2] - b[2]));
  }

  private static int srgb(double[] lab) {
    double l = cube(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2]);
    double m = cube(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2]);
    double s = cube(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2]);
    int red = channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    int green = channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    int blue = channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    return (red << 16) | (green << 8) | blue;
  }

  private static double cube(double value) {
    return value * value * value;
  }

  private static int channel(double linear) {
    double clipped = Math.max(0, Math.min(1, linear));
    double gamma =
        clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * Math.pow(clipped, 1 / 2.4) - 0.055;
    return (int) Math.round(255 * gamma);
  }
}
