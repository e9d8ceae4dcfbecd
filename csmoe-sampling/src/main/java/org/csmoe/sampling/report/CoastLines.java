package org.csmoe.sampling.report;

import java.awt.geom.Path2D;
import java.util.List;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.LineString;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.util.LinearComponentExtracter;

/**
 * Land and its coasts on the picture. A line that jumps across the antimeridian goes on beyond 180
 * degrees, and whatever lies beyond is drawn once more from the other side; the edge of the world
 * cuts it off. Edges along the antimeridian or at a pole, where data sets cut land apart, are no
 * coast.
 */
final class CoastLines {
  private static final double EDGE = 1e-6;

  private final MapFrame frame;
  private final Path2D land = new Path2D.Double(Path2D.WIND_EVEN_ODD);
  private final Path2D coast = new Path2D.Double();

  CoastLines(MapFrame frame, List<Geometry> geometries) {
    this.frame = frame;
    for (Geometry geometry : geometries) {
      for (int i = 0; i < geometry.getNumGeometries(); i++) {
        Geometry part = geometry.getGeometryN(i);
        boolean filled = part instanceof Polygon;
        for (Object line : LinearComponentExtracter.getLines(part)) {
          add((LineString) line, filled);
        }
      }
    }
  }

  Path2D land() {
    return land;
  }

  Path2D coast() {
    return coast;
  }

  private void add(LineString line, boolean filled) {
    Coordinate[] points = line.getCoordinates();
    if (points.length < 2) {
      return;
    }
    double[] longitudes = unwrapped(points);
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (double longitude : longitudes) {
      min = Math.min(min, longitude);
      max = Math.max(max, longitude);
    }
    for (int turn = -2; turn <= 2; turn++) {
      if (min + 360 * turn < 180 && max + 360 * turn > -180) {
        draw(points, longitudes, 360 * turn, filled && line instanceof LinearRing);
      }
    }
  }

  private static double[] unwrapped(Coordinate[] points) {
    double[] longitudes = new double[points.length];
    double shift = 0;
    for (int i = 0; i < points.length; i++) {
      if (i > 0) {
        double jump = points[i].x - points[i - 1].x;
        if (Math.abs(jump) > 180 && !alongEdge(points[i - 1], points[i])) {
          shift -= Math.copySign(360, jump);
        }
      }
      longitudes[i] = points[i].x + shift;
    }
    return longitudes;
  }

  private static boolean alongEdge(Coordinate a, Coordinate b) {
    boolean meridian = Math.abs(a.x) >= 180 - EDGE && Math.abs(a.x - b.x) < EDGE;
    return meridian || (atPole(a) && atPole(b));
  }

  private static boolean atPole(Coordinate point) {
    return Math.abs(point.y) >= 90 - EDGE;
  }

  private void draw(Coordinate[] points, double[] longitudes, double shift, boolean filled) {
    double x = frame.x(longitudes[0] + shift, points[0].y);
    double y = frame.y(points[0].y);
    coast.moveTo(x, y);
    if (filled) {
      land.moveTo(x, y);
    }
    for (int i = 1; i < points.length; i++) {
      double from = longitudes[i - 1] + shift;
      double to = longitudes[i] + shift;
      if (alongEdge(points[i - 1], points[i])) {
        coast.moveTo(frame.x(to, points[i].y), frame.y(points[i].y));
      } else {
        frame.line(coast, from, points[i - 1].y, to, points[i].y);
      }
      if (filled) {
        frame.line(land, from, points[i - 1].y, to, points[i].y);
      }
    }
    if (filled) {
      land.closePath();
    }
  }
}
