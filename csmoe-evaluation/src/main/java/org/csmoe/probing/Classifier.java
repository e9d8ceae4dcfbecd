package org.csmoe.probing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.CsMoeException;
import org.csmoe.evaluation.ClassificationResult;
import org.csmoe.evaluation.Evaluation;
import org.csmoe.evaluation.ResampledMetric;

/**
 * A fitted probe: from features to a score for each class. Immutable, safe to share between
 * threads.
 */
public sealed interface Classifier permits LinearClassifier, KnnClassifier {

  /**
   * The classes it was fitted for.
   *
   * @return names by index
   */
  List<String> classes();

  /**
   * Whether it predicts one class or any number.
   *
   * @return as it was fitted
   */
  Labelling labelling();

  /**
   * How many features it expects.
   *
   * @return at least one
   */
  int dimensions();

  /**
   * The score above which a class of multi-label data is predicted.
   *
   * @return 0 for logits, 0.5 for shares of votes
   */
  float threshold();

  /**
   * Scores classes; a higher score is a better match.
   *
   * @param features of one sample, finite
   * @return a score for each class
   * @throws IllegalArgumentException when the number of features differs
   */
  float[] scores(float[] features);

  /**
   * Scores classes of many samples on all cores. Each sample gets the scores it would get alone.
   *
   * @param samples their features; targets are not looked at
   * @return {@code [samples, classes]}, row-major
   * @throws IllegalArgumentException when the number of features differs
   */
  float[] scores(FeatureMatrix samples);

  /**
   * Writes the probe as safetensors. The file appears whole or not at all.
   *
   * @param path the file to make or replace
   * @param provenance where the probe comes from, kept as JSON in the file's metadata
   * @throws IOException when it cannot be written
   */
  void save(Path path, Map<String, String> provenance) throws IOException;

  /**
   * Reads a probe that {@link #save} wrote.
   *
   * @param path a safetensors file
   * @return the probe
   * @throws IOException when the file cannot be read
   * @throws CsMoeException when the content is malformed or something else
   */
  static Classifier load(Path path) throws IOException {
    try (TensorFile file = TensorFile.open(path)) {
      return switch (file.format()) {
        case LinearClassifier.FORMAT -> LinearClassifier.read(file);
        case KnnClassifier.FORMAT -> KnnClassifier.read(file);
        default ->
            throw file.malformed(
                "format",
                "\"" + file.format() + "\"",
                "\"%s\" or \"%s\"".formatted(LinearClassifier.FORMAT, KnnClassifier.FORMAT));
      };
    }
  }

  /**
   * Predicts classes: the one of the highest score, the first of equal ones; of multi-label data
   * all that score above the threshold.
   *
   * @param features of one sample, finite
   * @return indices of classes, ascending
   * @throws IllegalArgumentException when the number of features differs
   */
  default Set<Integer> predict(float[] features) {
    float[] scores = scores(features);
    if (labelling() == Labelling.SINGLE) {
      return Set.of(Predictions.best(scores, 0, scores.length));
    }
    Set<Integer> predicted = new TreeSet<>();
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > threshold()) {
        predicted.add(i);
      }
    }
    return predicted;
  }

  /**
   * Compares predictions with targets. Samples without target are left out.
   *
   * @param test samples of the same classes
   * @return a {@link ClassificationResult} for single-label data, a {@link
   *     org.csmoe.evaluation.MultiLabelResult} for multi-label data
   * @throws IllegalArgumentException when features or classes differ, or a single-label sample has
   *     not exactly one class
   */
  default Evaluation evaluate(FeatureMatrix test) {
    Predictions predictions = Predictions.of(this, test);
    return labelling() == Labelling.SINGLE
        ? predictions.confusion().classification()
        : predictions.multiLabel().result();
  }

  /**
   * The paper's metric of the task for {@link org.csmoe.evaluation.Bootstrap}: average accuracy, or
   * micro average precision of multi-label data. Samples without target are left out.
   *
   * @param test samples of the same classes
   * @return the metric, over the samples with target in their order
   * @throws IllegalArgumentException as {@link #evaluate}, or when no sample has a target
   */
  default ResampledMetric headline(FeatureMatrix test) {
    Predictions predictions = Predictions.of(this, test);
    return labelling() == Labelling.SINGLE
        ? predictions.averageAccuracy()
        : predictions.multiLabel().microAveragePrecision();
  }
}
