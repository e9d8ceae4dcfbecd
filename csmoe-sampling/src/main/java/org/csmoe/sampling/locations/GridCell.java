package org.csmoe.sampling.locations;

import org.csmoe.raster.UtmZone;

/**
 * A cell of a {@link MajorTomGrid}. Its point is the south-west corner; west and south belong to
 * the cell, east and north to its neighbours.
 *
 * @param row 0 begins at the equator; negative to the south
 * @param column 0 begins at longitude 0; negative to the west
 * @param west longitude of the point, degrees, -180 to 180
 * @param south latitude of the point, degrees
 * @param east degrees; beyond 180 for the one cell of a row that begins on the antimeridian or
 *     crosses it, when it is the last of the row
 * @param north degrees
 */
public record GridCell(int row, int column, double west, double south, double east, double north) {
  /**
   * The name that Major TOM gives to the cell.
   *
   * @return for example {@code 199U_1099R}: rows up or down from the equator, columns right or left
   *     of longitude 0
   */
  public String name() {
    return name(rowName(row), column);
  }

  static String rowName(int row) {
    return row >= 0 ? row + "U" : -row + "D";
  }

  static String name(String rowName, int column) {
    return rowName + (column >= 0 ? "_" + column + "R" : "_" + -column + "L");
  }

  /**
   * The UTM zone of the point. The image of a cell near the edge of a zone may use the neighbour's.
   *
   * @return the zone
   */
  public UtmZone zone() {
    return UtmZone.of(west, south);
  }
}
