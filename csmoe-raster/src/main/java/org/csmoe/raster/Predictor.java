package org.csmoe.raster;

/** What was done to the samples of a row before they were compressed, in the order of the tag. */
public enum Predictor {
  /** Nothing. */
  NONE,
  /** Differences of neighbouring samples. */
  HORIZONTAL,
  /** Bytes of floating-point samples gathered by significance, then differences of bytes. */
  FLOATING_POINT
}
