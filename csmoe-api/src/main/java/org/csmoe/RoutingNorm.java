package org.csmoe;

/** The normalisation of tokens and of slot embeddings inside a Soft MoE layer. */
public enum RoutingNorm {
  /** LayerNorm with weight and bias, epsilon 1e-6; it reproduces the published FLOPs exactly. */
  LAYER_NORM,
  /** Root-mean-square norm with a gain: {@code x / max(|x|, 1e-12) * sqrt(width) * gamma}. */
  RMS_NORM
}
