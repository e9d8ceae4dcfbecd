package org.csmoe.cost;

/**
 * Counts the halves of a pre-norm transformer block: {@code x + attention(norm(x))} and {@code x +
 * perceptron(norm(x))}. What is live at the same time follows the rule of {@link ModelCost}.
 *
 * @param tally where to count
 * @param tokens tokens of one image
 * @param width dimensions of a token
 * @param bias whether linear maps and norms have a bias
 */
record TransformerBlock(Tally tally, long tokens, long width, boolean bias) {

  /**
   * Self-attention of all tokens.
   *
   * @param heads attention heads
   * @param fused whether one fused operation computes it, which fvcore does not count
   */
  void attention(long heads, boolean fused) {
    norm();
    linear(width, 3 * width);
    if (fused) {
      tally.fusedAttention(tokens, width);
    } else {
      tally.product(tokens, width, tokens);
      tally.product(tokens, tokens, width);
    }
    linear(width, width);
    long stream = tokens * width;
    long weights = heads * tokens * tokens;
    tally.live(4 * stream + 2 * weights); // x, queries-keys-values, logits, weights
    tally.live(5 * stream + weights); // x, queries-keys-values, weights, their product
  }

  /**
   * Two linear maps with an activation function between them.
   *
   * @param hidden hidden units
   */
  void perceptron(long hidden) {
    norm();
    linear(width, hidden);
    linear(hidden, width);
    tally.live(tokens * width + 2 * tokens * hidden); // x, hidden, activated
  }

  /**
   * SwiGLU: the product of a gate and a linear map, then a linear map.
   *
   * @param hidden hidden units
   */
  void gatedPerceptron(long hidden) {
    norm();
    linear(width, hidden);
    linear(width, hidden);
    linear(hidden, width);
    tally.live(tokens * width + 3 * tokens * hidden); // x, gate, map, their product
  }

  /** A layer norm of all tokens. */
  void norm() {
    tally.layerNorm(tokens, width, bias);
  }

  private void linear(long in, long out) {
    tally.linear(1, tokens, in, out, bias);
  }
}
