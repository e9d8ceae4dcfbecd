package org.csmoe.raster;

/** The TIFF 6.0, GeoTIFF and GDAL tags that are read or written. */
enum TiffTag {
  NEW_SUBFILE_TYPE(254),
  IMAGE_WIDTH(256),
  IMAGE_LENGTH(257),
  BITS_PER_SAMPLE(258),
  COMPRESSION(259),
  PHOTOMETRIC(262),
  FILL_ORDER(266),
  STRIP_OFFSETS(273),
  SAMPLES_PER_PIXEL(277),
  ROWS_PER_STRIP(278),
  STRIP_BYTE_COUNTS(279),
  PLANAR_CONFIGURATION(284),
  PREDICTOR(317),
  TILE_WIDTH(322),
  TILE_LENGTH(323),
  TILE_OFFSETS(324),
  TILE_BYTE_COUNTS(325),
  INK_SET(332),
  EXTRA_SAMPLES(338),
  SAMPLE_FORMAT(339),
  JPEG_TABLES(347),
  YCBCR_COEFFICIENTS(529),
  YCBCR_SUBSAMPLING(530),
  REFERENCE_BLACK_WHITE(532),
  MODEL_PIXEL_SCALE(33550),
  MODEL_TIE_POINT(33922),
  MODEL_TRANSFORMATION(34264),
  GEO_KEY_DIRECTORY(34735),
  GDAL_METADATA(42112),
  GDAL_NO_DATA(42113);

  private final int code;

  TiffTag(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  @Override
  public String toString() {
    return "tag %s (%d)".formatted(name(), code);
  }
}
