package org.csmoe.raster;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Reads a {@link RasterInfo} from a directory and refuses what cannot be read without error. */
final class TiffHeader {
  private final TiffDirectory directory;

  TiffHeader(TiffDirectory directory) {
    this.directory = directory;
  }

  RasterInfo info() {
    int width = directory.required(TiffTag.IMAGE_WIDTH, 1, Integer.MAX_VALUE);
    int height = directory.required(TiffTag.IMAGE_LENGTH, 1, Integer.MAX_VALUE);
    int bands =
        directory.has(TiffTag.SAMPLES_PER_PIXEL)
            ? directory.required(TiffTag.SAMPLES_PER_PIXEL, 1, 65535)
            : 1;
    refusePhotometric();
    if (directory.integer(TiffTag.FILL_ORDER, 1) != 1) {
      throw directory.malformed(
          TiffTag.FILL_ORDER, directory.integer(TiffTag.FILL_ORDER, 1), "1: bits are not reversed");
    }
    PixelType type = pixelType(bands);
    Compression compression = compression();
    boolean tiled = directory.has(TiffTag.TILE_WIDTH);
    int blockWidth = width;
    int blockHeight;
    if (tiled) {
      blockWidth = directory.required(TiffTag.TILE_WIDTH, 1, 1 << 20);
      blockHeight = directory.required(TiffTag.TILE_LENGTH, 1, 1 << 20);
    } else {
      long rows = directory.integer(TiffTag.ROWS_PER_STRIP, height);
      if (rows < 1) {
        throw directory.malformed(TiffTag.ROWS_PER_STRIP, rows, "at least 1");
      }
      blockHeight = (int) Math.min(rows, height);
    }
    long planar = directory.integer(TiffTag.PLANAR_CONFIGURATION, 1);
    if (planar != 1 && planar != 2) {
      throw directory.malformed(TiffTag.PLANAR_CONFIGURATION, planar, "1 or 2");
    }
    GeoReference reference = new GeoReference(directory);
    return new RasterInfo(
        width,
        height,
        bands,
        type,
        compression,
        predictor(compression, type),
        tiled,
        blockWidth,
        blockHeight,
        planar == 2,
        directory.order(),
        directory.big(),
        reference.crs(),
        reference.transform(),
        noData(),
        bandNames(bands));
  }

  /** Colour spaces whose samples are not the pixel values that a user expects. */
  private void refusePhotometric() {
    long photometric = directory.integer(TiffTag.PHOTOMETRIC, 1);
    if ((photometric >= 5 && photometric <= 10) || photometric == 32844 || photometric == 32845) {
      throw directory.malformed(
          TiffTag.PHOTOMETRIC,
          photometric,
          "grey, RGB or palette: other colour spaces are not converted");
    }
  }

  private PixelType pixelType(int bands) {
    long bits = same(TiffTag.BITS_PER_SAMPLE, bands, 1);
    long format = same(TiffTag.SAMPLE_FORMAT, bands, 1);
    // 4 is "undefined": libtiff and GDAL take it as unsigned.
    long known = format == 4 ? 1 : format;
    for (PixelType type : PixelType.values()) {
      if (type.bits() == bits && type.sampleFormat() == known) {
        return type;
      }
    }
    throw directory.malformed(
        TiffTag.BITS_PER_SAMPLE,
        "%d bits of sample format %d".formatted(bits, format),
        "8, 16 or 32-bit integers, or 32 or 64-bit floats");
  }

  private long same(TiffTag tag, int bands, long absent) {
    if (!directory.has(tag)) {
      return absent;
    }
    long[] values = directory.integers(tag, 1, bands);
    for (long value : values) {
      if (value != values[0]) {
        throw directory.malformed(
            tag, "samples of %d and of %d".formatted(values[0], value), "one type for all bands");
      }
    }
    return values[0];
  }

  private Compression compression() {
    long code = directory.integer(TiffTag.COMPRESSION, 1);
    return Compression.ofTag(code)
        .orElseThrow(
            () ->
                directory.malformed(
                    TiffTag.COMPRESSION,
                    code,
                    "1 (none), 5 (LZW), 8 or 32946 (Deflate), or 32773 (PackBits)"));
  }

  private Predictor predictor(Compression compression, PixelType type) {
    if (compression != Compression.LZW && compression != Compression.DEFLATE) {
      return Predictor.NONE;
    }
    long code = directory.integer(TiffTag.PREDICTOR, 1);
    if (code < 1 || code > (type.isFloat() ? 3 : 2)) {
      throw directory.malformed(TiffTag.PREDICTOR, code, type.isFloat() ? "1, 2 or 3" : "1 or 2");
    }
    return switch ((int) code) {
      case 1 -> Predictor.NONE;
      case 2 -> Predictor.HORIZONTAL;
      default -> Predictor.FLOATING_POINT;
    };
  }

  private OptionalDouble noData() {
    String text = directory.text(TiffTag.GDAL_NO_DATA).orElse("").strip();
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(
          switch (text.toLowerCase(Locale.ROOT)) {
            case "nan", "-nan" -> Double.NaN;
            case "inf", "+inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
          });
    } catch (NumberFormatException e) {
      throw directory.malformed(TiffTag.GDAL_NO_DATA, "\"" + text + "\"", "a number");
    }
  }

  private List<String> bandNames(int bands) {
    return directory
        .text(TiffTag.GDAL_METADATA)
        .map(xml -> GdalMetadata.bandNames(xml, bands))
        .orElseGet(() -> Collections.nCopies(bands, ""));
  }
}
