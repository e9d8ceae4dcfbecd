package org.csmoe.examples;

import java.util.List;
import java.util.Random;

/**
 * The first principal components of feature vectors, by subspace iteration on the covariance of a
 * sample. The sign is fixed so that the largest weight of a component is positive.
 */
final class PrincipalComponents {
  private static final int ITERATIONS = 60;

  private final double[] mean;
  private final double[][] axes;

  private PrincipalComponents(double[] mean, double[][] axes) {
    this.mean = mean;
    this.axes = axes;
  }

  /** Fits {@code count} components to a sample of at least one vector. */
  static PrincipalComponents fit(List<float[]> sample, int count) {
    int width = sample.get(0).length;
    double[] mean = new double[width];
    for (float[] row : sample) {
      for (int d = 0; d < width; d++) {
        mean[d] += row[d] / sample.size();
      }
    }
    Random random = new Random(0);
    double[][] axes = new double[count][width];
    for (double[] axis : axes) {
      for (int d = 0; d < width; d++) {
        axis[d] = random.nextGaussian();
      }
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double[][] next = new double[count][width];
      for (float[] row : sample) {
        for (int c = 0; c < count; c++) {
          double dot = 0;
          for (int d = 0; d < width; d++) {
            dot += (row[d] - mean[d]) * axes[c][d];
          }
          for (int d = 0; d < width; d++) {
            next[c][d] += dot * (row[d] - mean[d]);
          }
        }
      }
      orthonormalise(next);
      axes = next;
    }
    for (double[] axis : axes) {
      int largest = 0;
      for (int d = 1; d < width; d++) {
        largest = Math.abs(axis[d]) > Math.abs(axis[largest]) ? d : largest;
      }
      double sign = Math.signum(axis[largest]);
      for (int d = 0; d < width; d++) {
        axis[d] *= sign;
      }
    }
    return new PrincipalComponents(mean, axes);
  }

  private static void orthonormalise(double[][] axes) {
    for (int c = 0; c < axes.length; c++) {
      for (int earlier = 0; earlier < c; earlier++) {
        double dot = dot(axes[c], axes[earlier]);
        for (int d = 0; d < axes[c].length; d++) {
          axes[c][d] -= dot * axes[earlier][d];
        }
      }
      double norm = Math.max(Math.sqrt(dot(axes[c], axes[c])), 1e-300);
      for (int d = 0; d < axes[c].length; d++) {
        axes[c][d] /= norm;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }

  /** One coordinate of a vector. */
  float project(float[] row, int component) {
    double sum = 0;
    for (int d = 0; d < row.length; d++) {
      sum += (row[d] - mean[d]) * axes[component][d];
    }
    return (float) sum;
  }
}
