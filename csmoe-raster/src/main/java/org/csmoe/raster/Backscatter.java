package org.csmoe.raster;

/** The unit in which a file stores Sentinel-1 backscatter; scenes always deliver decibels. */
public enum Backscatter {
  /** Decibels, taken as they are. */
  DECIBEL,
  /** Linear power: {@code dB = 10 log10(power)}; power that is not positive has no data. */
  LINEAR
}
