package org.csmoe.model.internal;

import java.util.List;
import java.util.Set;
import org.csmoe.CsMoeConfig;
import org.csmoe.Weights;
import org.csmoe.model.internal.Resampling.Kernel;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * Makes tensors of a checkpoint fit a model of other bands, grid or patch size. A checkpoint whose
 * patch embedding has another number of bands is taken to have the sensor's default bands in their
 * order.
 */
final class Adaptation {
  private final CsMoeConfig config;
  private final Set<Weights.Adaptation> allowed;

  Adaptation(CsMoeConfig config, Set<Weights.Adaptation> allowed) {
    this.config = config;
    this.allowed = allowed;
  }

  /** What would be done, in words; empty when the tensor cannot be made to fit as allowed. */
  String explain(String tensor, List<Long> found, List<Long> expected) {
    if (tensor.equals("pos_embed")) {
      return allowed.contains(Weights.Adaptation.POSITIONS)
              && found.size() == 3
              && found.get(2).equals(expected.get(2))
              && side(found) * side(found) + 1 == found.get(1)
          ? "positions resized from %d x %d to %d x %d"
              .formatted(side(found), side(found), side(expected), side(expected))
          : "";
    }
    if (!tensor.startsWith("patch_embed")
        || found.size() != 4
        || !found.get(0).equals(expected.get(0))
        || !found.get(2).equals(found.get(3))) {
      return "";
    }
    String how = "";
    if (!found.get(1).equals(expected.get(1))) {
      Sensor sensor = sensor(tensor);
      if (!allowed.contains(Weights.Adaptation.BANDS)
          || found.get(1) != sensor.defaultBands().size()
          || !sensor.defaultBands().containsAll(config.bands(sensor))) {
        return "";
      }
      how = "bands " + config.bands(sensor) + " selected";
    }
    if (!found.get(2).equals(expected.get(2))) {
      if (!allowed.contains(Weights.Adaptation.PATCH_SIZE)) {
        return "";
      }
      how +=
          (how.isEmpty() ? "" : ", ")
              + "patch size resampled from %d to %d".formatted(found.get(2), expected.get(2));
    }
    return how;
  }

  float[] apply(String tensor, float[] values, List<Long> found, List<Long> expected) {
    if (tensor.equals("pos_embed")) {
      return positions(values, side(found), side(expected), config.width());
    }
    float[] selected =
        found.get(1).equals(expected.get(1))
            ? values
            : bands(values, sensor(tensor), Math.toIntExact(found.get(2)));
    return found.get(2).equals(expected.get(2))
        ? selected
        : patches(selected, Math.toIntExact(found.get(2)), config.patchSize());
  }

  private static Sensor sensor(String tensor) {
    return tensor.startsWith("patch_embed_s2") ? Sensor.SENTINEL2 : Sensor.SENTINEL1;
  }

  private static int side(List<Long> shape) {
    return (int) Math.round(Math.sqrt(shape.get(1) - 1.0));
  }

  private float[] bands(float[] values, Sensor sensor, int patch) {
    List<Band> source = sensor.defaultBands();
    List<Band> target = config.bands(sensor);
    int plane = patch * patch;
    float[] result = new float[config.width() * target.size() * plane];
    for (int d = 0; d < config.width(); d++) {
      for (int b = 0; b < target.size(); b++) {
        int from = (d * source.size() + source.indexOf(target.get(b))) * plane;
        System.arraycopy(values, from, result, (d * target.size() + b) * plane, plane);
      }
    }
    return result;
  }

  /** Bicubic, antialiased, the CLS row kept; as timm resamples absolute position embeddings. */
  static float[] positions(float[] values, int from, int to, int width) {
    double[][] map = Resampling.matrix(from, to, Kernel.BICUBIC);
    float[] result = new float[(to * to + 1) * width];
    System.arraycopy(values, 0, result, 0, width);
    double[][] plane = new double[from][from];
    for (int d = 0; d < width; d++) {
      for (int i = 0; i < from * from; i++) {
        plane[i / from][i % from] = values[(1 + i) * width + d];
      }
      double[][] resized = multiply(multiply(map, plane), transpose(map));
      for (int i = 0; i < to * to; i++) {
        result[(1 + i) * width + d] = (float) resized[i / to][i % to];
      }
    }
    return result;
  }

  /**
   * Resamples kernels so that a patch resized by bicubic interpolation yields the same token
   * (pseudo-inverse resize, FlexiViT, arXiv 2212.08013, equation 4). The resize of a square is the
   * product of one matrix for rows and one for columns, and so is its pseudo-inverse.
   */
  static float[] patches(float[] values, int from, int to) {
    double[][] inverse = pseudoInverse(transpose(Resampling.matrix(from, to, Kernel.BICUBIC)));
    int planes = values.length / (from * from);
    float[] result = new float[planes * to * to];
    double[][] plane = new double[from][from];
    for (int p = 0; p < planes; p++) {
      for (int i = 0; i < from * from; i++) {
        plane[i / from][i % from] = values[p * from * from + i];
      }
      double[][] resized = multiply(multiply(inverse, plane), transpose(inverse));
      for (int i = 0; i < to * to; i++) {
        result[p * to * to + i] = (float) resized[i / to][i % to];
      }
    }
    return result;
  }

  /** Of a matrix of full rank: {@code A^T (A A^T)^-1} or {@code (A^T A)^-1 A^T}. */
  private static double[][] pseudoInverse(double[][] a) {
    double[][] t = transpose(a);
    return a.length <= t.length
        ? multiply(t, inverse(multiply(a, t)))
        : multiply(inverse(multiply(t, a)), t);
  }

  private static double[][] transpose(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < t.length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }

  private static double[][] multiply(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < c[i].length; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  /** Gauss-Jordan with the largest pivot of each column. */
  private static double[][] inverse(double[][] a) {
    int n = a.length;
    double[][] work = new double[n][2 * n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(a[i], 0, work[i], 0, n);
      work[i][n + i] = 1;
    }
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int row = column + 1; row < n; row++) {
        if (Math.abs(work[row][column]) > Math.abs(work[pivot][column])) {
          pivot = row;
        }
      }
      double[] chosen = work[pivot];
      work[pivot] = work[column];
      work[column] = chosen;
      double divisor = chosen[column];
      for (int j = 0; j < 2 * n; j++) {
        chosen[j] /= divisor;
      }
      for (int row = 0; row < n; row++) {
        double factor = work[row][column];
        if (row != column && factor != 0) {
          for (int j = 0; j < 2 * n; j++) {
            work[row][j] -= factor * chosen[j];
          }
        }
      }
    }
    double[][] result = new double[n][n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(work[i], n, result[i], 0, n);
    }
    return result;
  }
}
