package org.csmoe.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Percentile intervals from resampled test sets (Efron, 1979): the metric is computed of test sets
 * drawn with replacement, each as large as the given one, and the interval holds the middle of the
 * results, with linear interpolation between ranks.
 *
 * <p>It tells how much the metric depends on which samples are in the test set, not on the seed of
 * training. Neighbouring samples of one scene are not independent, and the interval is then too
 * narrow. Metrics that are not linear, such as average precision, are biased in resampled sets, so
 * that an estimate need not lie in the middle, and on tiny test sets not even inside.
 *
 * <p>The resamples are spread over the cores. The result depends on the seed, not on the number of
 * threads. Memory: four bytes per sample and thread.
 *
 * <pre>{@code
 * Interval interval = Bootstrap.DEFAULT.interval(metrics.microAveragePrecision());
 * }</pre>
 *
 * @param resamples how many test sets are drawn, at least 1
 * @param confidence share of the results in the interval, between 0 and 1
 * @param seed of the draws
 */
public record Bootstrap(int resamples, double confidence, long seed) {
  /** 1,000 resamples, 95 per cent, seed 0. */
  public static final Bootstrap DEFAULT = new Bootstrap(1000, 0.95, 0);

  /** Checks the ranges. */
  public Bootstrap {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples must be positive but was " + resamples);
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("confidence must be in (0, 1) but was " + confidence);
    }
  }

  /**
   * The interval of a metric.
   *
   * @param metric of the test set
   * @return the metric and its interval
   */
  public Interval interval(ResampledMetric metric) {
    return interval(metric.samples(), metric::value);
  }

  /**
   * The interval of how much better a model is than another. Both are computed of the same
   * resamples, so that what is hard for both cancels. When the interval does not contain 0, the
   * difference is unlikely to come from the choice of test samples.
   *
   * @param first metric of one model
   * @param second metric of the other, of the same samples in the same order
   * @return first minus second and its interval
   * @throws IllegalArgumentException when the numbers of samples differ
   */
  public Interval difference(ResampledMetric first, ResampledMetric second) {
    if (first.samples() != second.samples()) {
      throw new IllegalArgumentException(
          "metrics must be of the same samples but had %d and %d"
              .formatted(first.samples(), second.samples()));
    }
    return interval(first.samples(), weights -> first.value(weights) - second.value(weights));
  }

  private Interval interval(int samples, ToDoubleFunction<int[]> metric) {
    int[] once = new int[samples];
    Arrays.fill(once, 1);
    double estimate = metric.applyAsDouble(once);
    double[] values =
        IntStream.range(0, resamples)
            .parallel()
            .mapToDouble(i -> metric.applyAsDouble(draw(samples, i)))
            .sorted()
            .toArray();
    double tail = (1 - confidence) / 2;
    return new Interval(estimate, quantile(values, tail), quantile(values, 1 - tail), confidence);
  }

  private int[] draw(int samples, int resample) {
    // A generator of its own for each resample, whichever thread draws it. Splitting mixes the
    // seed; sequences of neighbouring seeds could otherwise be shifted copies of each other.
    long first = new SplittableRandom(seed).nextLong(); // far apart for neighbouring seeds, too
    SplittableRandom own = new SplittableRandom(first + resample).split();
    int[] weights = new int[samples];
    for (int i = 0; i < samples; i++) {
      weights[own.nextInt(samples)]++;
    }
    return weights;
  }

  /** The quantile of ascending values, as numpy's default. */
  static double quantile(double[] values, double share) {
    double rank = share * (values.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, values.length - 1);
    return values[below] + (rank - below) * (values[above] - values[below]);
  }
}
