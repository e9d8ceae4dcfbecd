package org.csmoe.raster;

/** GDAL's band checksum (gdalchecksum.cpp), the oracle for pixel values. */
final class GdalChecksum {
  private static final int[] PRIMES = {7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43};

  private GdalChecksum() {}

  static int of(GeoTiff tiff, int band) {
    RasterInfo info = tiff.info();
    int sum = 0;
    int prime = 0;
    for (int y = 0; y < info.height(); y++) {
      for (double value : tiff.readRaw(band, new Window(0, y, info.width(), 1))) {
        sum = sum + toInt(value, info.pixelType()) % PRIMES[prime] & 0xFFFF;
        prime = (prime + 1) % PRIMES.length;
      }
    }
    return sum;
  }

  private static int toInt(double value, PixelType type) {
    if (type == PixelType.INT8) {
      // GDAL before 3.7 has no signed bytes.
      return (int) value & 0xFF;
    }
    if (!type.isFloat()) {
      return (int) Math.min(value, Integer.MAX_VALUE);
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Integer.MIN_VALUE;
    }
    return (int) Math.max(-2147483647.0, Math.min(2147483647.0, Math.floor(value + 0.5)));
  }
}
