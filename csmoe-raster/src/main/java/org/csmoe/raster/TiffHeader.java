package org.csmoe.raster;

import java.util.Locale;
import java.util.OptionalDouble;

/** Reads a {@link RasterInfo} from a directory and refuses what cannot be read without error. */
final class TiffHeader {
  private final TiffDirectory directory;
  private final SampleLayout samples;

  TiffHeader(TiffDirectory directory) {
    this.directory = directory;
    samples = new SampleLayout(directory);
  }

  /** How samples are stored. */
  SampleLayout samples() {
    return samples;
  }

  RasterInfo info() {
    int width = directory.required(TiffTag.IMAGE_WIDTH, 1, Integer.MAX_VALUE);
    int height = directory.required(TiffTag.IMAGE_LENGTH, 1, Integer.MAX_VALUE);
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
    GdalMetadata metadata = metadata();
    GeoReference reference = new GeoReference(directory);
    return new RasterInfo(
        width,
        height,
        samples.bands(),
        samples.type(),
        samples.bits(),
        compression,
        predictor(compression),
        tiled,
        blockWidth,
        blockHeight,
        samples.planar(),
        directory.order(),
        directory.big(),
        reference.crs(),
        reference.transform(),
        noData(),
        metadata.names(),
        metadata.scalings());
  }

  private Compression compression() {
    long code = directory.integer(TiffTag.COMPRESSION, 1);
    Compression compression =
        Compression.ofTag(code)
            .orElseThrow(
                () ->
                    directory.malformed(
                        TiffTag.COMPRESSION,
                        "%d (%s)".formatted(code, Compression.describe(code)),
                        "1 (none), 5 (LZW), 8 or 32946 (Deflate), 32773 (PackBits), 50000"
                            + " (ZSTD) or 7 (JPEG)"));
    if (compression.missing().isPresent()) {
      throw directory.malformed(
          TiffTag.COMPRESSION, "%d (%s)".formatted(code, compression), compression.missing().get());
    }
    return compression;
  }

  private Predictor predictor(Compression compression) {
    if (compression == Compression.NONE
        || compression == Compression.PACKBITS
        || compression == Compression.JPEG) {
      return Predictor.NONE;
    }
    long code = directory.integer(TiffTag.PREDICTOR, 1);
    Predictor[] known = Predictor.values();
    if (code < 1 || code > known.length || !samples.canPredict(known[(int) code - 1])) {
      throw directory.malformed(
          TiffTag.PREDICTOR,
          "%d on %d bits of %s".formatted(code, samples.bits(), samples.type()),
          "1, 2 on samples of 8, 16, 32 or 64 bits, or 3 on floats");
    }
    return known[(int) code - 1];
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

  private GdalMetadata metadata() {
    String xml = directory.text(TiffTag.GDAL_METADATA).orElse("");
    try {
      return GdalMetadata.of(xml, samples.bands());
    } catch (NumberFormatException e) {
      throw directory.malformed(
          TiffTag.GDAL_METADATA,
          String.valueOf(e.getMessage()),
          "finite numbers as scale and offset");
    }
  }
}
