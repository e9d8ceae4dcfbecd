package org.csmoe.raster;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the samples of a pixel are stored, from the tags that say so, and what they become.
 *
 * <p>Colours become what GDAL makes of them: CMYK of 8 bits becomes RGBA, YCbCr becomes RGB, inks
 * of other widths stay as they are. Other colour spaces are refused.
 */
final class SampleLayout {
  private static final int SEPARATED = 5;
  private static final int YCBCR = 6;

  /** How many components a JPEG scan can have. */
  private static final int MAX_JPEG_COMPONENTS = 4;

  private static final double[] WEIGHTS = {0.299, 0.587, 0.114};

  private final TiffDirectory directory;
  private final int samples;
  private final int bits;
  private final PixelType type;
  private final long photometric;
  private final boolean planar;

  SampleLayout(TiffDirectory directory) {
    this.directory = directory;
    samples =
        directory.has(TiffTag.SAMPLES_PER_PIXEL)
            ? directory.required(TiffTag.SAMPLES_PER_PIXEL, 1, 65535)
            : 1;
    long planarTag = directory.integer(TiffTag.PLANAR_CONFIGURATION, 1);
    if (planarTag != 1 && planarTag != 2) {
      throw directory.malformed(TiffTag.PLANAR_CONFIGURATION, planarTag, "1 or 2");
    }
    planar = planarTag == 2;
    photometric = directory.integer(TiffTag.PHOTOMETRIC, 1);
    long storedBits = same(TiffTag.BITS_PER_SAMPLE);
    long format = same(TiffTag.SAMPLE_FORMAT);
    // 4 is "undefined": libtiff and GDAL take it as unsigned.
    PixelType exact = pixelType(storedBits, format == 4 ? 1 : format);
    bits = (int) storedBits;
    // Converted colours are unsigned, whatever the tag says.
    type = isCmyk() || photometric == YCBCR ? PixelType.UINT8 : exact;
    refuseColors();
    refuseJpeg();
  }

  private long same(TiffTag tag) {
    if (!directory.has(tag)) {
      return 1;
    }
    long[] values = directory.integers(tag, 1, samples);
    for (long value : values) {
      if (value != values[0]) {
        throw directory.malformed(
            tag, "samples of %d and of %d".formatted(values[0], value), "one type for all bands");
      }
    }
    return values[0];
  }

  private PixelType pixelType(long bits, long format) {
    Optional<PixelType> exact =
        Arrays.stream(PixelType.values())
            .filter(type -> type.bits() == bits && type.sampleFormat() == format)
            .findFirst();
    if (exact.isPresent()) {
      return exact.get();
    }
    if (format == 1 && bits == 24 && directory.order() == ByteOrder.BIG_ENDIAN) {
      // GDAL writes and reads the least significant byte first here, TIFF 6.0 has it last.
      throw directory.malformed(
          TiffTag.BITS_PER_SAMPLE,
          "24-bit integers, big-endian",
          "little-endian: writers disagree");
    }
    if (format == 1 && bits >= 1 && bits < 32) {
      return bits < 8 ? PixelType.UINT8 : bits < 16 ? PixelType.UINT16 : PixelType.UINT32;
    }
    if (format == 3 && (bits == 16 || bits == 24)) {
      return PixelType.FLOAT32;
    }
    throw directory.malformed(
        TiffTag.BITS_PER_SAMPLE,
        "%d bits of sample format %d".formatted(bits, format),
        "unsigned integers of 1 to 32 bits, signed ones of 8, 16 or 32, or floats of 16, 24, 32 or"
            + " 64");
  }

  /** Whether GDAL would make RGBA of the inks. */
  private boolean isCmyk() {
    return photometric == SEPARATED
        && bits == 8
        && samples >= 4
        && directory.integer(TiffTag.INK_SET, 1) == 1;
  }

  private void refuseColors() {
    boolean supported =
        switch ((int) Math.min(photometric, 65536)) {
          case SEPARATED -> bits >= 8 && !(isCmyk() && planar);
          case YCBCR -> bits == 8 && samples == 3 && !planar;
          case 7, 8, 9, 10, 32844, 32845 -> false;
          default -> true;
        };
    if (!supported) {
      throw directory.malformed(
          TiffTag.PHOTOMETRIC,
          "%d with %d samples of %d bits, %s"
              .formatted(photometric, samples, bits, planar ? "planar" : "interleaved"),
          "grey, RGB, palette, CMYK of 8 bits or more (interleaved), or YCbCr of 8 bits"
              + " (interleaved)");
    }
  }

  private boolean isJpeg() {
    return directory.integer(TiffTag.COMPRESSION, 1) == Compression.JPEG.code();
  }

  private void refuseJpeg() {
    if (isJpeg() && (bits != 8 || interleaved() > MAX_JPEG_COMPONENTS)) {
      throw directory.malformed(
          TiffTag.BITS_PER_SAMPLE,
          "%d interleaved samples of %d bits in JPEG".formatted(interleaved(), bits),
          "at most %d of 8 bits".formatted(MAX_JPEG_COMPONENTS));
    }
  }

  /** Bands of the raster. */
  int bands() {
    return isCmyk() ? 4 : samples;
  }

  /** Bits of a stored sample. */
  int bits() {
    return bits;
  }

  /** The type of a pixel. */
  PixelType type() {
    return type;
  }

  boolean planar() {
    return planar;
  }

  private int interleaved() {
    return planar ? 1 : samples;
  }

  /** Whether the predictors of TIFF 6.0 can be undone: on whole bytes only. */
  boolean canPredict(Predictor predictor) {
    return switch (predictor) {
      case NONE -> true;
      case HORIZONTAL ->
          photometric != YCBCR && (bits == 8 || bits == 16 || bits == 32 || bits == 64);
      case FLOATING_POINT -> type.isFloat();
    };
  }

  /** The samples of blocks of this width. */
  StoredSamples stored(int blockWidth) {
    long fillOrder = directory.integer(TiffTag.FILL_ORDER, 1);
    if (fillOrder != 1 && fillOrder != 2) {
      throw directory.malformed(TiffTag.FILL_ORDER, fillOrder, "1 or 2");
    }
    return new StoredSamples(interleaved(), bits, fillOrder == 2, conversion(blockWidth));
  }

  /** The tables that the JPEG streams of all blocks share; empty when there are none. */
  byte[] jpegTables() {
    if (!isJpeg() || !directory.has(TiffTag.JPEG_TABLES)) {
      return new byte[0];
    }
    try {
      return JpegStream.tables(directory.bytes(TiffTag.JPEG_TABLES, JpegStream.MAX_TABLES));
    } catch (IllegalArgumentException e) {
      throw directory.malformed(
          TiffTag.JPEG_TABLES,
          String.valueOf(e.getMessage()),
          "a JPEG stream of tables and nothing else");
    }
  }

  private SampleConversion conversion(int blockWidth) {
    if (isCmyk()) {
      return new CmykToRgba(blockWidth, samples);
    }
    if (photometric == YCBCR) {
      return isJpeg() ? YCbCrToRgb.ofJpeg(blockWidth) : yCbCr(blockWidth);
    }
    return type.bits() == bits
        ? new SampleConversion.None(blockWidth * interleaved() * type.bytes())
        : new NarrowSamples(blockWidth * interleaved(), bits, type, directory.order());
  }

  private SampleConversion yCbCr(int blockWidth) {
    long[] subsampling =
        directory.has(TiffTag.YCBCR_SUBSAMPLING)
            ? directory.integers(TiffTag.YCBCR_SUBSAMPLING, 2, 2)
            : new long[] {2, 2};
    for (long factor : subsampling) {
      if (factor != 1 && factor != 2 && factor != 4) {
        throw directory.malformed(TiffTag.YCBCR_SUBSAMPLING, factor, "1, 2 or 4");
      }
    }
    double[] weights = rationals(TiffTag.YCBCR_COEFFICIENTS, WEIGHTS);
    if (!(weights[0] > 0 && weights[1] > 0 && weights[2] > 0)) {
      throw directory.malformed(
          TiffTag.YCBCR_COEFFICIENTS, Arrays.toString(weights), "weights above 0");
    }
    double[] range = rationals(TiffTag.REFERENCE_BLACK_WHITE, YCbCrToRgb.FULL_RANGE);
    return YCbCrToRgb.of(blockWidth, (int) subsampling[0], (int) subsampling[1], weights, range);
  }

  private double[] rationals(TiffTag tag, double[] absent) {
    return directory.has(tag) ? directory.rationals(tag, absent.length) : absent;
  }
}
