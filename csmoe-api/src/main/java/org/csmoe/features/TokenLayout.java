package org.csmoe.features;

/** The order of dimensions of intermediate features. */
public enum TokenLayout {
  /** {@code [batch, tokens, width]}. */
  NLC,
  /** {@code [batch, width, rows, columns]}; without the CLS token. */
  NCHW
}
