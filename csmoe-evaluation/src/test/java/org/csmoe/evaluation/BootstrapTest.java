package org.csmoe.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private static final int SAMPLES = 400;

  @Test
  void intervalOfAMeanIsThatOfTheNormalDistribution() {
    double[] values = new Random(1).doubles(SAMPLES).toArray();
    double mean = IntStream.range(0, SAMPLES).mapToDouble(i -> values[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, SAMPLES)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElseThrow();
    double half = 1.96 * Math.sqrt(variance / SAMPLES);

    Interval interval = new Bootstrap(4000, 0.95, 7).interval(mean(values));

    assertThat(interval.estimate()).isCloseTo(mean, within(1e-12)); // rounding of the sum
    // The quantile of 4000 draws has a standard error of about 4 per cent of the half width.
    assertThat(interval.lower()).isCloseTo(mean - half, within(0.15 * half));
    assertThat(interval.upper()).isCloseTo(mean + half, within(0.15 * half));
  }

  @Test
  void equalSeedsGiveEqualIntervalsAndOthersDoNot() {
    ResampledMetric metric = mean(new Random(2).doubles(SAMPLES).toArray());
    Interval first = new Bootstrap(200, 0.9, 1).interval(metric);
    assertThat(new Bootstrap(200, 0.9, 1).interval(metric)).isEqualTo(first);
    assertThat(new Bootstrap(200, 0.9, 2).interval(metric)).isNotEqualTo(first);
  }

  @Test
  void pairedDifferenceIsNarrowerThanTheIntervalsOfTheModels() {
    Random random = new Random(3);
    double[] one = random.doubles(SAMPLES).toArray();
    double[] other = new double[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      other[i] = one[i] - 0.01 + 0.02 * (random.nextDouble() - 0.5);
    }
    Interval difference = Bootstrap.DEFAULT.difference(mean(one), mean(other));
    Interval alone = Bootstrap.DEFAULT.interval(mean(one));
    assertThat(difference.lower()).isPositive();
    assertThat(difference.upper() - difference.lower())
        .isLessThan((alone.upper() - alone.lower()) / 10);
    Interval none = Bootstrap.DEFAULT.difference(mean(one), mean(one));
    assertThat(none).isEqualTo(new Interval(0, 0, 0, 0.95));
  }

  @Test
  void intervalOfImagesResamplesImages() {
    ConfusionMatrix good = new ConfusionMatrix(List.of("water", "land"));
    good.add(new int[] {0, 1, 1}, new int[] {0, 1, 1});
    ConfusionMatrix bad = new ConfusionMatrix(List.of("water", "land"));
    bad.add(new int[] {0, 1, 1}, new int[] {1, 0, 0});
    ResampledMetric metric =
        ConfusionMatrix.resampled(
            List.of(good, bad), matrix -> matrix.segmentation().pixelAccuracy());
    assertThat(metric.value(new int[] {2, 0})).isEqualTo(1);
    assertThat(metric.value(new int[] {1, 1})).isEqualTo(0.5);
    assertThat(metric.value(new int[] {0, 2})).isZero();
  }

  @Test
  void metricsOfDifferentTestSetsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bootstrap.DEFAULT.difference(mean(new double[3]), mean(new double[4])))
        .withMessageContaining("3 and 4");
  }

  private static ResampledMetric mean(double[] values) {
    return ResampledMetric.of(
        values.length,
        weights -> {
          double sum = 0;
          for (int i = 0; i < values.length; i++) {
            sum += weights[i] * values[i];
          }
          return sum / values.length;
        });
  }
}
