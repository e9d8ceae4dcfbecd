package org.csmoe.raster;

/**
 * Turns the samples of a block, decompressed and with the predictor undone, into pixels of the
 * raster's {@link PixelType} in the byte order of the file.
 */
sealed interface SampleConversion
    permits SampleConversion.None, NarrowSamples, CmykToRgba, YCbCrToRgb {
  /** How many bytes the samples of so many rows take before the conversion. */
  long storedBytes(int rows);

  /** The pixels; the array itself where samples are stored as pixels. */
  byte[] toPixels(byte[] stored, int rows);

  /** Samples that are pixels already. */
  record None(int rowBytes) implements SampleConversion {
    @Override
    public long storedBytes(int rows) {
      return (long) rowBytes * rows;
    }

    @Override
    public byte[] toPixels(byte[] stored, int rows) {
      return stored;
    }
  }
}
