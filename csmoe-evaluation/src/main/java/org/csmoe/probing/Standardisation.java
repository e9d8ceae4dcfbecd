package org.csmoe.probing;

import java.util.Arrays;

/**
 * Subtracts the mean of each dimension and divides by its standard deviation, both of the training
 * rows; a constant dimension is divided by 1. Immutable.
 */
final class Standardisation {
  private final double[] mean;
  private final double[] scale;

  private Standardisation(double[] mean, double[] scale) {
    this.mean = mean;
    this.scale = scale;
  }

  static Standardisation none(int dimensions) {
    double[] scale = new double[dimensions];
    Arrays.fill(scale, 1);
    return new Standardisation(new double[dimensions], scale);
  }

  /** Two passes, so that a mean far from zero costs no digits. */
  static Standardisation of(FeatureMatrix matrix, int[] rows) {
    int dimensions = matrix.dimensions();
    float[] values = matrix.values();
    double[] mean = new double[dimensions];
    for (int row : rows) {
      for (int j = 0; j < dimensions; j++) {
        mean[j] += values[row * dimensions + j];
      }
    }
    for (int j = 0; j < dimensions; j++) {
      mean[j] /= rows.length;
    }
    double[] scale = new double[dimensions];
    for (int row : rows) {
      for (int j = 0; j < dimensions; j++) {
        double difference = values[row * dimensions + j] - mean[j];
        scale[j] += difference * difference;
      }
    }
    for (int j = 0; j < dimensions; j++) {
      double deviation = Math.sqrt(scale[j] / rows.length);
      // Rounding leaves a tiny deviation of a constant.
      scale[j] = deviation > 1e-12 * Math.abs(mean[j]) ? 1 / deviation : 1;
    }
    return new Standardisation(mean, scale);
  }

  /** Writes the standardised values of a row. */
  void apply(float[] values, int from, double[] target, int to) {
    for (int j = 0; j < mean.length; j++) {
      target[to + j] = (values[from + j] - mean[j]) * scale[j];
    }
  }

  /**
   * The classifier of plain features that does what parameters do of standardised ones.
   *
   * @param parameters weights {@code [classes, dimensions]}, then biases
   */
  LinearClassifier fold(double[] parameters, FeatureMatrix train, Labelling labelling) {
    int classes = train.classes().size();
    int dimensions = mean.length;
    float[] weight = new float[classes * dimensions];
    float[] bias = new float[classes];
    for (int k = 0; k < classes; k++) {
      double shifted = parameters[classes * dimensions + k];
      for (int j = 0; j < dimensions; j++) {
        float folded = (float) (parameters[k * dimensions + j] * scale[j]);
        weight[k * dimensions + j] = folded;
        // The rounded weight, so that its error does not meet a large mean.
        shifted -= folded * mean[j];
      }
      bias[k] = (float) shifted;
    }
    return new LinearClassifier(train.classes(), labelling, weight, bias);
  }
}
