package org.csmoe.sampling.descriptors;

import org.csmoe.raster.GeoTransform;

/**
 * Which pixel of one raster a point belongs to, by the rules that {@link CategoricalRaster} states.
 * Longitudes and latitudes are degrees; a pixel is {@code row << 32 | column}.
 */
final class RasterGrid {
  /** The pixel of a point outside. */
  static final long OUTSIDE = -1;

  private static final double RADIUS_KM = 6371.0088;

  /** Share of a pixel within which a coordinate counts as on an edge, to absorb rounding. */
  private static final double EDGE = 1e-6;

  private final int width;
  private final int height;
  private final GeoTransform transform;
  private final boolean aligned;
  private final boolean global;
  private final boolean firstRowAtPole;
  private final boolean lastRowAtPole;
  private final double column0;
  private final double columnPerDegreeEast;
  private final double columnPerDegreeNorth;
  private final double row0;
  private final double rowPerDegreeEast;
  private final double rowPerDegreeNorth;

  RasterGrid(GeoTransform transform, int width, int height) {
    this.transform = transform;
    this.width = width;
    this.height = height;
    aligned = transform.rowX() == 0 && transform.columnY() == 0;
    if (aligned) {
      // GDAL's order of operations: with 0.1 degree, 1 / 0.1 is exactly 10.
      columnPerDegreeEast = 1 / transform.columnX();
      columnPerDegreeNorth = 0;
      column0 = -transform.originX() / transform.columnX();
      rowPerDegreeEast = 0;
      rowPerDegreeNorth = 1 / transform.rowY();
      row0 = -transform.originY() / transform.rowY();
    } else {
      double determinant =
          transform.columnX() * transform.rowY() - transform.rowX() * transform.columnY();
      columnPerDegreeEast = transform.rowY() / determinant;
      columnPerDegreeNorth = -transform.rowX() / determinant;
      column0 = transform.column(0, 0);
      rowPerDegreeEast = -transform.columnY() / determinant;
      rowPerDegreeNorth = transform.columnX() / determinant;
      row0 = transform.row(0, 0);
    }
    global = aligned && Math.abs(transform.columnX()) * (width + 0.5) >= 360;
    firstRowAtPole = atPole(transform.originY());
    lastRowAtPole = atPole(transform.y(0, height));
  }

  private boolean atPole(double edge) {
    return aligned && Math.abs(edge) >= 90 - Math.abs(transform.rowY()) / 2;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Whether columns run along parallels and rows along meridians. */
  boolean aligned() {
    return aligned;
  }

  double column(double longitude, double latitude) {
    return column0 + longitude * columnPerDegreeEast + latitude * columnPerDegreeNorth;
  }

  double row(double longitude, double latitude) {
    return row0 + longitude * rowPerDegreeEast + latitude * rowPerDegreeNorth;
  }

  /** The columns that are different places: a raster that goes round further repeats itself. */
  int columnsOnce() {
    return aligned ? (int) Math.min(width, Math.round(360 / Math.abs(transform.columnX()))) : width;
  }

  long pixelAt(double longitude, double latitude) {
    long pixel = direct(longitude, latitude);
    if (pixel == OUTSIDE) {
      pixel = direct(longitude + 360, latitude);
    }
    if (pixel == OUTSIDE) {
      pixel = direct(longitude - 360, latitude);
    }
    return pixel == OUTSIDE && global ? inLastColumn(longitude, latitude) : pixel;
  }

  private long direct(double longitude, double latitude) {
    int column = (int) Math.floor(column(longitude, latitude) + EDGE);
    return column < 0 || column >= width ? OUTSIDE : inColumn(column, longitude, latitude);
  }

  /** Between the last column of a global raster and the first there is only rounding. */
  private long inLastColumn(double longitude, double latitude) {
    return inColumn(width - 1, longitude, latitude);
  }

  private long inColumn(int column, double longitude, double latitude) {
    int row = (int) Math.floor(row(longitude, latitude) + EDGE);
    if (row < 0 && firstRowAtPole) {
      row = 0;
    } else if (row >= height && lastRowAtPole) {
      row = height - 1;
    }
    return row < 0 || row >= height ? OUTSIDE : (long) row << 32 | column;
  }

  /**
   * Area of a pixel: exact on the sphere for rows along parallels, otherwise by the latitude of its
   * centre.
   */
  double areaKm2(int column, int row) {
    double radians = Math.PI / 180;
    double cosine = Math.cos(transform.y(column + 0.5, row + 0.5) * radians);
    double pixel =
        aligned
            ? Math.abs(transform.columnX())
                * radians
                * 2
                * Math.sin(Math.abs(transform.rowY()) * radians / 2)
            : Math.abs(
                    transform.columnX() * transform.rowY() - transform.rowX() * transform.columnY())
                * radians
                * radians;
    return RADIUS_KM * RADIUS_KM * pixel * Math.max(0, cosine);
  }

  double minLongitude() {
    return transform.originX() + span(transform.columnX(), transform.rowX(), true);
  }

  double maxLongitude() {
    return transform.originX() + span(transform.columnX(), transform.rowX(), false);
  }

  double minLatitude() {
    return transform.originY() + span(transform.columnY(), transform.rowY(), true);
  }

  double maxLatitude() {
    return transform.originY() + span(transform.columnY(), transform.rowY(), false);
  }

  /** How far the raster reaches from its origin, downward or upward. */
  private double span(double perColumn, double perRow, boolean least) {
    double columns = perColumn * width;
    double rows = perRow * height;
    return least
        ? Math.min(0, columns) + Math.min(0, rows)
        : Math.max(0, columns) + Math.max(0, rows);
  }

  /** How far beyond its corners a raster may still own a point, degrees. */
  double margin() {
    double pixel =
        Math.max(
            Math.abs(transform.columnX()) + Math.abs(transform.rowX()),
            Math.abs(transform.columnY()) + Math.abs(transform.rowY()));
    return 2 * EDGE * pixel;
  }

  /** Size of a pixel from west to east, degrees. */
  double pixelLongitude() {
    return Math.abs(transform.columnX()) + Math.abs(transform.rowX());
  }

  /** Size of a pixel from south to north, degrees. */
  double pixelLatitude() {
    return Math.abs(transform.columnY()) + Math.abs(transform.rowY());
  }
}
