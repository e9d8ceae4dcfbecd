package org.csmoe.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of metrics of any data. */
class MetricsProperties {
  private static final List<String> NAMES = List.of("a", "b", "c");

  @Property(tries = 200)
  void mergedPartsEqualTheWhole(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 40) int samples) {
    Random random = new Random(seed);
    MultiLabelMetrics whole = new MultiLabelMetrics(NAMES, 0.5f);
    MultiLabelMetrics first = new MultiLabelMetrics(NAMES, 0.5f);
    MultiLabelMetrics second = new MultiLabelMetrics(NAMES, 0.5f);
    ConfusionMatrix all = new ConfusionMatrix(NAMES);
    ConfusionMatrix some = new ConfusionMatrix(NAMES);
    ConfusionMatrix others = new ConfusionMatrix(NAMES);
    for (int i = 0; i < samples; i++) {
      float[] scores = scores(random);
      Set<Integer> labels = labels(random);
      int target = random.nextInt(4) - 1;
      int predicted = random.nextInt(3);
      whole.add(scores, labels);
      all.add(target, predicted, 1);
      boolean early = random.nextBoolean();
      (early ? first : second).add(scores, labels);
      (early ? some : others).add(target, predicted, 1);
    }
    first.merge(second);
    some.merge(others);
    assertThat(first.result().toJson()).isEqualTo(whole.result().toJson());
    assertThat(some.classification()).isEqualTo(all.classification());
    assertThat(some.segmentation()).isEqualTo(all.segmentation());
  }

  @Property(tries = 200)
  void averagePrecisionSeesOnlyTheOrderOfScores(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int samples) {
    Random random = new Random(seed);
    MultiLabelMetrics plain = new MultiLabelMetrics(NAMES, 0);
    MultiLabelMetrics moved = new MultiLabelMetrics(NAMES, 0);
    for (int i = 0; i < samples; i++) {
      float[] scores = scores(random);
      Set<Integer> labels = labels(random);
      plain.add(scores, labels);
      float[] monotone = new float[scores.length];
      for (int k = 0; k < scores.length; k++) {
        monotone[k] = 8 * scores[k] - 4; // exact: scores are multiples of 1/4
      }
      moved.add(monotone, labels);
    }
    assertThat(moved.result().microAveragePrecision())
        .isEqualTo(plain.result().microAveragePrecision());
    assertThat(moved.result().macroAveragePrecision())
        .isEqualTo(plain.result().macroAveragePrecision());
  }

  @Property(tries = 200)
  void resampledMetricsEqualThoseOfRepeatedSamples(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int samples) {
    Random random = new Random(seed);
    int[] targets = random.ints(samples, -1, 3).toArray();
    int[] predictions = random.ints(samples, 0, 3).toArray();
    int[] weights = random.ints(samples, 0, 4).toArray();
    MultiLabelMetrics once = new MultiLabelMetrics(NAMES, 0.5f);
    MultiLabelMetrics repeated = new MultiLabelMetrics(NAMES, 0.5f);
    ConfusionMatrix matrix = new ConfusionMatrix(NAMES);
    for (int i = 0; i < samples; i++) {
      float[] scores = scores(random);
      Set<Integer> labels = labels(random);
      once.add(scores, labels);
      for (int j = 0; j < weights[i]; j++) {
        repeated.add(scores, labels);
        matrix.add(targets[i], predictions[i], 1);
      }
    }
    MultiLabelResult expected = repeated.result();
    assertThat(once.microAveragePrecision().value(weights))
        .isCloseTo(expected.microAveragePrecision(), within(1e-12)); // other order of sums
    assertThat(once.macroF1().value(weights)).isEqualTo(expected.macroF1());
    assertThat(
            ConfusionMatrix.resampled(
                    NAMES, targets, predictions, m -> m.classification().averageAccuracy())
                .value(weights))
        .isEqualTo(matrix.classification().averageAccuracy());
  }

  private static float[] scores(Random random) {
    return new float[] {random.nextInt(5) / 4f, random.nextInt(5) / 4f, random.nextInt(5) / 4f};
  }

  private static Set<Integer> labels(Random random) {
    Set<Integer> labels = new TreeSet<>();
    for (int k = 0; k < 3; k++) {
      if (random.nextInt(3) == 0) {
        labels.add(k);
      }
    }
    return labels;
  }
}
