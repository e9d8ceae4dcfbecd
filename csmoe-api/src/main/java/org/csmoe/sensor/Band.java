package org.csmoe.sensor;

import java.util.Locale;
import java.util.Optional;

/**
 * A spectral band or polarisation. Bands are always matched by name, never by position.
 *
 * <p>Sentinel-2 bands carry reflectance x 10^4, Sentinel-1 polarisations backscatter in decibels.
 */
public enum Band {
  /** Coastal aerosol, 60 m. */
  B01(Sensor.SENTINEL2, 60),
  /** Blue, 10 m. */
  B02(Sensor.SENTINEL2, 10),
  /** Green, 10 m. */
  B03(Sensor.SENTINEL2, 10),
  /** Red, 10 m. */
  B04(Sensor.SENTINEL2, 10),
  /** Red edge 1, 20 m. */
  B05(Sensor.SENTINEL2, 20),
  /** Red edge 2, 20 m. */
  B06(Sensor.SENTINEL2, 20),
  /** Red edge 3, 20 m. */
  B07(Sensor.SENTINEL2, 20),
  /** Near infrared, 10 m. */
  B08(Sensor.SENTINEL2, 10),
  /** Narrow near infrared, 20 m. */
  B8A(Sensor.SENTINEL2, 20),
  /** Water vapour, 60 m. */
  B09(Sensor.SENTINEL2, 60),
  /** Cirrus, 60 m, level 1C only. */
  B10(Sensor.SENTINEL2, 60),
  /** Short-wave infrared 1, 20 m. */
  B11(Sensor.SENTINEL2, 20),
  /** Short-wave infrared 2, 20 m. */
  B12(Sensor.SENTINEL2, 20),
  /** Vertical transmit, vertical receive, 10 m. */
  VV(Sensor.SENTINEL1, 10),
  /** Vertical transmit, horizontal receive, 10 m. */
  VH(Sensor.SENTINEL1, 10);

  private final Sensor sensor;
  private final int resolution;

  Band(Sensor sensor, int resolution) {
    this.sensor = sensor;
    this.resolution = resolution;
  }

  /**
   * The sensor that measures this band.
   *
   * @return the sensor
   */
  public Sensor sensor() {
    return sensor;
  }

  /**
   * The native ground sampling distance.
   *
   * @return metres: 10, 20 or 60
   */
  public int resolution() {
    return resolution;
  }

  /**
   * The unit of this band's values.
   *
   * @return {@code dB} or {@code reflectance x 10^4}
   */
  public String unit() {
    return sensor == Sensor.SENTINEL1 ? "dB" : "reflectance x 10^4";
  }

  /**
   * Finds a band by the names in use: {@code B02}, {@code B2}, {@code b8a}, {@code vv}.
   *
   * @param name a band name in any case, one-digit numbers with or without the zero
   * @return the band, or empty when the name is no band's
   */
  public static Optional<Band> find(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    if (upper.matches("B[1-9]")) {
      upper = "B0" + upper.charAt(1);
    } else if (upper.equals("B08A")) {
      upper = "B8A";
    }
    for (Band band : values()) {
      if (band.name().equals(upper)) {
        return Optional.of(band);
      }
    }
    return Optional.empty();
  }
}
