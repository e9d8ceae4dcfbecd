package org.csmoe.sampling;

import java.util.ArrayList;
import java.util.List;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.util.AffineTransformation;

/** Footprints on both sides of the 180th meridian. */
final class Antimeridian {
  private Antimeridian() {}

  /**
   * The footprint in one piece: a longitude that jumps by more than 180 degrees goes on beyond 180
   * instead, and the parts of a multi-polygon move to the side of the first.
   *
   * @throws IllegalArgumentException when a ring runs around a pole
   */
  static Geometry joined(Geometry footprint) {
    Envelope envelope = footprint.getEnvelopeInternal();
    if (envelope.getWidth() <= 180) {
      return footprint;
    }
    GeometryFactory factory = footprint.getFactory();
    List<Polygon> parts = new ArrayList<>();
    for (int i = 0; i < footprint.getNumGeometries(); i++) {
      Polygon part = (Polygon) footprint.getGeometryN(i);
      double near =
          parts.isEmpty() ? part.getCoordinate().x : parts.get(0).getEnvelopeInternal().centre().x;
      LinearRing shell = joined(part.getExteriorRing(), near);
      LinearRing[] holes = new LinearRing[part.getNumInteriorRing()];
      for (int hole = 0; hole < holes.length; hole++) {
        holes[hole] = joined(part.getInteriorRingN(hole), shell.getCoordinate().x);
      }
      parts.add(factory.createPolygon(shell, holes));
    }
    return parts.size() == 1
        ? parts.get(0)
        : factory.createMultiPolygon(parts.toArray(Polygon[]::new));
  }

  private static LinearRing joined(LinearRing ring, double near) {
    Coordinate[] points = ring.getCoordinates();
    Coordinate[] joined = new Coordinate[points.length];
    double last = near;
    for (int i = 0; i < points.length; i++) {
      last += Math.IEEEremainder(points[i].x - last, 360);
      joined[i] = new Coordinate(last, points[i].y);
    }
    if (Math.abs(joined[0].x - last) > 180) {
      throw new IllegalArgumentException("footprint encloses a pole");
    }
    joined[points.length - 1] = joined[0].copy();
    return ring.getFactory().createLinearRing(joined);
  }

  /** The parts of a joined footprint, each between -180 and 180 degrees. */
  static Geometry cut(Geometry joined) {
    Envelope all = joined.getEnvelopeInternal();
    if (all.getMinX() >= -180 && all.getMaxX() <= 180) {
      return joined;
    }
    List<Polygon> parts = new ArrayList<>();
    for (int i = 0; i < joined.getNumGeometries(); i++) {
      cut(joined.getGeometryN(i), parts);
    }
    return parts.size() == 1
        ? parts.get(0)
        : joined.getFactory().createMultiPolygon(parts.toArray(Polygon[]::new));
  }

  private static void cut(Geometry polygon, List<Polygon> parts) {
    Envelope all = polygon.getEnvelopeInternal();
    int first = (int) Math.floor((all.getMinX() + 180) / 360);
    int last = (int) Math.floor((all.getMaxX() + 180) / 360);
    for (int turn = first; turn <= last; turn++) {
      Envelope world = new Envelope(360. * turn - 180, 360. * turn + 180, -90, 90);
      Geometry cut =
          AffineTransformation.translationInstance(-360. * turn, 0)
              .transform(polygon.intersection(polygon.getFactory().toGeometry(world)));
      for (int i = 0; i < cut.getNumGeometries(); i++) {
        if (cut.getGeometryN(i) instanceof Polygon part && !part.isEmpty()) {
          parts.add(part);
        }
      }
    }
  }

  /** A longitude between -180 and 180 degrees. */
  static double wrapped(double longitude) {
    return Math.abs(longitude) <= 180 ? longitude : Math.IEEEremainder(longitude, 360);
  }
}
