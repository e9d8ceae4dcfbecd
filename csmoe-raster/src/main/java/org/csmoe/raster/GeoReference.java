package org.csmoe.raster;

import java.util.Optional;

/** Where a raster lies, in GeoTIFF tags. */
final class GeoReference {
  private static final int MODEL_TYPE = 1024;
  private static final int RASTER_TYPE = 1025;
  private static final int GEOGRAPHIC_TYPE = 2048;
  private static final int PROJECTED_TYPE = 3072;
  private static final int PIXEL_IS_AREA = 1;
  private static final int PIXEL_IS_POINT = 2;
  private static final int PROJECTED_MODEL = 1;
  private static final int GEOGRAPHIC_MODEL = 2;

  private final TiffDirectory directory;

  GeoReference(TiffDirectory directory) {
    this.directory = directory;
  }

  Optional<Crs> crs() {
    int model = key(MODEL_TYPE);
    int projected = key(PROJECTED_TYPE);
    int geographic = key(GEOGRAPHIC_TYPE);
    if (model != GEOGRAPHIC_MODEL && isCode(projected)) {
      return Optional.of(Crs.projected(projected));
    }
    return (model == GEOGRAPHIC_MODEL || (model == 0 && projected == 0)) && isCode(geographic)
        ? Optional.of(Crs.geographic(geographic))
        : Optional.empty();
  }

  private static boolean isCode(int value) {
    return value > 0 && value < 32767;
  }

  Optional<GeoTransform> transform() {
    double[] scale = directory.doubles(TiffTag.MODEL_PIXEL_SCALE);
    double[] tie = directory.doubles(TiffTag.MODEL_TIE_POINT);
    double[] matrix = directory.doubles(TiffTag.MODEL_TRANSFORMATION);
    Optional<GeoTransform> transform = Optional.empty();
    if (scale.length >= 2 && tie.length >= 6 && scale[0] != 0 && scale[1] != 0) {
      double rowY = -Math.abs(scale[1]);
      transform =
          transform(
              TiffTag.MODEL_TIE_POINT,
              tie[3] - tie[0] * scale[0],
              scale[0],
              0,
              tie[4] - tie[1] * rowY,
              0,
              rowY);
    } else if (matrix.length >= 8) {
      transform =
          transform(
              TiffTag.MODEL_TRANSFORMATION,
              matrix[3],
              matrix[0],
              matrix[1],
              matrix[7],
              matrix[4],
              matrix[5]);
    }
    return transform;
  }

  private Optional<GeoTransform> transform(
      TiffTag tag,
      double originX,
      double columnX,
      double rowX,
      double originY,
      double columnY,
      double rowY) {
    try {
      GeoTransform transform = new GeoTransform(originX, columnX, rowX, originY, columnY, rowY);
      return Optional.of(
          key(RASTER_TYPE) == PIXEL_IS_POINT ? transform.translated(-0.5, -0.5) : transform);
    } catch (IllegalArgumentException e) {
      throw directory.malformed(tag, e, "an invertible transform");
    }
  }

  /** The value of a key that is stored in the directory itself; 0 when absent. */
  private int key(int id) {
    if (!directory.has(TiffTag.GEO_KEY_DIRECTORY)) {
      return 0;
    }
    long[] keys = directory.integers(TiffTag.GEO_KEY_DIRECTORY, 4, 65536);
    for (int i = 4; i + 3 < keys.length; i += 4) {
      if (keys[i] == id && keys[i + 1] == 0) {
        return (int) keys[i + 3];
      }
    }
    return 0;
  }

  static void write(GeoTransform transform, DirectoryWriter directory) {
    if (transform.rowX() == 0
        && transform.columnY() == 0
        && transform.columnX() > 0
        && transform.rowY() < 0) {
      directory.doubles(TiffTag.MODEL_PIXEL_SCALE, transform.columnX(), -transform.rowY(), 0);
      directory.doubles(
          TiffTag.MODEL_TIE_POINT, 0, 0, 0, transform.originX(), transform.originY(), 0);
    } else {
      double[] matrix = new double[16];
      matrix[0] = transform.columnX();
      matrix[1] = transform.rowX();
      matrix[3] = transform.originX();
      matrix[4] = transform.columnY();
      matrix[5] = transform.rowY();
      matrix[7] = transform.originY();
      matrix[15] = 1;
      directory.doubles(TiffTag.MODEL_TRANSFORMATION, matrix);
    }
  }

  static void write(Optional<Crs> crs, DirectoryWriter directory) {
    if (crs.isEmpty()) {
      directory.shorts(TiffTag.GEO_KEY_DIRECTORY, 1, 1, 0, 1, RASTER_TYPE, 0, 1, PIXEL_IS_AREA);
      return;
    }
    boolean geographic = crs.get().geographic();
    directory.shorts(
        TiffTag.GEO_KEY_DIRECTORY,
        1,
        1,
        0,
        3,
        MODEL_TYPE,
        0,
        1,
        geographic ? GEOGRAPHIC_MODEL : PROJECTED_MODEL,
        RASTER_TYPE,
        0,
        1,
        PIXEL_IS_AREA,
        geographic ? GEOGRAPHIC_TYPE : PROJECTED_TYPE,
        0,
        1,
        crs.get().epsg());
  }
}
