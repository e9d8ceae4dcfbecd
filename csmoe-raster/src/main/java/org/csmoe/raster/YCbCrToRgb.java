package org.csmoe.raster;

/**
 * Luminance and chrominance (TIFF 6.0, section 21) to red, green and blue in fixed-point numbers of
 * 16 bits, as GDAL shows them. A stored unit has the luminance of {@code across x down} pixels and
 * their one pair of chrominances, which is repeated.
 */
final class YCbCrToRgb implements SampleConversion {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int BANDS = 3;
  private static final float[] JPEG_FACTORS = {1.402f, 0.34414f, 0.71414f, 1.772f};

  /** The range of codes when no tag names one. */
  static final double[] FULL_RANGE = {0, 255, 128, 255, 128, 255};

  private final int width;
  private final int across;
  private final int down;
  private final int[] luminance = new int[256];
  private final int[] redOfCr = new int[256];
  private final int[] greenOfCr = new int[256];
  private final int[] greenOfCb = new int[256];
  private final int[] blueOfCb = new int[256];

  /**
   * Prepares tables.
   *
   * @param factors Cr in red, Cb in green, Cr in green, Cb in blue; those in green count negative
   * @param range black and white of luminance, then of both chrominances
   */
  private YCbCrToRgb(int width, int across, int down, float[] factors, double[] range) {
    this.width = width;
    this.across = across;
    this.down = down;
    int toRed = fixed(factors[0]);
    int toGreenOfCb = -fixed(factors[1]);
    int toGreenOfCr = -fixed(factors[2]);
    int toBlue = fixed(factors[3]);
    for (int i = 0; i < 256; i++) {
      luminance[i] = code(i, range[0], range[1], 255);
      int cb = code(i - 128, range[2] - 128, range[3] - 128, 127);
      int cr = code(i - 128, range[4] - 128, range[5] - 128, 127);
      redOfCr[i] = (toRed * cr + HALF) >> BITS;
      blueOfCb[i] = (toBlue * cb + HALF) >> BITS;
      greenOfCr[i] = toGreenOfCr * cr;
      greenOfCb[i] = toGreenOfCb * cb + HALF;
    }
  }

  /**
   * Colours as the tags describe them.
   *
   * @param width pixels of a row
   * @param across pixels of a unit in a row: 1, 2 or 4
   * @param down rows of a unit: 1, 2 or 4
   * @param weights of red, green and blue in the luminance, none of them 0
   * @param range black and white of luminance, then of both chrominances
   */
  static YCbCrToRgb of(int width, int across, int down, double[] weights, double[] range) {
    float red = (float) weights[0];
    float green = (float) weights[1];
    float blue = (float) weights[2];
    float redFactor = 2 - 2 * red;
    float blueFactor = 2 - 2 * blue;
    float[] factors = {redFactor, blue * blueFactor / green, red * redFactor / green, blueFactor};
    return new YCbCrToRgb(width, across, down, factors, range);
  }

  /**
   * Colours of JPEG streams, whose decoder has repeated the chrominances. Tags do not count, and
   * the factors are those that libjpeg rounds to five digits.
   *
   * @param width pixels of a row
   */
  static YCbCrToRgb ofJpeg(int width) {
    return new YCbCrToRgb(width, 1, 1, JPEG_FACTORS, FULL_RANGE);
  }

  private static int fixed(float value) {
    return (int) (Math.max(0, Math.min(2, value)) * (1 << BITS) + 0.5);
  }

  /** A code in its range from black to white, at most 32 times beyond. */
  private static int code(int code, double black, double white, int codingRange) {
    float range = (float) white - (float) black;
    float value = (code - (int) black) * (float) codingRange / (range == 0 ? 1 : range);
    return (int) Math.max(-4096, Math.min(4096, value));
  }

  private int unitsAcross() {
    return (width + across - 1) / across;
  }

  private int unitBytes() {
    return across * down + 2;
  }

  @Override
  public long storedBytes(int rows) {
    return (long) unitsAcross() * unitBytes() * ((rows + down - 1) / down);
  }

  @Override
  public byte[] toPixels(byte[] stored, int rows) {
    byte[] pixels = new byte[width * rows * BANDS];
    int at = 0;
    for (int y = 0; y < rows; y++) {
      int unitRow = y / down * unitsAcross() * unitBytes();
      for (int x = 0; x < width; x++) {
        int unit = unitRow + x / across * unitBytes();
        int light = luminance[stored[unit + y % down * across + x % across] & 0xFF];
        int cb = stored[unit + unitBytes() - 2] & 0xFF;
        int cr = stored[unit + unitBytes() - 1] & 0xFF;
        pixels[at++] = clamp(light + redOfCr[cr]);
        pixels[at++] = clamp(light + ((greenOfCb[cb] + greenOfCr[cr]) >> BITS));
        pixels[at++] = clamp(light + blueOfCb[cb]);
      }
    }
    return pixels;
  }

  private static byte clamp(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }
}
