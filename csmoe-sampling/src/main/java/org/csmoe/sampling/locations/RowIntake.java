package org.csmoe.sampling.locations;

import java.util.Locale;
import java.util.function.Supplier;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKBReader;
import org.locationtech.jts.io.WKTReader;

/** Turns the rows of a file into locations or rejections, by the same rules for all formats. */
final class RowIntake {
  private static final int ROWS_BETWEEN_CHECKS = 1024;
  private static final int MAX_WKB_BYTES = 1 << 24;
  private static final int SHOWN = 40;

  private final Settings settings;
  private final LocationSource.Visitor visitor;
  private final Supplier<String> where;
  private final IdSet ids = new IdSet();
  private final WKTReader wkt = new WKTReader();
  private final WKBReader wkb = new WKBReader();
  private long rows;

  /** The supplier says where the current row is. */
  RowIntake(Settings settings, LocationSource.Visitor visitor, Supplier<String> where) {
    this.settings = settings;
    this.visitor = visitor;
    this.where = where;
  }

  /** Begins a row. */
  void next() {
    if (rows++ % ROWS_BETWEEN_CHECKS == 0 && Thread.currentThread().isInterrupted()) {
      throw new CsMoeException(where.get() + ": interrupted");
    }
  }

  void fault(String reason, String detail) {
    if (settings.strict()) {
      throw new CsMoeException("%s: %s: %s".formatted(where.get(), reason, detail));
    }
    visitor.reject(where.get(), reason, detail);
  }

  /** The number in a text, or NaN when it is none, which is then a fault. */
  double coordinate(String name, String text) {
    String stripped = text.strip();
    if (stripped.isEmpty()) {
      fault("missing " + name, "expected a number of degrees but found nothing");
      return Double.NaN;
    }
    double value = number(stripped);
    if (!Double.isFinite(value)) {
      fault(name + " is not a number", "expected degrees but found " + shown(stripped));
      return Double.NaN;
    }
    return value;
  }

  /** Java's suffixes, as in 1d and 1f, are no numbers here. */
  private static double number(String text) {
    char last = text.charAt(text.length() - 1);
    try {
      return last == '.' || Character.isDigit(last) ? Double.parseDouble(text) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The polygon of a well-known text, or null when it is none, which is then a fault. */
  @Nullable Geometry geometry(String text) {
    String start = text.strip().toUpperCase(Locale.ROOT);
    if (!start.startsWith("POLYGON") && !start.startsWith("MULTIPOLYGON")) {
      fault("invalid footprint", "expected a POLYGON or MULTIPOLYGON but found " + shown(text));
      return null;
    }
    try {
      return wkt.read(text);
    } catch (ParseException | IllegalArgumentException e) {
      fault("invalid footprint", e.getMessage() + " in " + shown(text));
      return null;
    }
  }

  /** The geometry of well-known bytes, or null when they are none, which is then a fault. */
  @Nullable Geometry geometry(byte[] bytes) {
    if (bytes.length > MAX_WKB_BYTES) {
      fault(
          "invalid footprint",
          "%d bytes, expected at most %d".formatted(bytes.length, MAX_WKB_BYTES));
      return null;
    }
    try {
      // Bounds the number of points by that of the bytes.
      return wkb.read(bytes);
    } catch (ParseException | IllegalArgumentException | StackOverflowError e) {
      // The reader descends once per nested collection, of which nine bytes make one.
      fault("invalid footprint", "no well-known binary of a geometry: " + e);
      return null;
    }
  }

  void point(String id, double longitude, double latitude) {
    if (!identified(id)) {
      return;
    }
    Location location;
    try {
      location = Location.at(id, longitude, latitude);
    } catch (IllegalArgumentException e) {
      String name = Math.abs(longitude) <= 180 ? "latitude" : "longitude";
      fault(name + " out of range", String.valueOf(e.getMessage()));
      return;
    }
    deliver(location);
  }

  /** A footprint whose centre is its centroid, or the given one unless that is NaN. */
  void shape(String id, double longitude, double latitude, Geometry footprint) {
    if (!identified(id)) {
      return;
    }
    Location location;
    try {
      location = Location.of(id, footprint);
      if (!Double.isNaN(longitude)) {
        location = new Location(id, longitude, latitude, location.footprint());
      }
    } catch (IllegalArgumentException e) {
      fault("invalid footprint", String.valueOf(e.getMessage()));
      return;
    }
    deliver(location);
  }

  private boolean identified(String id) {
    if (id.isBlank()) {
      fault("missing id", "expected an id but found nothing");
    }
    return !id.isBlank();
  }

  private void deliver(Location location) {
    if (settings.distinct() && !ids.add(location.id())) {
      visitor.reject(where.get(), "repeated id", location.id() + " was there before");
    } else {
      visitor.accept(location);
    }
  }

  static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
