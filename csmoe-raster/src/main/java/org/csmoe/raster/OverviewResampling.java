package org.csmoe.raster;

/** How the pixels of an overview come from those of the next finer image. */
public enum OverviewResampling {
  /**
   * The pixel at the upper left of those that the coarse pixel covers. For classes and other
   * labels, which have no mean.
   */
  NEAREST,
  /**
   * The mean of the pixels that the coarse pixel covers, each by the share it covers of it; pixels
   * without data do not count. Integers are rounded, halves away from zero.
   */
  AVERAGE
}
