package org.csmoe.training;

/** Which vectors the slot repulsion loss (paper equation 18) keeps apart. */
public enum Repulsion {
  /** What tokens are compared with, as the text says ("between slot embeddings"). */
  SLOT_EMBEDDINGS,
  /** The weighted means of tokens that experts process. */
  SLOTS
}
