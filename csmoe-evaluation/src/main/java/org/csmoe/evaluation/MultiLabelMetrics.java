package org.csmoe.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Scores and labels of samples, from which the metrics of any number of labels per sample follow.
 * Average precision needs the order of all scores, so they are kept: four bytes and a bit per
 * sample and label, and up to 25 bytes more while metrics are computed. Parts of the data can be
 * accumulated side by side and merged; the order changes no metric.
 *
 * <p>Scores may be logits or probabilities. Where both are at hand logits are better: near one,
 * probabilities round to equal numbers.
 *
 * <p>Not safe for use by several threads. The metrics for {@link Bootstrap} are safe and keep what
 * had been added before.
 *
 * <pre>{@code
 * MultiLabelMetrics metrics = new MultiLabelMetrics(List.of("forest", "water"), 0.5f);
 * metrics.add(new float[] {0.9f, 0.2f}, Set.of(0));
 * System.out.println(metrics.result().toText());
 * }</pre>
 */
public final class MultiLabelMetrics {
  private final List<String> names;
  private final float threshold;
  private float[] scores = new float[0];
  private final BitSet labels = new BitSet();
  private int samples;

  /**
   * Begins without samples.
   *
   * @param labels names by index, at least one
   * @param threshold a label is predicted when its score is greater: 0.5 for probabilities, 0 for
   *     logits
   */
  public MultiLabelMetrics(List<String> labels, float threshold) {
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("labels must not be empty");
    }
    this.names = List.copyOf(labels);
    this.threshold = threshold;
  }

  /**
   * Adds a sample.
   *
   * @param sampleScores a score for each label, none NaN
   * @param sampleLabels the labels it has
   * @throws IllegalArgumentException when the number of scores is wrong, one is NaN, or there is no
   *     such label; nothing is added then
   */
  public void add(float[] sampleScores, Set<Integer> sampleLabels) {
    int size = names.size();
    if (sampleScores.length != size) {
      throw new IllegalArgumentException(
          "scores must be %d but were %d".formatted(size, sampleScores.length));
    }
    for (int i = 0; i < size; i++) {
      if (Float.isNaN(sampleScores[i])) {
        throw new IllegalArgumentException(
            "score of %s must be a number but was NaN at sample %d"
                .formatted(names.get(i), samples));
      }
    }
    for (int label : sampleLabels) {
      if (label < 0 || label >= size) {
        throw new IllegalArgumentException(
            "label must be in 0..%d but was %d at sample %d".formatted(size - 1, label, samples));
      }
    }
    reserve(1);
    int begin = samples * size;
    System.arraycopy(sampleScores, 0, scores, begin, size);
    sampleLabels.forEach(label -> labels.set(begin + label));
    samples++;
  }

  /**
   * Adds the samples of another accumulator.
   *
   * @param other of the same labels and threshold; stays as it is
   * @throws IllegalArgumentException when it has others
   */
  public void merge(MultiLabelMetrics other) {
    if (!names.equals(other.names) || threshold != other.threshold) {
      throw new IllegalArgumentException(
          "other must have labels %s and threshold %s but had %s and %s"
              .formatted(names, threshold, other.names, other.threshold));
    }
    int added = other.samples;
    reserve(added);
    int begin = samples * names.size();
    System.arraycopy(other.scores, 0, scores, begin, added * names.size());
    // A copy of the indices, so that an accumulator can be merged with itself.
    for (int label : other.labels.stream().toArray()) {
      labels.set(begin + label);
    }
    samples += added;
  }

  private void reserve(int more) {
    long needed = ((long) samples + more) * names.size();
    if (needed > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "samples x labels must stay below 2^31 - 8 but came to " + needed);
    }
    if (needed > scores.length) {
      long grown = Math.max(needed, scores.length + (long) (scores.length >> 1));
      scores = Arrays.copyOf(scores, (int) Math.min(grown, Integer.MAX_VALUE - 8));
    }
  }

  /**
   * All metrics of what has been added.
   *
   * @return the result
   */
  public MultiLabelResult result() {
    int size = names.size();
    int[] ones = new int[samples];
    Arrays.fill(ones, 1);
    long[][] counts = new Decisions(this).counts(ones);
    List<LabelScores> perLabel = new ArrayList<>(size);
    double apSum = 0;
    for (int k = 0; k < size; k++) {
      double ap = ranking(k).averagePrecision(ones);
      ClassScores decisions = Decisions.scores(names.get(k), counts[k]);
      perLabel.add(
          new LabelScores(
              names.get(k),
              decisions.support(),
              ap,
              decisions.precision(),
              decisions.recall(),
              decisions.f1()));
      apSum += ap;
    }
    double micro = samples == 0 ? 0 : microAveragePrecision().value(ones);
    return new MultiLabelResult(
        samples,
        micro,
        apSum / size,
        Decisions.microF1(counts),
        Decisions.macroF1(counts),
        threshold,
        perLabel);
  }

  private Ranking ranking(int label) {
    int size = names.size();
    float[] column = new float[samples];
    for (int i = 0; i < samples; i++) {
      column[i] = scores[i * size + label];
    }
    return new Ranking(column, i -> labels.get(i * size + label), i -> i);
  }

  /**
   * Micro average precision, for {@link Bootstrap}. Sorts once; each value takes one pass.
   *
   * @return the metric
   * @throws IllegalArgumentException when no sample has been added
   */
  public ResampledMetric microAveragePrecision() {
    int size = names.size();
    Ranking ranking =
        new Ranking(Arrays.copyOf(scores, samples * size), labels::get, i -> i / size);
    return ResampledMetric.of(samples, ranking::averagePrecision);
  }

  /**
   * Macro average precision, for {@link Bootstrap}. Sorts once; each value takes one pass.
   *
   * @return the metric
   * @throws IllegalArgumentException when no sample has been added
   */
  public ResampledMetric macroAveragePrecision() {
    List<Ranking> rankings = IntStream.range(0, names.size()).mapToObj(this::ranking).toList();
    return ResampledMetric.of(
        samples,
        weights ->
            rankings.stream()
                .mapToDouble(ranking -> ranking.averagePrecision(weights))
                .average()
                .orElse(0));
  }

  /**
   * Micro F1, for {@link Bootstrap}.
   *
   * @return the metric
   * @throws IllegalArgumentException when no sample has been added
   */
  public ResampledMetric microF1() {
    Decisions decisions = new Decisions(this);
    return ResampledMetric.of(samples, weights -> Decisions.microF1(decisions.counts(weights)));
  }

  /**
   * Macro F1, for {@link Bootstrap}.
   *
   * @return the metric
   * @throws IllegalArgumentException when no sample has been added
   */
  public ResampledMetric macroF1() {
    Decisions decisions = new Decisions(this);
    return ResampledMetric.of(samples, weights -> Decisions.macroF1(decisions.counts(weights)));
  }

  /** What was predicted and what is right, as bits. */
  private static final class Decisions {
    private final int size;
    private final BitSet labels;
    private final BitSet predicted = new BitSet();

    Decisions(MultiLabelMetrics metrics) {
      size = metrics.names.size();
      labels = (BitSet) metrics.labels.clone();
      for (int i = 0; i < metrics.samples * size; i++) {
        predicted.set(i, metrics.scores[i] > metrics.threshold);
      }
    }

    /** By label: support, predicted, both. */
    long[][] counts(int[] weights) {
      long[][] counts = new long[size][3];
      for (int i = 0; i < weights.length; i++) {
        for (int k = 0; k < size; k++) {
          boolean right = labels.get(i * size + k);
          boolean found = predicted.get(i * size + k);
          counts[k][0] += right ? weights[i] : 0;
          counts[k][1] += found ? weights[i] : 0;
          counts[k][2] += right && found ? weights[i] : 0;
        }
      }
      return counts;
    }

    static ClassScores scores(String name, long[] counts) {
      return ClassScores.of(name, counts[0], counts[1], counts[2]);
    }

    static double microF1(long[][] counts) {
      long[] sum = new long[3];
      for (long[] label : counts) {
        Arrays.setAll(sum, i -> sum[i] + label[i]);
      }
      return scores("all", sum).f1();
    }

    static double macroF1(long[][] counts) {
      return Arrays.stream(counts).mapToDouble(label -> scores("", label).f1()).average().orElse(0);
    }
  }
}
