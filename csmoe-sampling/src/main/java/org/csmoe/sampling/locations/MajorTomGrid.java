package org.csmoe.sampling.locations;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.CsMoeException;
import org.csmoe.raster.UtmZone;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;

/**
 * The grid of Major TOM (Francis and Czerkawski 2024): rows of equal height from 85 degrees south
 * to 85 degrees north, each divided into cells whose width comes closest to the spacing from below.
 * With spacing D and R = 6378.137 km there are ceil(pi R / D) rows from pole to pole and ceil(2 pi
 * R cos(latitude) / D) columns in a row, where the latitude is that of the row's southern edge.
 *
 * <p>Names are those of the original Python code to the last cell. Its rounding matters: in twelve
 * rows of the 10 km grid, the cell that begins on the antimeridian is the last to the right (such
 * as {@code 794U_642R} on Wrangel Island), in other rows with an even number of columns the first
 * to the left. Only of a few odd spacings, such as 57.3 km, the original loses the row at the
 * equator to rounding; here it is there.
 *
 * <p>The image of a cell is a square in UTM, 1.068 D wide (10,680 m for 10 km), whose south-west
 * corner lies 0.034 D west and south of the cell's point. It is not aligned to the pixels of
 * Sentinel-2: the images of Major TOM Core and the crops of TerraMesh agree to the micrometre.
 *
 * <p>Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
 * GridCell cell = grid.cell("199U_1099R");
 * Envelope square = grid.square(cell, cell.zone()); // metres in EPSG:32648
 * Geometry footprint = grid.footprint(cell); // degrees, x = longitude
 * GridCell same = grid.cellAt(103.75, 17.92).orElseThrow();
 * }</pre>
 */
public final class MajorTomGrid {
  private static final double EARTH_RADIUS_KM = 6378.137;
  private static final double LATITUDE_LIMIT = 85;
  private static final double MIN_KM = 0.1;

  /** Squares of larger cells could enclose a pole. */
  private static final double MAX_KM = 500;

  private static final double MARGIN = 0.034;
  private static final Pattern NAME =
      Pattern.compile("(0|[1-9]\\d{0,8})([UD])_(0|[1-9]\\d{0,8})([RL])");
  private static final GeometryFactory GEOMETRIES = new GeometryFactory();

  private final double kilometres;
  private final int rowsToPole;
  private final int lastRow;

  private MajorTomGrid(double kilometres) {
    this.kilometres = kilometres;
    this.rowsToPole = (int) Math.ceil(Math.PI * EARTH_RADIUS_KM / kilometres);
    int last = (int) (LATITUDE_LIMIT * rowsToPole / 180);
    this.lastRow = south(last + 1) <= LATITUDE_LIMIT ? last + 1 : last;
  }

  /**
   * The grid of a spacing. Major TOM Core has 10 km.
   *
   * @param kilometres 0.1 to 500
   * @return the grid
   * @throws IllegalArgumentException when the spacing is out of range
   */
  public static MajorTomGrid ofKilometres(double kilometres) {
    if (!(kilometres >= MIN_KM && kilometres <= MAX_KM)) {
      throw new IllegalArgumentException(
          "spacing must be in %s..%s km but was %s".formatted(MIN_KM, MAX_KM, kilometres));
    }
    return new MajorTomGrid(kilometres);
  }

  /**
   * The spacing.
   *
   * @return kilometres
   */
  public double kilometres() {
    return kilometres;
  }

  /**
   * How many cells there are.
   *
   * @return 5,094,350 for 10 km
   */
  public long size() {
    long cells = 0;
    for (int row = -lastRow; row <= lastRow; row++) {
      cells += columns(row);
    }
    return cells;
  }

  /**
   * The cell of a name.
   *
   * @param name such as {@code 199U_1099R}
   * @return the cell
   * @throws IllegalArgumentException when that is no name of a cell, or of none in this grid
   */
  public GridCell cell(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a Major TOM cell has a name such as 199U_1099R but was " + name);
    }
    int row = Integer.parseInt(matcher.group(1)) * (matcher.group(2).equals("U") ? 1 : -1);
    int column = Integer.parseInt(matcher.group(3)) * (matcher.group(4).equals("R") ? 1 : -1);
    if (Math.abs(row) > lastRow || column < firstColumn(row) || column > lastColumn(row)) {
      throw new IllegalArgumentException(
          "cell %s is not in the grid of %s km, whose rows end at %dU and %dD%s"
              .formatted(name, kilometres, lastRow, lastRow, columnRange(row)));
    }
    GridCell cell = cell(row, column);
    if (!cell.name().equals(name)) {
      throw new IllegalArgumentException("cell %s has the name %s".formatted(name, cell.name()));
    }
    return cell;
  }

  private String columnRange(int row) {
    return Math.abs(row) > lastRow
        ? ""
        : "; its row has %s to %s"
            .formatted(
                GridCell.name(GridCell.rowName(row), firstColumn(row)),
                GridCell.name(GridCell.rowName(row), lastColumn(row)));
  }

  /**
   * The cell in which a point lies.
   *
   * @param longitude degrees, -180 to 180
   * @param latitude degrees, -90 to 90
   * @return the cell; empty beyond the first and last rows, some 85 degrees from the equator
   * @throws IllegalArgumentException when a coordinate is NaN or out of range
   */
  public Optional<GridCell> cellAt(double longitude, double latitude) {
    if (!(Math.abs(longitude) <= 180) || !(Math.abs(latitude) <= 90)) {
      throw new IllegalArgumentException(
          "longitude must be in -180..180 and latitude in -90..90 but were %s, %s"
              .formatted(longitude, latitude));
    }
    int row = floor(latitude, 180, rowsToPole);
    if (Math.abs(row) > lastRow) {
      return Optional.empty();
    }
    int columns = columns(row);
    int column = floor(longitude, 360, columns);
    if (column > lastColumn(row)) {
      column -= columns;
    } else if (column < firstColumn(row)) {
      column += columns;
    }
    return Optional.of(cell(row, column));
  }

  /** The last k with k * range / parts not above the value. */
  private static int floor(double value, int range, int parts) {
    int k = (int) Math.floor(value * parts / range);
    if (edge(k + 1, range, parts) <= value) {
      return k + 1;
    }
    return edge(k, range, parts) > value ? k - 1 : k;
  }

  private static double edge(int k, int range, int parts) {
    return (double) k * range / parts;
  }

  /**
   * The cell in which a point in metres lies.
   *
   * @param zone the zone of easting and northing
   * @param easting metres
   * @param northing metres
   * @return the cell; empty beyond the first and last rows
   */
  public Optional<GridCell> cellAt(UtmZone zone, double easting, double northing) {
    double[] degrees = new double[2];
    zone.toDegrees(easting, northing, degrees);
    return cellAt(degrees[0], degrees[1]);
  }

  /**
   * The image of a cell.
   *
   * @param cell a cell of this grid
   * @param zone the zone of the image: the cell's own, or that of the product it is cut from
   * @return the square in metres, x = easting, y = northing
   */
  public Envelope square(GridCell cell, UtmZone zone) {
    double[] metres = new double[2];
    zone.toMetres(cell.west(), cell.south(), metres);
    double west = metres[0] - 1000 * MARGIN * kilometres;
    double south = metres[1] - 1000 * MARGIN * kilometres;
    double width = 1000 * (1 + 2 * MARGIN) * kilometres;
    return new Envelope(west, west + width, south, south + width);
  }

  /**
   * The outline of a cell's image in the cell's own zone.
   *
   * @param cell a cell of this grid
   * @return polygon in degrees, x = longitude; two polygons when it crosses the antimeridian
   */
  public Geometry footprint(GridCell cell) {
    return footprint(cell, cell.zone());
  }

  /**
   * The outline of a cell's image. Its edges are straight in degrees between the four corners,
   * which are exact; for 10 km they deviate from the image's edges by at most 4 m at 60 degrees and
   * 26 m at 85 degrees of latitude.
   *
   * @param cell a cell of this grid
   * @param zone the zone of the image
   * @return polygon in degrees, x = longitude; two polygons when it crosses the antimeridian
   */
  public Geometry footprint(GridCell cell, UtmZone zone) {
    Envelope square = square(cell, zone);
    Coordinate[] corners = {
      corner(zone, square.getMinX(), square.getMinY()),
      corner(zone, square.getMaxX(), square.getMinY()),
      corner(zone, square.getMaxX(), square.getMaxY()),
      corner(zone, square.getMinX(), square.getMaxY()),
      corner(zone, square.getMinX(), square.getMinY())
    };
    return Location.of(cell.name(), GEOMETRIES.createPolygon(corners)).footprint().orElseThrow();
  }

  private static Coordinate corner(UtmZone zone, double easting, double northing) {
    double[] degrees = new double[2];
    zone.toDegrees(easting, northing, degrees);
    return new Coordinate(degrees[0], degrees[1]);
  }

  /**
   * All cells as locations, from south to north and west to east. The centre is the middle of the
   * cell's image in its own zone.
   *
   * @param footprints whether locations have footprints, which take five times as long
   * @return a source that computes them
   */
  public LocationSource locations(boolean footprints) {
    return new Cells(footprints);
  }

  private int columns(int row) {
    double radius = EARTH_RADIUS_KM * Math.cos(Math.toRadians(south(row)));
    return (int) Math.ceil(2 * Math.PI * radius / kilometres);
  }

  private int firstColumn(int row) {
    return firstColumnOf(columns(row));
  }

  private int lastColumn(int row) {
    int columns = columns(row);
    return firstColumnOf(columns) + columns - 1;
  }

  /**
   * Where a row begins. Of an even number of columns one begins on the antimeridian, at the western
   * end of the row; unless half of them, added up in double precision, do not quite reach 180
   * degrees, which puts it at the eastern end.
   */
  private static int firstColumnOf(int columns) {
    int half = columns / 2;
    boolean east = columns % 2 == 0 && half * (360. / columns) < 180;
    return east ? 1 - half : -half;
  }

  private double south(int row) {
    return edge(row, 180, rowsToPole);
  }

  private GridCell cell(int row, int column) {
    int columns = columns(row);
    return new GridCell(
        row,
        column,
        edge(column, 360, columns),
        south(row),
        edge(column + 1, 360, columns),
        south(row + 1));
  }

  private final class Cells implements LocationSource {
    private final boolean footprints;

    Cells(boolean footprints) {
      this.footprints = footprints;
    }

    @Override
    public String name() {
      return kilometres == Math.rint(kilometres)
          ? "major-tom-grid %d km".formatted((long) kilometres)
          : "major-tom-grid %s km".formatted(kilometres);
    }

    @Override
    public List<Path> files() {
      return List.of();
    }

    @Override
    public OptionalLong count() {
      return OptionalLong.of(size());
    }

    @Override
    public void read(Visitor visitor) {
      double[] point = new double[2];
      for (int row = -lastRow; row <= lastRow; row++) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CsMoeException(
              "%s: interrupted at row %s".formatted(name(), GridCell.rowName(row)));
        }
        int columns = columns(row);
        double south = south(row);
        String rowName = GridCell.rowName(row);
        int first = firstColumnOf(columns);
        for (int column = first; column < first + columns; column++) {
          double west = edge(column, 360, columns);
          UtmZone zone = UtmZone.of(west, south);
          zone.toMetres(west, south, point);
          zone.toDegrees(point[0] + 500 * kilometres, point[1] + 500 * kilometres, point);
          visitor.accept(
              new Location(
                  GridCell.name(rowName, column),
                  point[0],
                  point[1],
                  footprints ? Optional.of(footprint(cell(row, column))) : Optional.empty()));
        }
      }
    }
  }
}
