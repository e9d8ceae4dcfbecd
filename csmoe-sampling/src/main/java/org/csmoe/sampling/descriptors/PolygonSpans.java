package org.csmoe.sampling.descriptors;

import java.util.Arrays;
import java.util.Comparator;
import org.csmoe.CsMoeException;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.CoordinateSequence;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;

/**
 * The pixels of a raster whose centres lie in a polygon, row by row: where the line through the
 * centres of a row crosses the rings, the inside begins and ends in turn. A centre on an edge is
 * inside when the polygon lies east of it or, on an edge along the row, south of it (in a north-up
 * raster), so that polygons that share an edge share no pixel. For one pass over rows that do not
 * decrease.
 */
final class PolygonSpans {
  private final Edge[] edges;
  private final Edge[] active;
  private final double[] crossings;
  private int next;
  private int activeCount;
  private double minColumn = Double.POSITIVE_INFINITY;
  private double maxColumn = Double.NEGATIVE_INFINITY;
  private double minRow = Double.POSITIVE_INFINITY;
  private double maxRow = Double.NEGATIVE_INFINITY;

  /** A side of a ring, in columns and rows, from its first row to its last. */
  private record Edge(double top, double bottom, double column, double columnsPerRow) {}

  /**
   * A polygon on a raster.
   *
   * @param polygon in degrees
   * @param grid the raster
   * @param turn degrees to add to every longitude: 0 or a whole turn
   * @throws CsMoeException when a coordinate is not finite
   */
  PolygonSpans(Polygon polygon, RasterGrid grid, double turn) {
    Edge[] all = new Edge[polygon.getNumPoints()];
    int count = add(polygon.getExteriorRing(), grid, turn, all, 0);
    for (int i = 0; i < polygon.getNumInteriorRing(); i++) {
      count = add(polygon.getInteriorRingN(i), grid, turn, all, count);
    }
    edges = Arrays.copyOf(all, count);
    Arrays.sort(edges, Comparator.comparingDouble(Edge::top));
    active = new Edge[count];
    crossings = new double[count];
  }

  private int add(LinearRing ring, RasterGrid grid, double turn, Edge[] all, int from) {
    CoordinateSequence points = ring.getCoordinateSequence();
    int count = from;
    double lastColumn = 0;
    double lastRow = 0;
    for (int i = 0; i < points.size(); i++) {
      double longitude = points.getX(i) + turn;
      double column = grid.column(longitude, points.getY(i));
      double row = grid.row(longitude, points.getY(i));
      if (!Double.isFinite(column) || !Double.isFinite(row)) {
        Coordinate point = points.getCoordinate(i);
        throw new CsMoeException(
            "footprint: found %s, %s at point %d, expected finite degrees"
                .formatted(point.x, point.y, i));
      }
      minColumn = Math.min(minColumn, column);
      maxColumn = Math.max(maxColumn, column);
      minRow = Math.min(minRow, row);
      maxRow = Math.max(maxRow, row);
      if (i > 0 && row != lastRow) {
        double slope = (column - lastColumn) / (row - lastRow);
        all[count++] =
            row > lastRow
                ? new Edge(lastRow, row, lastColumn, slope)
                : new Edge(row, lastRow, column, slope);
      }
      lastColumn = column;
      lastRow = row;
    }
    return count;
  }

  /** First row with a centre inside, at least 0. */
  int firstRow() {
    return (int) Math.max(0, Math.ceil(minRow - 0.5));
  }

  /** One past the last row with a centre inside, at most the given end. */
  int endRow(int end) {
    return (int) Math.min(end, Math.ceil(maxRow - 0.5));
  }

  /** First column with a centre inside, at least 0. */
  int firstColumn() {
    return (int) Math.max(0, Math.ceil(minColumn - 0.5));
  }

  /** One past the last column with a centre inside, at most the given end. */
  int endColumn(int end) {
    return (int) Math.min(end, Math.ceil(maxColumn - 0.5));
  }

  /**
   * Goes to a row.
   *
   * @param row not before the row of the last call
   * @return the number of spans
   */
  int row(int row) {
    double y = row + 0.5;
    while (next < edges.length && edges[next].top <= y) {
      active[activeCount++] = edges[next++];
    }
    int kept = 0;
    int count = 0;
    for (int i = 0; i < activeCount; i++) {
      Edge edge = active[i];
      if (edge.bottom > y) {
        active[kept++] = edge;
        crossings[count++] = edge.column + (y - edge.top) * edge.columnsPerRow;
      }
    }
    activeCount = kept;
    Arrays.sort(crossings, 0, count);
    return count / 2;
  }

  /** First column of a span of the present row; may lie outside the raster. */
  double first(int span) {
    return Math.ceil(crossings[2 * span] - 0.5);
  }

  /** One past the last column of a span of the present row. */
  double end(int span) {
    return Math.ceil(crossings[2 * span + 1] - 0.5);
  }
}
