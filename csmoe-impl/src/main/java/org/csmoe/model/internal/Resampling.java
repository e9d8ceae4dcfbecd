package org.csmoe.model.internal;

import org.csmoe.features.Resize;

/**
 * Resizing of planes and of weights, as PyTorch does it: half-pixel centres, kernels widened when
 * shrinking (antialias), weights at the border renormalised.
 */
final class Resampling {
  private Resampling() {}

  /** One-dimensional kernels. */
  enum Kernel {
    BILINEAR(1) {
      @Override
      double at(double x) {
        return Math.max(0, 1 - Math.abs(x));
      }
    },
    /** Keys' cubic with a = -0.5, which PyTorch takes when antialiasing. */
    BICUBIC(2) {
      @Override
      double at(double x) {
        double a = -0.5;
        double t = Math.abs(x);
        if (t < 1) {
          return ((a + 2) * t - (a + 3)) * t * t + 1;
        }
        return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
      }
    };

    private final int support;

    Kernel(int support) {
      this.support = support;
    }

    abstract double at(double x);
  }

  /** The linear map from {@code from} samples to {@code to} samples, as rows of weights. */
  static double[][] matrix(int from, int to, Kernel kernel) {
    double scale = (double) from / to;
    double stretch = Math.max(1, scale);
    double radius = kernel.support * stretch;
    double[][] rows = new double[to][from];
    for (int i = 0; i < to; i++) {
      double centre = scale * (i + 0.5);
      int first = Math.max(0, (int) (centre - radius + 0.5));
      int end = Math.min(from, (int) (centre + radius + 0.5));
      double sum = 0;
      for (int j = first; j < end; j++) {
        rows[i][j] = kernel.at((j - centre + 0.5) / stretch);
        sum += rows[i][j];
      }
      for (int j = first; j < end; j++) {
        rows[i][j] /= sum;
      }
    }
    return rows;
  }

  /**
   * Resizes a plane to a square; no-data pixels (NaN) do not contribute, and an output pixel
   * without a contribution is NaN.
   */
  static float[] resize(
      float[] pixels, int offset, int width, int height, int size, Resize resize) {
    return switch (resize) {
      case NONE -> throw new IllegalArgumentException("NONE does not resize");
      case NEAREST -> nearest(pixels, offset, width, height, size);
      case BILINEAR -> smooth(pixels, offset, width, height, size, Kernel.BILINEAR, true);
      case BICUBIC -> bicubic(pixels, offset, width, height, size);
    };
  }

  /**
   * Bilinear where no-data pixels lie under the kernel: its weights have both signs, and those that
   * are left may add up to anything.
   */
  private static float[] bicubic(float[] pixels, int offset, int width, int height, int size) {
    float[] result = smooth(pixels, offset, width, height, size, Kernel.BICUBIC, false);
    float[] bilinear = {};
    for (int i = 0; i < result.length; i++) {
      if (Float.isNaN(result[i])) {
        if (bilinear.length == 0) {
          bilinear = smooth(pixels, offset, width, height, size, Kernel.BILINEAR, true);
        }
        result[i] = bilinear[i];
      }
    }
    return result;
  }

  private static float[] nearest(float[] pixels, int offset, int width, int height, int size) {
    float[] result = new float[size * size];
    for (int y = 0; y < size; y++) {
      int row = offset + (int) ((2L * y + 1) * height / (2L * size)) * width;
      for (int x = 0; x < size; x++) {
        result[y * size + x] = pixels[row + (int) ((2L * x + 1) * width / (2L * size))];
      }
    }
    return result;
  }

  /** Rows first, then columns; NaN is left out, or else makes all that it is under NaN. */
  private static float[] smooth(
      float[] pixels,
      int offset,
      int width,
      int height,
      int size,
      Kernel kernel,
      boolean leaveOutNoData) {
    double[][] columns = matrix(width, size, kernel);
    double[][] rows = matrix(height, size, kernel);
    double[] values = new double[height * size];
    double[] weights = new double[height * size];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < size; x++) {
        double value = 0;
        double weight = 0;
        for (int i = 0; i < width; i++) {
          double w = columns[x][i];
          float pixel = pixels[offset + y * width + i];
          if (w != 0 && !(leaveOutNoData && Float.isNaN(pixel))) {
            value += w * pixel;
            weight += w;
          }
        }
        values[y * size + x] = value;
        weights[y * size + x] = weight;
      }
    }
    float[] result = new float[size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double value = 0;
        double weight = 0;
        for (int i = 0; i < height; i++) {
          if (rows[y][i] != 0) {
            value += rows[y][i] * values[i * size + x];
            weight += rows[y][i] * weights[i * size + x];
          }
        }
        result[y * size + x] = weight > 1e-6 ? (float) (value / weight) : Float.NaN;
      }
    }
    return result;
  }
}
