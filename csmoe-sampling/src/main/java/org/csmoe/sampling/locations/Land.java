package org.csmoe.sampling.locations;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.locationtech.jts.algorithm.locate.IndexedPointInAreaLocator;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.Polygonal;

/**
 * Polygons of land, and the question whether a point is on one of them; a coast is land. Polygons
 * must end at the antimeridian, as those of Natural Earth and of every valid GeoJSON file do.
 *
 * <p>Of each square degree it is known whether a coast runs through it. Where none does, an answer
 * is one access to an array; elsewhere the polygons near the square are asked.
 *
 * <p>Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * Land land = Land.read(Path.of("ne_50m_land.geojson"));
 * LocationSource tiles = land.only(Locations.parse("major-tom-grid"));
 * }</pre>
 */
public final class Land {
  private static final int COLUMNS = 360;
  private static final int ROWS = 180;

  private final Optional<Path> file;
  private final List<Geometry> geometries;
  private final IndexedPointInAreaLocator[] locators;

  /** Whether a square degree without a coast is land. */
  private final boolean[] inland = new boolean[COLUMNS * ROWS];

  /** For each square degree with a coast the polygons to ask; empty for others. */
  private final int[][] coasts = new int[COLUMNS * ROWS][0];

  private Land(Optional<Path> file, List<? extends Geometry> geometries) {
    this.file = file;
    this.geometries = List.copyOf(geometries);
    List<Polygon> polygons = geometries.stream().flatMap(Land::polygons).toList();
    this.locators =
        polygons.stream()
            .map(IndexedPointInAreaLocator::new)
            .toArray(IndexedPointInAreaLocator[]::new);
    boolean[] coast = new boolean[COLUMNS * ROWS];
    for (Polygon polygon : polygons) {
      mark(polygon.getExteriorRing(), coast);
      for (int i = 0; i < polygon.getNumInteriorRing(); i++) {
        mark(polygon.getInteriorRingN(i), coast);
      }
    }
    int[][] near = new int[COLUMNS * ROWS][0];
    for (int i = 0; i < locators.length; i++) {
      Envelope box = polygons.get(i).getEnvelopeInternal();
      for (int row = row(box.getMinY()); row <= row(box.getMaxY()); row++) {
        for (int column = column(box.getMinX()); column <= column(box.getMaxX()); column++) {
          int square = row * COLUMNS + column;
          near[square] = Arrays.copyOf(near[square], near[square].length + 1);
          near[square][near[square].length - 1] = i;
        }
      }
    }
    for (int square = 0; square < near.length; square++) {
      if (coast[square]) {
        coasts[square] = near[square];
      } else {
        int row = square / COLUMNS;
        Coordinate centre = new Coordinate(square % COLUMNS - 179.5, row - 89.5);
        inland[square] = onAny(near[square], centre);
      }
    }
  }

  private static Stream<Polygon> polygons(Geometry geometry) {
    if (!(geometry instanceof Polygonal)) {
      throw new IllegalArgumentException(
          "land must be polygons and multi-polygons but was a " + geometry.getGeometryType());
    }
    return IntStream.range(0, geometry.getNumGeometries())
        .mapToObj(i -> (Polygon) geometry.getGeometryN(i));
  }

  /** Marks the squares that the box around each segment touches: more than it crosses at most. */
  private static void mark(LinearRing ring, boolean[] coast) {
    Coordinate[] points = ring.getCoordinates();
    for (int i = 1; i < points.length; i++) {
      Coordinate a = points[i - 1];
      Coordinate b = points[i];
      for (int row = row(Math.min(a.y, b.y)); row <= row(Math.max(a.y, b.y)); row++) {
        for (int column = column(Math.min(a.x, b.x));
            column <= column(Math.max(a.x, b.x));
            column++) {
          coast[row * COLUMNS + column] = true;
        }
      }
    }
  }

  private static int row(double latitude) {
    return Math.min(ROWS - 1, Math.max(0, (int) Math.floor(latitude + 90)));
  }

  private static int column(double longitude) {
    return Math.min(COLUMNS - 1, Math.max(0, (int) Math.floor(longitude + 180)));
  }

  /**
   * Land of a GeoJSON file.
   *
   * @param file its features are polygons or multi-polygons, such as Natural Earth's land
   * @return the land
   * @throws java.io.UncheckedIOException when the file cannot be read
   * @throws CsMoeException when it is no GeoJSON, has no feature, or one that is no polygon
   */
  public static Land read(Path file) {
    List<Geometry> geometries = new ArrayList<>();
    GeoJsonReader.read(
        file,
        List.of(),
        feature -> {
          Optional<Geometry> geometry = feature.geometry().filter(Polygonal.class::isInstance);
          if (geometry.isEmpty()) {
            throw new CsMoeException(
                "%s line %d, feature %d: expected a polygon of land but found %s"
                    .formatted(
                        file,
                        feature.line(),
                        feature.number(),
                        feature.fault().isEmpty() ? "a point" : feature.fault()));
          }
          geometries.add(geometry.get());
        });
    if (geometries.isEmpty()) {
      throw new CsMoeException(file + ": expected polygons of land but found no feature");
    }
    return new Land(Optional.of(file), geometries);
  }

  /**
   * Land of polygons.
   *
   * @param geometries polygons and multi-polygons in degrees, x = longitude; they may overlap
   * @return the land
   * @throws IllegalArgumentException when one is something else
   */
  public static Land of(List<? extends Geometry> geometries) {
    return new Land(Optional.empty(), geometries);
  }

  /**
   * The polygons, for drawing.
   *
   * @return polygons and multi-polygons in degrees, x = longitude
   */
  public List<Geometry> geometries() {
    return geometries;
  }

  /**
   * Whether a point is on land.
   *
   * @param longitude degrees, -180 to 180
   * @param latitude degrees, -90 to 90
   * @return whether it is in a polygon or on its edge; false when a coordinate is NaN
   */
  public boolean contains(double longitude, double latitude) {
    if (Double.isNaN(longitude) || Double.isNaN(latitude)) {
      return false;
    }
    int square = row(latitude) * COLUMNS + column(longitude);
    return inland[square]
        || (coasts[square].length > 0
            && onAny(coasts[square], new Coordinate(longitude, latitude)));
  }

  private boolean onAny(int[] polygons, Coordinate point) {
    for (int polygon : polygons) {
      if (locators[polygon].locate(point) != org.locationtech.jts.geom.Location.EXTERIOR) {
        return true;
      }
    }
    return false;
  }

  /**
   * The locations whose centre is on land; others are rejected as {@code not on land}.
   *
   * @param source locations
   * @return a source that reads from the other
   */
  public LocationSource only(LocationSource source) {
    return new OnLand(this, source);
  }

  private record OnLand(Land land, LocationSource source) implements LocationSource {
    @Override
    public String name() {
      return source.name()
          + " on land"
          + land.file.map(file -> " of " + file.getFileName()).orElse("");
    }

    @Override
    public List<Path> files() {
      return Stream.concat(source.files().stream(), land.file.stream()).toList();
    }

    @Override
    public OptionalLong count() {
      return source.count();
    }

    @Override
    public void read(Visitor visitor) {
      source.read(
          new Visitor() {
            @Override
            public void accept(Location location) {
              if (land.contains(location.longitude(), location.latitude())) {
                visitor.accept(location);
              } else {
                visitor.reject(
                    location.id(),
                    "not on land",
                    location.longitude() + ", " + location.latitude());
              }
            }

            @Override
            public void reject(String where, String reason, String detail) {
              visitor.reject(where, reason, detail);
            }
          });
    }
  }
}
