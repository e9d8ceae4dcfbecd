package org.csmoe.raster;

/**
 * From pixel coordinates to map coordinates, by GDAL's six coefficients: {@code X = originX +
 * column * columnX + row * rowX} and {@code Y = originY + column * columnY + row * rowY}. Column
 * and row count from the outer corner of the top-left pixel; its centre is (0.5, 0.5). Map units
 * are those of the coordinate system: metres or degrees.
 *
 * @param originX X of the outer corner of the top-left pixel
 * @param columnX change of X from one column to the next: the pixel width
 * @param rowX change of X from one row to the next: 0 in a north-up raster
 * @param originY Y of the outer corner of the top-left pixel
 * @param columnY change of Y from one column to the next: 0 in a north-up raster
 * @param rowY change of Y from one row to the next: minus the pixel height in a north-up raster
 */
public record GeoTransform(
    double originX, double columnX, double rowX, double originY, double columnY, double rowY) {

  /** Checks that the transform is finite and can be inverted. */
  public GeoTransform {
    double determinant = columnX * rowY - rowX * columnY;
    if (!Double.isFinite(originX)
        || !Double.isFinite(originY)
        || !Double.isFinite(determinant)
        || determinant == 0) {
      throw new IllegalArgumentException(
          "transform must be finite and invertible but was %s, %s, %s, %s, %s, %s"
              .formatted(originX, columnX, rowX, originY, columnY, rowY));
    }
  }

  /**
   * A north-up transform.
   *
   * @param originX X of the left edge
   * @param originY Y of the upper edge
   * @param pixelSize width and height of a pixel in map units
   * @return the transform
   */
  public static GeoTransform northUp(double originX, double originY, double pixelSize) {
    return new GeoTransform(originX, pixelSize, 0, originY, 0, -pixelSize);
  }

  /**
   * Map X of a pixel coordinate.
   *
   * @param column column, fractions allowed
   * @param row row, fractions allowed
   * @return X in map units
   */
  public double x(double column, double row) {
    return originX + column * columnX + row * rowX;
  }

  /**
   * Map Y of a pixel coordinate.
   *
   * @param column column, fractions allowed
   * @param row row, fractions allowed
   * @return Y in map units
   */
  public double y(double column, double row) {
    return originY + column * columnY + row * rowY;
  }

  /**
   * Column of a map coordinate.
   *
   * @param x X in map units
   * @param y Y in map units
   * @return the column with its fraction; it may lie outside the raster
   */
  public double column(double x, double y) {
    return ((x - originX) * rowY - (y - originY) * rowX) / determinant();
  }

  /**
   * Row of a map coordinate.
   *
   * @param x X in map units
   * @param y Y in map units
   * @return the row with its fraction; it may lie outside the raster
   */
  public double row(double x, double y) {
    return ((y - originY) * columnX - (x - originX) * columnY) / determinant();
  }

  /**
   * The transform of a grid with the same origin whose pixels are larger.
   *
   * @param factor how many times larger, for example 16 for the token grid of 16-pixel patches
   * @return the transform of the coarser grid
   */
  public GeoTransform scaled(double factor) {
    return stretched(factor, factor);
  }

  /** The same origin, pixels {@code across} times as wide and {@code down} times as high. */
  GeoTransform stretched(double across, double down) {
    return new GeoTransform(
        originX, columnX * across, rowX * down, originY, columnY * across, rowY * down);
  }

  /**
   * The transform of a part of the raster.
   *
   * @param column first column of the part
   * @param row first row of the part
   * @return the transform whose pixel (0, 0) is this one's pixel (column, row)
   */
  public GeoTransform translated(double column, double row) {
    return new GeoTransform(x(column, row), columnX, rowX, y(column, row), columnY, rowY);
  }

  private double determinant() {
    return columnX * rowY - rowX * columnY;
  }
}
