package org.csmoe.sampling.report;

import java.awt.geom.Path2D;

/** Where on the picture the world lies: degrees to pixels and back. */
final class MapFrame {
  /** Degrees between points of a line that the projection bends. */
  private static final double BEND = 1;

  private final MapProjection projection;
  private final double left;
  private final double top;
  private final double pixels;

  MapFrame(MapProjection projection, double left, double top, double width) {
    this.projection = projection;
    this.left = left;
    this.top = top;
    pixels = width / (2 * Math.PI * projection.scale(0));
  }

  static double height(MapProjection projection, double width) {
    return width * projection.y(Math.PI / 2) / (Math.PI * projection.scale(0));
  }

  double x(double longitude, double latitude) {
    double units = projection.scale(Math.toRadians(latitude)) * Math.toRadians(longitude);
    return left + pixels * (Math.PI * projection.scale(0) + units);
  }

  double y(double latitude) {
    return top + pixels * (projection.y(Math.PI / 2) - projection.y(Math.toRadians(latitude)));
  }

  /** Latitude of a row of the picture; NaN beyond the poles. */
  double latitude(double y) {
    double units = projection.y(Math.PI / 2) - (y - top) / pixels;
    return Math.abs(units) > projection.y(Math.PI / 2)
        ? Double.NaN
        : Math.toDegrees(projection.latitude(units));
  }

  /** Degrees of longitude for a pixel along a parallel. */
  double degreesPerPixel(double latitude) {
    return Math.toDegrees(1 / (pixels * projection.scale(Math.toRadians(latitude))));
  }

  double centreX() {
    return left + pixels * Math.PI * projection.scale(0);
  }

  /** The edge of the world. */
  Path2D outline() {
    Path2D path = new Path2D.Double();
    path.moveTo(x(-180, -90), y(-90));
    line(path, -180, -90, -180, 90);
    line(path, -180, 90, 180, 90);
    line(path, 180, 90, 180, -90);
    path.closePath();
    return path;
  }

  /** Goes on in small steps, so that the line bends as the projection does. */
  void line(Path2D path, double fromLon, double fromLat, double toLon, double toLat) {
    int steps = (int) Math.max(1, Math.ceil(Math.abs(toLat - fromLat) / BEND));
    for (int step = 1; step <= steps; step++) {
      double t = (double) step / steps;
      double lat = fromLat + t * (toLat - fromLat);
      path.lineTo(x(fromLon + t * (toLon - fromLon), lat), y(lat));
    }
  }
}
