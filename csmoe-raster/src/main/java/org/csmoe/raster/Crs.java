package org.csmoe.raster;

/**
 * A coordinate reference system by its EPSG code. GeoTIFF stores the code of a projected system and
 * of a geographic one under different keys, and the number alone does not tell which it is.
 *
 * @param epsg the EPSG code, 1 to 32766
 * @param geographic whether coordinates are longitude and latitude in degrees
 */
public record Crs(int epsg, boolean geographic) {
  /** Checks the code. */
  public Crs {
    if (epsg < 1 || epsg > 32766) {
      throw new IllegalArgumentException("epsg must be in 1..32766 but was " + epsg);
    }
  }

  /**
   * A projected system such as UTM, EPSG:32632.
   *
   * @param epsg the EPSG code
   * @return the system
   */
  public static Crs projected(int epsg) {
    return new Crs(epsg, false);
  }

  /**
   * A geographic system such as WGS 84, EPSG:4326.
   *
   * @param epsg the EPSG code
   * @return the system
   */
  public static Crs geographic(int epsg) {
    return new Crs(epsg, true);
  }

  @Override
  public String toString() {
    return "EPSG:" + epsg;
  }
}
