package org.csmoe.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.csmoe.data.Target;

/**
 * Counts of targets and predictions, from which all metrics of one class per sample or pixel
 * follow. Matrices of parts of the data can be made side by side and merged; counts are exact, so
 * that the order does not matter. Memory: eight bytes times the square of the number of classes.
 *
 * <p>A target of {@link Target.Mask#IGNORED} is not counted. A class can be ignored as well: what
 * has it as target is not counted, and means leave it out. Predictions of it for other targets are
 * counted as wrong. That is torchmetrics' Jaccard index with {@code ignore_index}; its accuracy
 * differs in one case: there, an ignored class that was predicted enters the mean with recall 0.
 *
 * <p>Not safe for use by several threads.
 *
 * <pre>{@code
 * ConfusionMatrix matrix = new ConfusionMatrix(List.of("water", "land"));
 * matrix.add(targets, predictions);
 * System.out.println(matrix.classification().toText());
 * }</pre>
 */
public final class ConfusionMatrix {
  private static final int NONE = Target.Mask.IGNORED;

  private final List<String> names;
  private final int ignored;
  private final long[] counts;

  /**
   * Begins with zero counts.
   *
   * @param classes names by index, at least one
   */
  public ConfusionMatrix(List<String> classes) {
    this(classes, NONE);
  }

  private ConfusionMatrix(List<String> classes, int ignored) {
    if (classes.isEmpty() || classes.size() > 1 << 15) {
      throw new IllegalArgumentException("classes must be 1..32768 but were " + classes.size());
    }
    this.names = List.copyOf(classes);
    this.ignored = ignored;
    this.counts = new long[names.size() * names.size()];
  }

  /**
   * Begins with zero counts and ignores a class.
   *
   * @param classes names by index, the ignored one among them
   * @param ignored index of the class whose samples or pixels are not counted
   * @return the matrix
   */
  public static ConfusionMatrix ignoring(List<String> classes, int ignored) {
    if (ignored < 0 || ignored >= classes.size()) {
      throw new IllegalArgumentException(
          "ignored must be in 0..%d but was %d".formatted(classes.size() - 1, ignored));
    }
    return new ConfusionMatrix(classes, ignored);
  }

  /**
   * Counts samples or pixels.
   *
   * @param targets classes, or {@link Target.Mask#IGNORED}
   * @param predictions classes, as many
   * @throws IllegalArgumentException when lengths differ or there is no such class; what came
   *     before it is counted
   */
  public void add(int[] targets, int[] predictions) {
    if (targets.length != predictions.length) {
      throw new IllegalArgumentException(
          "predictions must be as many as targets, %d, but were %d"
              .formatted(targets.length, predictions.length));
    }
    for (int i = 0; i < targets.length; i++) {
      add(targets[i], predictions[i], 1);
    }
  }

  /**
   * Counts a sample or pixel a number of times.
   *
   * @param target its class, or {@link Target.Mask#IGNORED}
   * @param prediction the class that was predicted
   * @param times not negative
   * @throws IllegalArgumentException when there is no such class or the number is negative
   */
  public void add(int target, int prediction, long times) {
    if (times < 0) {
      throw new IllegalArgumentException("times must not be negative but was " + times);
    }
    if (target == NONE || target == ignored) {
      return;
    }
    int size = names.size();
    if (target < 0 || target >= size || prediction < 0 || prediction >= size) {
      throw new IllegalArgumentException(
          "target and prediction must be in 0..%d but were %d and %d"
              .formatted(size - 1, target, prediction));
    }
    counts[target * size + prediction] += times;
  }

  /**
   * Adds the counts of another matrix.
   *
   * @param other of the same classes; stays as it is
   * @throws IllegalArgumentException when it has other classes
   */
  public void merge(ConfusionMatrix other) {
    addAll(other, 1);
  }

  private void addAll(ConfusionMatrix other, long times) {
    if (!names.equals(other.names) || ignored != other.ignored) {
      throw new IllegalArgumentException(
          "other must have classes %s, ignored %d, but had %s, %d"
              .formatted(names, ignored, other.names, other.ignored));
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += times * other.counts[i];
    }
  }

  /**
   * The metrics of one class per sample.
   *
   * @return accuracies, F1, scores by class
   */
  public ClassificationResult classification() {
    List<ClassScores> classes = classScores();
    return new ClassificationResult(
        total(),
        accuracy(),
        mean(classes, ClassScores::recall),
        mean(classes, ClassScores::f1),
        classes,
        rows());
  }

  /**
   * The metrics of one class per pixel.
   *
   * @return intersections over unions, accuracy
   */
  public SegmentationResult segmentation() {
    List<ClassScores> classes = classScores();
    return new SegmentationResult(
        total(), mean(classes, ClassScores::iou), accuracy(), classes, rows());
  }

  /**
   * A metric over resampled images, each a matrix of its own.
   *
   * @param images one matrix per image, all of the same classes; read later, so do not change them
   * @param metric such as {@code matrix -> matrix.segmentation().meanIou()}
   * @return the metric for {@link Bootstrap}
   */
  public static ResampledMetric resampled(
      List<ConfusionMatrix> images, ToDoubleFunction<ConfusionMatrix> metric) {
    List<ConfusionMatrix> copy = List.copyOf(images);
    return ResampledMetric.of(
        copy.size(),
        weights -> {
          ConfusionMatrix sum = new ConfusionMatrix(copy.get(0).names, copy.get(0).ignored);
          for (int i = 0; i < weights.length; i++) {
            if (weights[i] != 0) {
              sum.addAll(copy.get(i), weights[i]);
            }
          }
          return metric.applyAsDouble(sum);
        });
  }

  /**
   * A metric over resampled samples.
   *
   * @param classes names by index
   * @param targets classes, or {@link Target.Mask#IGNORED}
   * @param predictions classes, as many
   * @param metric such as {@code matrix -> matrix.classification().averageAccuracy()}
   * @return the metric for {@link Bootstrap}
   * @throws IllegalArgumentException when lengths differ or there is no such class
   */
  public static ResampledMetric resampled(
      List<String> classes,
      int[] targets,
      int[] predictions,
      ToDoubleFunction<ConfusionMatrix> metric) {
    new ConfusionMatrix(classes).add(targets, predictions);
    int[] expected = targets.clone();
    int[] found = predictions.clone();
    return ResampledMetric.of(
        expected.length,
        weights -> {
          ConfusionMatrix matrix = new ConfusionMatrix(classes);
          for (int i = 0; i < weights.length; i++) {
            matrix.add(expected[i], found[i], weights[i]);
          }
          return metric.applyAsDouble(matrix);
        });
  }

  private List<ClassScores> classScores() {
    int size = names.size();
    List<ClassScores> scores = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      long support = 0;
      long predicted = 0;
      for (int j = 0; j < size; j++) {
        support += counts[i * size + j];
        predicted += counts[j * size + i];
      }
      scores.add(ClassScores.of(names.get(i), support, predicted, counts[i * size + i]));
    }
    return scores;
  }

  private double mean(List<ClassScores> classes, ToDoubleFunction<ClassScores> score) {
    double sum = 0;
    int number = 0;
    for (int i = 0; i < classes.size(); i++) {
      if (i != ignored && !classes.get(i).absent()) {
        sum += score.applyAsDouble(classes.get(i));
        number++;
      }
    }
    return number == 0 ? 0 : sum / number;
  }

  private long total() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  private double accuracy() {
    long correct = 0;
    for (int i = 0; i < names.size(); i++) {
      correct += counts[i * names.size() + i];
    }
    return ClassScores.share(correct, total());
  }

  private List<List<Long>> rows() {
    List<List<Long>> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      List<Long> row = new ArrayList<>();
      for (int j = 0; j < names.size(); j++) {
        row.add(counts[i * names.size() + j]);
      }
      rows.add(row);
    }
    return rows;
  }
}
