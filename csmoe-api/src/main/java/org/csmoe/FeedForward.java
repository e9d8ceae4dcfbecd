package org.csmoe;

/** The feed-forward half of an encoder block. Everything else of the network is the same. */
public enum FeedForward {
  /** One two-layer perceptron for every token: the CSMAE baseline. */
  DENSE,
  /** Soft mixture of experts over slots (paper section II.B, equations 12 and 13). */
  SOFT_MOE
}
