package org.csmoe.sampling.report;

import java.util.Arrays;
import org.csmoe.sampling.DescribedArchive;

/**
 * Tiles per cell of a grid in degrees, as in the paper's Fig. 3. Columns go east from -180, rows
 * south from 90; a cell has its western and northern edges, except that longitude 180 is the same
 * as -180 and the South Pole belongs to the last row. Cells of equal degrees are smaller towards
 * the poles, by the cosine of the latitude. Immutable.
 *
 * <pre>{@code
 * DensityMap map = DensityMap.of(archive, sample.indexes(), 1);
 * byte[] png = MapPicture.builder().coastLines(land).build().png(map, "Entropy-maximised");
 * }</pre>
 */
public final class DensityMap {
  private final double cellDegrees;
  private final int columns;
  private final int rows;
  private final int[] counts;

  private DensityMap(double cellDegrees) {
    if (!(cellDegrees >= 0.05 && cellDegrees <= 90)) {
      throw new IllegalArgumentException("cellDegrees must be in 0.05..90 but was " + cellDegrees);
    }
    this.cellDegrees = cellDegrees;
    // A cell size that is almost a divisor, such as 0.1, must not yield an extra sliver.
    columns = (int) Math.ceil(360 / cellDegrees - 1e-9);
    rows = (int) Math.ceil(180 / cellDegrees - 1e-9);
    counts = new int[columns * rows];
  }

  /**
   * Counts all locations.
   *
   * @param archive the locations
   * @param cellDegrees side of a cell, 0.05 to 90 degrees; where it does not divide 360 or 180 the
   *     easternmost column or southernmost row is narrower
   * @return the counts
   * @throws IllegalArgumentException when the size or a coordinate is out of range
   */
  public static DensityMap of(DescribedArchive archive, double cellDegrees) {
    int[] all = new int[archive.size()];
    Arrays.setAll(all, i -> i);
    return of(archive, all, cellDegrees);
  }

  /**
   * Counts a selection.
   *
   * @param archive all locations
   * @param indexes which of them
   * @param cellDegrees side of a cell, 0.05 to 90 degrees; where it does not divide 360 or 180 the
   *     easternmost column or southernmost row is narrower
   * @return the counts
   * @throws IllegalArgumentException when the size or a coordinate is out of range
   */
  public static DensityMap of(DescribedArchive archive, int[] indexes, double cellDegrees) {
    DensityMap map = new DensityMap(cellDegrees);
    for (int index : indexes) {
      double longitude = archive.longitude(index);
      double latitude = archive.latitude(index);
      if (!isOnEarth(longitude, latitude)) {
        throw new IllegalArgumentException(
            "location %s must have longitude in -180..180 and latitude in -90..90 but had %s, %s"
                .formatted(archive.id(index), longitude, latitude));
      }
      map.counts[map.cell(longitude, latitude)]++;
    }
    return map;
  }

  private static boolean isOnEarth(double longitude, double latitude) {
    return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
  }

  private int cell(double longitude, double latitude) {
    int column = (int) ((longitude + 180) / cellDegrees);
    int row = (int) ((90 - latitude) / cellDegrees);
    return Math.min(rows - 1, row) * columns + (longitude >= 180 ? 0 : column);
  }

  /**
   * Tiles in the cell around a point.
   *
   * @param longitude -180 to 180 degrees
   * @param latitude -90 to 90 degrees
   * @return how many tiles
   * @throws IllegalArgumentException when a coordinate is NaN or out of range
   */
  public int count(double longitude, double latitude) {
    if (!isOnEarth(longitude, latitude)) {
      throw new IllegalArgumentException(
          "longitude must be in -180..180 and latitude in -90..90 but were %s, %s"
              .formatted(longitude, latitude));
    }
    return counts[cell(longitude, latitude)];
  }

  /**
   * Side of a cell.
   *
   * @return degrees
   */
  public double cellDegrees() {
    return cellDegrees;
  }

  /**
   * The most tiles in any cell.
   *
   * @return the maximum; 0 when there are no tiles
   */
  public int max() {
    return Arrays.stream(counts).max().orElse(0);
  }

  /**
   * How many cells have a tile.
   *
   * @return the number of cells that are not empty
   */
  public int occupied() {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }
}
