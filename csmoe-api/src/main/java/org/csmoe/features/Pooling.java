package org.csmoe.features;

/** How the tokens of an image become one vector: the five strategies of the paper's Table V. */
public enum Pooling {
  /** The CLS token after the final norm, as it is: the paper's best, and the default. */
  CLS,
  /** Mean of the patch tokens, without the CLS token. */
  MEAN_PATCHES,
  /** Mean of all tokens. */
  MEAN_ALL,
  /** The CLS token divided by its Euclidean norm. */
  CLS_NORMALISED,
  /**
   * The CLS token through the projection (the identity when the model has none), then normalised.
   */
  CLS_PROJECTED
}
