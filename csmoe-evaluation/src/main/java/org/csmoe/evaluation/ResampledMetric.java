package org.csmoe.evaluation;

import java.util.function.ToDoubleFunction;

/**
 * A metric of a test set in which a sample can count several times or not at all. Safe for use by
 * several threads at once. {@link ConfusionMatrix} and {@link MultiLabelMetrics} make them.
 */
public interface ResampledMetric {

  /**
   * How many samples the test set has.
   *
   * @return the number
   */
  int samples();

  /**
   * The metric of a resampled test set.
   *
   * @param weights how often each sample counts, not to be changed
   * @return the metric
   */
  double value(int[] weights);

  /**
   * A metric from a function.
   *
   * @param samples how many samples the test set has, at least one
   * @param function from the number of times that each sample counts to the metric, for several
   *     threads at once
   * @return the metric
   */
  static ResampledMetric of(int samples, ToDoubleFunction<int[]> function) {
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be positive but were " + samples);
    }
    return new ResampledMetric() {
      @Override
      public int samples() {
        return samples;
      }

      @Override
      public double value(int[] weights) {
        if (weights.length != samples) {
          throw new IllegalArgumentException(
              "weights must be %d but were %d".formatted(samples, weights.length));
        }
        return function.applyAsDouble(weights);
      }
    };
  }
}
