package org.csmoe.training;

/** How the patches that the encoder does not see are drawn for the two sensors. */
public enum Masking {
  /** Each sensor's own draw (paper section II-A). */
  INDEPENDENT,
  /** The same patches for both sensors. */
  IDENTICAL,
  /**
   * The reverse order for Sentinel-2: at a ratio of 0.5 it sees exactly what Sentinel-1 does not.
   */
  DISJOINT
}
