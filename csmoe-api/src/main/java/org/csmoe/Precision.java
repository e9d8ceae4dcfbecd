package org.csmoe;

/** What the weights of products are stored as, and what these products are computed in. */
public enum Precision {
  /** 32-bit floats throughout. */
  F32,
  /**
   * Weights in bfloat16 (8 bits of precision, the exponents of a float), which take half the
   * memory. Both factors of a product with weights are rounded to it and its sums are floats.
   * Everything else stays in floats: attention, the logits and the softmax of routing, norms,
   * biases and the stream that blocks add to. For features, not for training. Needs {@link
   * Backend#ONEDNN}; fast with AVX512-BF16 and AMX, and much slower than {@link #F32} without.
   */
  BF16
}
