package org.csmoe.probing;

import java.util.Arrays;
import java.util.List;
import org.csmoe.evaluation.ConfusionMatrix;
import org.csmoe.evaluation.MultiLabelMetrics;
import org.csmoe.evaluation.ResampledMetric;

/** Scores of samples beside their labels. */
final class Predictions {
  private final Classifier classifier;
  private final Labels labels;
  private final float[] scores;

  private Predictions(Classifier classifier, Labels labels, float[] scores) {
    this.classifier = classifier;
    this.labels = labels;
    this.scores = scores;
  }

  static Predictions of(Classifier classifier, FeatureMatrix test) {
    if (!classifier.classes().equals(test.classes())) {
      throw new IllegalArgumentException(
          "test must have the classes %s but had %s"
              .formatted(classifier.classes(), test.classes()));
    }
    Labels labels = Labels.of(test, classifier.labelling());
    return new Predictions(classifier, labels, classifier.scores(test));
  }

  /** The index of the highest score, relative to the first; the first of equal ones. */
  static int best(float[] scores, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (scores[from + i] > scores[from + best]) {
        best = i;
      }
    }
    return best;
  }

  private int[] targets() {
    return Arrays.stream(labels.rows()).map(labels::single).toArray();
  }

  private int[] predicted() {
    int size = classifier.classes().size();
    return Arrays.stream(labels.rows()).map(row -> best(scores, row * size, size)).toArray();
  }

  ConfusionMatrix confusion() {
    ConfusionMatrix matrix = new ConfusionMatrix(classifier.classes());
    matrix.add(targets(), predicted());
    return matrix;
  }

  ResampledMetric averageAccuracy() {
    return ConfusionMatrix.resampled(
        classifier.classes(),
        targets(),
        predicted(),
        matrix -> matrix.classification().averageAccuracy());
  }

  MultiLabelMetrics multiLabel() {
    List<String> classes = classifier.classes();
    MultiLabelMetrics metrics = new MultiLabelMetrics(classes, classifier.threshold());
    for (int row : labels.rows()) {
      int begin = row * classes.size();
      metrics.add(Arrays.copyOfRange(scores, begin, begin + classes.size()), labels.set(row));
    }
    return metrics;
  }
}
