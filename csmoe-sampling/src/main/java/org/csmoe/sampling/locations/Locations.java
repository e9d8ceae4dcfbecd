package org.csmoe.sampling.locations;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.sampling.LocationSource;

/**
 * The door to locations: files, by the ending of their names, and the Major TOM grid.
 *
 * <ul>
 *   <li>{@code .csv}, {@code .tsv}, {@code .txt}: a header, then a location per line; commas,
 *       semicolons or tabs, whichever the header has most of; fields may be quoted; footprints as
 *       well-known text.
 *   <li>{@code .geojson}, {@code .json}, {@code .geojsonl}, {@code .ndjson}: a FeatureCollection,
 *       or a feature after the other; points, polygons and multi-polygons.
 *   <li>{@code .parquet}, {@code .geoparquet}: a location per row; footprints as well-known binary
 *       or text. Major TOM Core's {@code metadata.parquet} is read as it is.
 * </ul>
 *
 * <p>Coordinates are degrees on WGS 84, x = longitude. The centre is that of the columns of
 * longitude and latitude, or else the centroid of the footprint. Columns are found by usual names
 * without regard to case (id, grid_cell, patch_id, sample_id; longitude, lon, x, centre_lon,
 * center_lon; footprint, geometry, wkt) or named. A row that is no location is rejected with its
 * line, row (from 0) or feature (from 1), for one of the reasons {@code missing id}, {@code missing
 * longitude}, {@code missing latitude}, {@code missing footprint}, {@code longitude is not a
 * number}, {@code latitude is not a number}, {@code longitude out of range}, {@code latitude out of
 * range}, {@code too few columns}, {@code invalid footprint}, {@code invalid geometry}, {@code
 * repeated id}.
 *
 * <pre>{@code
 * LocationSource tiles = Locations.open(Path.of("metadata.parquet"));
 * LocationSource grid = Locations.parse("major-tom-grid");
 * LocationSource named =
 *     Locations.builder().id("tile").longitude("east").latitude("north").strict(true)
 *         .open(Path.of("tiles.csv"));
 * }</pre>
 */
public final class Locations {
  private static final Pattern GRID = Pattern.compile("major-tom-grid(?::([0-9.]{1,9}) ?km)?");

  private Locations() {}

  /**
   * Locations of a file, with usual names of columns.
   *
   * @param file the file
   * @return the locations, not read yet
   * @throws UncheckedIOException when there is no such file
   * @throws IllegalArgumentException when its name has another ending
   */
  public static LocationSource open(Path file) {
    return builder().open(file);
  }

  /**
   * Locations by a text, for command lines.
   *
   * @param text {@code major-tom-grid}, or with another spacing {@code major-tom-grid:5km}, or the
   *     name of a file
   * @return the locations, not read yet
   * @throws UncheckedIOException when there is no such file
   * @throws IllegalArgumentException when the file's name has another ending, or the spacing is out
   *     of range
   */
  public static LocationSource parse(String text) {
    return builder().parse(text);
  }

  /**
   * Begins settings.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /** How locations are read. Not safe for use by several threads. */
  public static final class Builder {
    private Optional<String> id = Optional.empty();
    private Optional<String> longitude = Optional.empty();
    private Optional<String> latitude = Optional.empty();
    private Optional<String> footprint = Optional.empty();
    private boolean footprints;
    private boolean distinct;
    private boolean strict;

    private Builder() {}

    /**
     * Names the column or property that identifies a location. Default: a usual name.
     *
     * @param name exactly as in the file
     * @return this builder
     */
    public Builder id(String name) {
      id = Optional.of(name);
      return this;
    }

    /**
     * Names the column of the centre's longitude. Default: a usual name.
     *
     * @param name exactly as in the file
     * @return this builder
     */
    public Builder longitude(String name) {
      longitude = Optional.of(name);
      return this;
    }

    /**
     * Names the column of the centre's latitude. Default: a usual name.
     *
     * @param name exactly as in the file
     * @return this builder
     */
    public Builder latitude(String name) {
      latitude = Optional.of(name);
      return this;
    }

    /**
     * Names the column of the footprint. Default: a usual name.
     *
     * @param name exactly as in the file
     * @return this builder
     */
    public Builder footprint(String name) {
      footprint = Optional.of(name);
      return this;
    }

    /**
     * Whether footprints are wanted although the centre is known without them, as in a table that
     * has both, and in the Major TOM grid. Default: false, which saves reading or computing them.
     *
     * @param wanted whether they are
     * @return this builder
     */
    public Builder footprints(boolean wanted) {
      footprints = wanted;
      return this;
    }

    /**
     * Whether only the first location of an id is kept, as for the 7,197 repeated cells of Major
     * TOM Core; others are rejected as {@code repeated id}. Ids are compared by hashes of 64 bits,
     * which take 11 to 22 bytes each. Default: false.
     *
     * @param wanted whether it is
     * @return this builder
     */
    public Builder distinct(boolean wanted) {
      distinct = wanted;
      return this;
    }

    /**
     * Whether the first row of a file that is no location ends reading with a {@link
     * org.csmoe.CsMoeException}; repeated ids do not. Default: false.
     *
     * @param wanted whether it does
     * @return this builder
     */
    public Builder strict(boolean wanted) {
      strict = wanted;
      return this;
    }

    /**
     * Locations of a file.
     *
     * @param file the file
     * @return the locations, not read yet
     * @throws UncheckedIOException when there is no such file
     * @throws IllegalArgumentException when its name has another ending
     */
    public LocationSource open(Path file) {
      Settings settings =
          new Settings(id, longitude, latitude, footprint, footprints, distinct, strict);
      LocationSource source =
          switch (ending(file)) {
            case "csv", "tsv", "txt" -> new CsvLocations(file, settings);
            case "geojson", "json", "geojsonl", "ndjson" -> new GeoJsonLocations(file, settings);
            case "parquet", "geoparquet" -> new ParquetLocations(file, settings);
            default ->
                throw new IllegalArgumentException(
                    file
                        + ": the name of a file of locations must end in .csv, .geojson or"
                        + " .parquet");
          };
      if (!Files.exists(file)) {
        throw new UncheckedIOException(
            file + ": there is no such file", new NoSuchFileException(file.toString()));
      }
      return source;
    }

    /**
     * Locations by a text, for command lines.
     *
     * @param text {@code major-tom-grid}, or with another spacing {@code major-tom-grid:5km}, or
     *     the name of a file
     * @return the locations, not read yet
     * @throws UncheckedIOException when there is no such file
     * @throws IllegalArgumentException when the file's name has another ending, or the spacing is
     *     out of range
     */
    public LocationSource parse(String text) {
      Matcher grid = GRID.matcher(text);
      if (!grid.matches()) {
        if (text.startsWith("major-tom-grid")) {
          throw new IllegalArgumentException(
              "the grid is major-tom-grid or major-tom-grid:5km but was " + text);
        }
        return open(Path.of(text));
      }
      double kilometres = grid.group(1) == null ? 10 : Double.parseDouble(grid.group(1));
      return MajorTomGrid.ofKilometres(kilometres).locations(footprints);
    }
  }

  /** What follows the last point of a file's name, in lower case. */
  static String ending(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
