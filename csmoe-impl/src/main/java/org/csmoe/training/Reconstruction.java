package org.csmoe.training;

/** What a reconstructed pixel costs (RecL of paper equations 4 and 9). */
public enum Reconstruction {
  /** The square of the difference. */
  SQUARED_ERROR,
  /** The absolute difference. */
  ABSOLUTE_ERROR
}
