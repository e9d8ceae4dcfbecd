package org.csmoe.sampling.locations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.csmoe.CsMoeException;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;

/**
 * Reads one geometry of a GeoJSON file: a point, polygon or multi-polygon. A geometry that is none
 * has a fault; the parser then stands behind it all the same.
 */
final class GeoJsonGeometry {
  private static final int MAX_POSITIONS = 5_000_000;
  private static final int MAX_DEPTH = 4;
  private static final GeometryFactory FACTORY = new GeometryFactory();

  private final Path file;
  private final JsonParser parser;
  private @Nullable String type;
  private @Nullable Object coordinates;
  private int positions;
  private String fault = "";

  GeoJsonGeometry(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /** Reads the value at which the parser stands. */
  void read() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("type") && value == JsonToken.VALUE_STRING) {
        type = parser.getText();
      } else if (name.equals("coordinates") && value == JsonToken.START_ARRAY) {
        coordinates = array(1);
      } else {
        parser.skipChildren();
      }
    }
  }

  /** A position as a Coordinate, or a list of what is nested. */
  private Object array(int depth) throws IOException {
    List<Object> nested = new ArrayList<>();
    double x = Double.NaN;
    double y = Double.NaN;
    int numbers = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonToken token = parser.currentToken();
      if (token.isNumeric()) {
        double value = parser.getDoubleValue();
        x = numbers == 0 ? value : x;
        y = numbers == 1 ? value : y;
        numbers++;
      } else if (token == JsonToken.START_ARRAY && depth < MAX_DEPTH) {
        nested.add(array(depth + 1));
      } else {
        parser.skipChildren();
        fail("expected a number but found " + token);
      }
    }
    if (numbers == 0) {
      return nested;
    }
    if (numbers == 1 || !nested.isEmpty()) {
      fail("a position must be longitude and latitude");
    }
    if (++positions > MAX_POSITIONS) {
      throw new CsMoeException(
          "%s line %d: a feature has more than %d positions; simplify or divide it"
              .formatted(file, parser.currentLocation().getLineNr(), MAX_POSITIONS));
    }
    return new Coordinate(x, y);
  }

  private void fail(String message) {
    if (fault.isEmpty()) {
      fault = message;
    }
  }

  /** Why there is no geometry; empty when there is one. Call {@link #geometry()} first. */
  String fault() {
    return fault;
  }

  Optional<Geometry> geometry() {
    if (type == null || coordinates == null) {
      fail(type == null ? "it has no geometry" : "geometry of type %s is not used".formatted(type));
    }
    if (!fault.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(geometry(String.valueOf(type), coordinates));
    } catch (IllegalArgumentException | ClassCastException e) {
      fail("malformed %s: %s".formatted(type, e.getMessage()));
      return Optional.empty();
    }
  }

  private static Geometry geometry(String type, @Nullable Object coordinates) {
    return switch (type) {
      case "Point" -> FACTORY.createPoint(position(coordinates));
      case "Polygon" -> polygon(coordinates);
      case "MultiPolygon" ->
          FACTORY.createMultiPolygon(
              list(coordinates).stream().map(GeoJsonGeometry::polygon).toArray(Polygon[]::new));
      default -> throw new IllegalArgumentException("expected Point, Polygon or MultiPolygon");
    };
  }

  private static Polygon polygon(@Nullable Object coordinates) {
    List<LinearRing> rings = new ArrayList<>();
    for (Object ring : list(coordinates)) {
      rings.add(
          FACTORY.createLinearRing(
              list(ring).stream().map(GeoJsonGeometry::position).toArray(Coordinate[]::new)));
    }
    if (rings.isEmpty()) {
      throw new IllegalArgumentException("it has no ring");
    }
    return FACTORY.createPolygon(
        rings.get(0), rings.subList(1, rings.size()).toArray(LinearRing[]::new));
  }

  private static Coordinate position(@Nullable Object value) {
    if (value instanceof Coordinate position) {
      return position;
    }
    throw new IllegalArgumentException("expected a position");
  }

  private static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("expected an array of arrays");
  }
}
