package org.csmoe;

/** What a slot is a weighted mean of (paper equation 13). */
public enum DispatchInput {
  /** The tokens as normalised for routing. */
  NORMALISED,
  /** The tokens as they enter the Soft MoE layer. */
  RAW
}
