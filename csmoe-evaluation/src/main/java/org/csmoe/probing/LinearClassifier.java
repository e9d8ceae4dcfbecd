package org.csmoe.probing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.csmoe.weights.DType;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;

/**
 * A linear layer on features: logits are {@code weight x features + bias}. It takes features as
 * they come; what standardised them in fitting is part of the weights. Immutable by contract: do
 * not write to the arrays. Safe to share between threads. {@link LinearProbe} makes them.
 *
 * <p>In a file: {@code weight} F32 {@code [classes, dimensions]} and {@code bias} F32 {@code
 * [classes]}, as a PyTorch {@code Linear} has them.
 */
public final class LinearClassifier implements Classifier {
  static final String FORMAT = "csmoe-linear-probe-1";

  private final List<String> classes;
  private final Labelling labelling;
  private final int dimensions;
  private final float[] weight;
  private final float[] bias;

  LinearClassifier(List<String> classes, Labelling labelling, float[] weight, float[] bias) {
    this.classes = classes;
    this.labelling = labelling;
    this.dimensions = weight.length / classes.size();
    this.weight = weight;
    this.bias = bias;
  }

  static LinearClassifier read(TensorFile file) throws IOException {
    List<String> classes = file.strings(FeatureFile.CLASSES);
    List<Long> shape = file.shape("weight", DType.F32, 2);
    float[] weight = file.floats("weight", 2);
    float[] bias = file.floats("bias", 1);
    if (classes.isEmpty()
        || weight.length == 0
        || shape.get(0) != classes.size()
        || bias.length != classes.size()) {
      throw file.malformed(
          "tensors",
          "weight %s, bias [%d]".formatted(shape, bias.length),
          "a row of weights and a bias for each of %d classes".formatted(classes.size()));
    }
    return new LinearClassifier(classes, file.labelling(), weight, bias);
  }

  @Override
  public void save(Path path, Map<String, String> provenance) throws IOException {
    Map<String, String> settings =
        Map.of(
            FeatureFile.CLASSES,
            TensorFile.json(classes),
            TensorFile.LABELLING,
            labelling.name().toLowerCase(Locale.ROOT));
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            path,
            List.of(
                TensorInfo.f32("weight", classes.size(), dimensions),
                TensorInfo.f32("bias", classes.size())),
            TensorFile.metadata(FORMAT, settings, provenance))) {
      writer.write("weight", weight);
      writer.write("bias", bias);
      writer.commit();
    }
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public Labelling labelling() {
    return labelling;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public float threshold() {
    return 0;
  }

  /**
   * The weights, not a copy.
   *
   * @return {@code [classes, dimensions]}, row-major
   */
  public float[] weight() {
    return weight;
  }

  /**
   * The biases, not a copy.
   *
   * @return one per class
   */
  public float[] bias() {
    return bias;
  }

  /** {@inheritDoc} They are logits. */
  @Override
  public float[] scores(float[] features) {
    requireDimensions(features.length);
    float[] scores = new float[classes.size()];
    scores(features, 0, scores, 0);
    return scores;
  }

  /** {@inheritDoc} They are logits. */
  @Override
  public float[] scores(FeatureMatrix samples) {
    requireDimensions(samples.dimensions());
    float[] scores = new float[Math.multiplyExact(samples.size(), classes.size())];
    IntStream.range(0, samples.size())
        .parallel()
        .forEach(i -> scores(samples.values(), i * dimensions, scores, i * classes.size()));
    return scores;
  }

  /**
   * The probability of each class: softmax of the logits, or their sigmoid for multi-label data.
   *
   * @param features of one sample, finite
   * @return from 0 to 1
   * @throws IllegalArgumentException when the number of features differs
   */
  public float[] probabilities(float[] features) {
    float[] scores = scores(features);
    if (labelling == Labelling.MULTI) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) (1 / (1 + Math.exp(-scores[i])));
      }
      return scores;
    }
    float highest = scores[Predictions.best(scores, 0, scores.length)];
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - highest);
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) (Math.exp(scores[i] - highest) / sum);
    }
    return scores;
  }

  private void scores(float[] features, int from, float[] scores, int to) {
    for (int k = 0; k < classes.size(); k++) {
      scores[to + k] = (float) (bias[k] + dot(weight, k * dimensions, features, from, dimensions));
    }
  }

  /** Four sums, so that an addition need not wait for the one before. */
  private static double dot(float[] a, int aFrom, float[] b, int bFrom, int length) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      sum0 += (double) a[aFrom + i] * b[bFrom + i];
      sum1 += (double) a[aFrom + i + 1] * b[bFrom + i + 1];
      sum2 += (double) a[aFrom + i + 2] * b[bFrom + i + 2];
      sum3 += (double) a[aFrom + i + 3] * b[bFrom + i + 3];
    }
    for (; i < length; i++) {
      sum0 += (double) a[aFrom + i] * b[bFrom + i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private void requireDimensions(int found) {
    if (found != dimensions) {
      throw new IllegalArgumentException(
          "features must have %d dimensions but had %d".formatted(dimensions, found));
    }
  }
}
