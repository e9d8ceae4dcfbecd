package org.csmoe.sampling;

import java.util.Optional;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Point;

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
              .formatted(
                  latitude,
                  Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90
                      ? "; are longitude and latitude crossed?"
                      : ""));
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
   * A location with its outline; the centre is the centroid.
   *
   * @param id the archive's name of the image
   * @param footprint polygon or multi-polygon in degrees, x = longitude, y = latitude
   * @return the location
   * @throws IllegalArgumentException when the id or the footprint is empty or a coordinate of the
   *     centroid is out of range
   */
  public static Location of(String id, Geometry footprint) {
    if (footprint.isEmpty()) {
      throw new IllegalArgumentException("footprint of %s must not be empty".formatted(id));
    }
    Point centre = footprint.getCentroid();
    return new Location(id, centre.getX(), centre.getY(), Optional.of(footprint));
  }
}
