package org.csmoe.sampling;

import java.util.Optional;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.Polygonal;
import org.locationtech.jts.geom.TopologyException;

/**
 * Where one image of an archive lies: the bounding box of the paper's section II.C, or its centre
 * alone. Coordinates are degrees on WGS 84; in every JTS geometry x is the longitude and y the
 * latitude.
 *
 * @param id the archive's name of the image, such as {@code 199U_1099R}; not empty
 * @param longitude of the centre, -180 to 180
 * @param latitude of the centre, -90 to 90
 * @param footprint the outline, when known; a polygon or multi-polygon that does not cross the
 *     antimeridian except as two parts
 */
public record Location(String id, double longitude, double latitude, Optional<Geometry> footprint) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when the id is empty or a coordinate is NaN or out of range,
   *     as it is when longitude and latitude are crossed
   */
  public Location {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id must not be empty");
    }
    if (!(longitude >= -180 && longitude <= 180)) {
      throw new IllegalArgumentException("longitude must be in -180..180 but was " + longitude);
    }
    if (!(latitude >= -90 && latitude <= 90)) {
      throw new IllegalArgumentException(
          "latitude must be in -90..90 but was %s%s"
              .formatted(latitude, crossed(longitude, latitude)));
    }
  }

  /**
   * A location of which only the centre is known.
   *
   * @param id the archive's name of the image
   * @param longitude -180 to 180
   * @param latitude -90 to 90
   * @return the location
   * @throws IllegalArgumentException when the id is empty or a coordinate is NaN or out of range
   */
  public static Location at(String id, double longitude, double latitude) {
    return new Location(id, longitude, latitude, Optional.empty());
  }

  /**
   * A location with its outline; the centre is the centroid. An outline that crosses the
   * antimeridian, either by longitudes beyond 180 degrees or by a jump of more than 180 degrees
   * from one corner to the next, is cut in two there, and its centroid is that of the whole. An
   * outline therefore cannot be wider than 180 degrees or enclose a pole.
   *
   * @param id the archive's name of the image
   * @param footprint polygon or multi-polygon in degrees, x = longitude, y = latitude
   * @return the location
   * @throws IllegalArgumentException when the id is empty, or the footprint is no polygon or
   *     multi-polygon, has no area, encloses a pole, crosses the antimeridian and itself, or a
   *     coordinate is NaN or out of range
   */
  public static Location of(String id, Geometry footprint) {
    if (!(footprint instanceof Polygonal)) {
      throw unfit(
          id, "must be a polygon or multi-polygon but was a " + footprint.getGeometryType());
    }
    for (Coordinate point : footprint.getCoordinates()) {
      if (!(Math.abs(point.x) <= 360 && Math.abs(point.y) <= 90)) {
        throw unfit(
            id,
            "must have longitudes in -360..360 and latitudes in -90..90 but had %s, %s%s"
                .formatted(point.x, point.y, crossed(point.x, point.y)));
      }
    }
    try {
      Geometry joined = Antimeridian.joined(footprint);
      if (!(joined.getArea() > 0)) {
        throw unfit(id, "must have an area but was " + footprint.getEnvelopeInternal());
      }
      Point centre = joined.getCentroid();
      double longitude = Antimeridian.wrapped(centre.getX());
      return new Location(id, longitude, centre.getY(), Optional.of(Antimeridian.cut(joined)));
    } catch (TopologyException e) {
      throw unfit(id, "crosses the antimeridian and itself: " + e.getMessage());
    }
  }

  private static IllegalArgumentException unfit(String id, String fault) {
    return new IllegalArgumentException("footprint of %s %s".formatted(id, fault));
  }

  private static String crossed(double longitude, double latitude) {
    return Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90
        ? "; are longitude and latitude crossed?"
        : "";
  }
}
