package org.csmoe.sensor;

import java.util.List;

/** A sensor that CSMoE has an encoder for. */
public enum Sensor {
  /** Sentinel-1 ground range detected, radiometrically terrain corrected: VV and VH in decibels. */
  SENTINEL1("s1"),
  /** Sentinel-2 level 2A: the ten bands of 10 m and 20 m, reflectance x 10^4. */
  SENTINEL2("s2");

  private final String shortName;

  Sensor(String shortName) {
    this.shortName = shortName;
  }

  /**
   * The name used in tensor names and on the command line.
   *
   * @return {@code s1} or {@code s2}
   */
  public String shortName() {
    return shortName;
  }

  /**
   * The bands that the published models take, in their order: VV, VH, or B02, B03, B04, B05, B06,
   * B07, B08, B8A, B11, B12.
   *
   * @return an immutable list
   */
  public List<Band> defaultBands() {
    return this == SENTINEL1
        ? List.of(Band.VV, Band.VH)
        : List.of(
            Band.B02, Band.B03, Band.B04, Band.B05, Band.B06, Band.B07, Band.B08, Band.B8A,
            Band.B11, Band.B12);
  }
}
