package org.csmoe.cost;

import org.csmoe.CsMoeConfig;
import org.csmoe.sensor.Sensor;

/**
 * What one image costs: the forward pass of one image of one sensor up to the CLS token, projected
 * where the model has a projection.
 *
 * <p>Parameters are those of one sensor's path, as the paper counts them: patch embedding, CLS
 * token, fixed position embeddings, sensor encoder, shared encoder, norms and projection; not the
 * other sensor's encoder and no decoder.
 *
 * <p>Two counts of operations stand side by side. {@code macs} are the multiply-accumulates of all
 * matrix products, attention included, and nothing else. {@code flops} is what fvcore's {@code
 * FlopCountAnalysis} reports for a PyTorch model of the same structure, and what the paper prints:
 * one FLOP per multiply-accumulate, five per value of a layer norm, none for a root-mean-square
 * norm, and none for fused scaled dot-product attention. Models whose reference code writes
 * attention as two products (Satlas, TerraMind) are therefore charged for it and the others are
 * not; compare {@code macs} across models.
 *
 * <h2>Peak activations</h2>
 *
 * {@code peakActivations} is the size of the largest set of tensors that are live at the same time
 * in an executor that runs one operation after the other, writes each result to a new float32
 * tensor (nothing in place), and frees every tensor after its last use. A norm, a linear map with
 * its bias, a product, an activation function, a softmax with its temperature and a sum are one
 * operation each, of all heads and all experts at once; slices, reshapes and transposed operands
 * are views. Weights do not count, nor does what depends on weights only, such as the normalised
 * embeddings of fixed slots. With {@code x} for the residual stream {@code [tokens, width]}, these
 * sets can be the largest; all others are part of one of them or smaller:
 *
 * <ul>
 *   <li>patch embedding: the normalised pixels, and their copy in the order of patches
 *   <li>attention: {@code x}, queries-keys-values {@code [tokens, 3 width]}, and logits and weights
 *       {@code [heads, tokens, tokens]}; or {@code x}, queries-keys-values, weights and the
 *       weighted values {@code [tokens, width]}
 *   <li>dense perceptron: {@code x}, and the hidden units {@code [tokens, 4 width]} before and
 *       after GELU
 *   <li>Soft MoE: {@code x}, the tokens that are dispatched, logits and dispatch weights {@code
 *       [tokens, slots]}, and slots {@code [slots, width]}; or {@code x}, the logits, which wait
 *       for the combine weights, and the hidden units {@code [slots, 4 width]} of all experts
 *       before and after GELU
 *   <li>projection: the normalised tokens and the projected CLS token
 * </ul>
 *
 * @param name the model
 * @param parameters parameters of one sensor's path
 * @param macs multiply-accumulates of all products, attention included
 * @param flops floating-point operations by fvcore's rule, as published
 * @param peakActivations values of one image that are live at the same time, at most
 */
public record ModelCost(String name, long parameters, long macs, long flops, long peakActivations) {

  /**
   * The cost of a configuration. It is computed from the structure alone, without a network.
   *
   * @param config the configuration
   * @param sensor the sensor whose path is counted
   * @return the cost
   * @throws IllegalArgumentException when the configuration has no encoder for the sensor
   * @throws ArithmeticException when a count does not fit in a long
   */
  public static ModelCost of(CsMoeConfig config, Sensor sensor) {
    Tally tally = new Tally();
    CsMoeCount.count(tally, config, sensor);
    return tally.cost(
        "%s patch %d, %s"
            .formatted(
                switch (config.feedForward()) {
                  case DENSE -> "CSMAE";
                  case SOFT_MOE -> "CSMoE";
                },
                config.patchSize(),
                sensor.shortName()));
  }

  /**
   * The capacity-to-compute ratio (paper equation 1) of the exact counts.
   *
   * @return millions of parameters per billion FLOPs
   */
  public double c2c() {
    return parameters * 1e3 / flops;
  }

  /**
   * The capacity-to-compute ratio as the paper computes it: whole millions of parameters by
   * billions of FLOPs with two decimals, rounded to two decimals.
   *
   * @return millions of parameters per billion FLOPs; infinite or NaN below 5 million FLOPs, which
   *     round to zero
   */
  public double c2cAsPublished() {
    double millions = Math.round(parameters / 1e6);
    double billions = Math.round(flops / 1e7) / 100.0;
    double ratio = millions / billions;
    return Double.isFinite(ratio) ? Math.round(ratio * 100) / 100.0 : ratio;
  }

  /**
   * The memory that activations need at most, by the rule of this class.
   *
   * @param batch images that run at once, at least 1
   * @return bytes
   * @throws IllegalArgumentException when the batch is less than 1
   */
  public long peakActivationBytes(int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch must be at least 1 but was " + batch);
    }
    return Math.multiplyExact((long) Float.BYTES * batch, peakActivations);
  }
}
