package org.csmoe.cost;

/**
 * Running totals of a network's cost for one image. Each method stands for one operation, adds the
 * parameters that the operation owns, and counts twice: true multiply-accumulates, and FLOPs by the
 * rule of fvcore's {@code FlopCountAnalysis}, where a multiply-accumulate of a linear map, a
 * convolution or a matrix product is one FLOP, a layer norm is five per value, and everything else
 * is free: fused attention, root-mean-square norm, softmax, activation functions, sums and biases.
 *
 * <p>Totals that do not fit in 63 bits are an {@link ArithmeticException}.
 */
final class Tally {
  private static final int FLOPS_PER_NORMALISED_VALUE = 5;

  private long parameters;
  private long macs;
  private long flops;
  private long peakActivations;

  /** Parameters that no operation owns, such as position embeddings. */
  void parameters(long count) {
    parameters = Math.addExact(parameters, count);
  }

  /**
   * {@code copies} linear maps, each with its own weights, of {@code rows} vectors each. A
   * convolution whose stride is its kernel is one map with a row per position.
   */
  void linear(long copies, long rows, long in, long out, boolean bias) {
    parameters(exact(copies, in + (bias ? 1 : 0), out));
    product(exact(copies, rows), in, out);
  }

  /** A matrix product {@code [rows, inner] x [inner, columns]} that fvcore sees. */
  void product(long rows, long inner, long columns) {
    long count = exact(rows, inner, columns);
    macs = Math.addExact(macs, count);
    flops = Math.addExact(flops, count);
  }

  /** The two products of self-attention in one fused operation, which fvcore does not see. */
  void fusedAttention(long tokens, long width) {
    macs = Math.addExact(macs, exact(2, tokens, tokens, width));
  }

  /** A layer norm of {@code rows} vectors with weight and, where there is one, bias. */
  void layerNorm(long rows, long width, boolean bias) {
    parameters((bias ? 2 : 1) * width);
    flops = Math.addExact(flops, exact(FLOPS_PER_NORMALISED_VALUE, rows, width));
  }

  /** A root-mean-square norm with a gain. */
  void rootMeanSquareNorm(long width) {
    parameters(width);
  }

  /** So many float32 values of one image are live at the same time. */
  void live(long values) {
    peakActivations = Math.max(peakActivations, values);
  }

  ModelCost cost(String name) {
    return new ModelCost(name, parameters, macs, flops, peakActivations);
  }

  private static long exact(long... factors) {
    long result = 1;
    for (long factor : factors) {
      result = Math.multiplyExact(result, factor);
    }
    return result;
  }
}
