package org.csmoe.raster;

/**
 * Ink to red, green, blue and opaque alpha, as GDAL shows CMYK of 8 bits: every colour is {@code
 * (255 - ink) * (255 - black) / 255}.
 *
 * @param rowPixels pixels of a row
 * @param samples samples of a pixel, at least 4; those after the fourth are dropped
 */
record CmykToRgba(int rowPixels, int samples) implements SampleConversion {
  @Override
  public long storedBytes(int rows) {
    return (long) rowPixels * samples * rows;
  }

  @Override
  public byte[] toPixels(byte[] stored, int rows) {
    byte[] pixels = new byte[rowPixels * rows * 4];
    for (int from = 0, to = 0; to < pixels.length; from += samples, to += 4) {
      int white = 255 - (stored[from + 3] & 0xFF);
      for (int color = 0; color < 3; color++) {
        pixels[to + color] = (byte) (white * (255 - (stored[from + color] & 0xFF)) / 255);
      }
      pixels[to + 3] = (byte) 255;
    }
    return pixels;
  }
}
