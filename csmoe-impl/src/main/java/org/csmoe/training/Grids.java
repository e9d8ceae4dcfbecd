package org.csmoe.training;

import java.util.List;
import org.csmoe.model.internal.Layers;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.Parameter.Init;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Operations on grids {@code [batch, height, width, channels]}, as products of matrices. */
final class Grids {
  private Grids() {}

  /**
   * Nine products, summed. One zero column after each row and one zero row after each image make
   * the neighbours of a pixel, in the flat order of all pixels, those at nine fixed distances; so
   * each product is on a window of the same rows, which is not copied.
   */
  static SDVariable conv3x3(Layers layers, String name, Value x, int out) {
    SameDiff graph = layers.graph();
    int height = x.size(1);
    int width = x.size(2);
    long in = x.size(3);
    SDVariable weight =
        layers.declare(
            new Parameter(
                name + ".weight",
                List.of(9 * in, (long) out),
                List.of(name + ".weight"),
                List.of(3L, 3L, in, (long) out),
                new Init.Uniform(1 / Math.sqrt(9.0 * in)),
                true));
    SDVariable column = graph.zerosLike(slice(x.variable(), 4, 2, 0, 1));
    SDVariable wide = graph.concat(2, x.variable(), column);
    SDVariable row = graph.zerosLike(slice(wide, 4, 1, 0, 1));
    int stride = width + 1;
    // Reaches one row and one pixel to both sides; one more, so that ends are never the last row.
    SDVariable before = graph.constant(Nd4j.zeros(stride + 1, (int) in));
    SDVariable after = graph.constant(Nd4j.zeros(stride + 2, (int) in));
    SDVariable flat =
        graph.concat(0, before, graph.reshape(graph.concat(1, wide, row), -1, in), after);
    int margin = 2 * stride + 3;
    SDVariable sum = window(graph, flat, 0, margin, in, slice(weight, 2, 0, 0, in));
    for (int i = 1; i < 9; i++) {
      int begin = i / 3 * stride + i % 3;
      SDVariable factor = slice(weight, 2, 0, i * in, (i + 1) * in);
      sum = sum.add(window(graph, flat, begin, margin, in, factor));
    }
    SDVariable grid = graph.reshape(sum, -1, height + 1L, stride, out);
    return slice(slice(grid, 4, 1, 0, height), 4, 2, 0, width);
  }

  private static SDVariable window(
      SameDiff graph, SDVariable flat, int begin, int margin, long in, SDVariable factor) {
    long[] from = {begin, 0};
    long[] to = {begin - margin, in};
    SDVariable rows = graph.stridedSlice(flat, from, to, new long[] {1, 1}, 0, 0, 0, 0, 0);
    return graph.mmul(rows, factor, false, false, false);
  }

  static SDVariable convTranspose2x2(Layers layers, String name, Value x, int out) {
    SameDiff graph = layers.graph();
    int height = x.size(1);
    int width = x.size(2);
    long in = x.size(3);
    Init init = new Init.Uniform(1 / Math.sqrt(4.0 * out));
    SDVariable weight =
        layers.declare(
            new Parameter(
                name + ".weight",
                List.of(4L * out, in),
                List.of(name + ".weight"),
                List.of(4L, (long) out, in),
                init,
                true));
    SDVariable bias = layers.parameter(name + ".bias", init, out);
    SDVariable rows = graph.mmul(graph.reshape(x.variable(), -1, in), weight, false, true, false);
    SDVariable biased = graph.reshape(rows, -1, out).add(bias);
    SDVariable placed =
        graph.permute(graph.reshape(biased, -1, height, width, 2, 2, out), 0, 1, 3, 2, 4, 5);
    return graph.reshape(placed, -1, 2L * height, 2L * width, out);
  }

  static SDVariable maxPool2(SameDiff graph, Value x) {
    int height = x.size(1) / 2;
    int width = x.size(2) / 2;
    SDVariable even = slice(slice(x.variable(), 4, 1, 0, 2L * height), 4, 2, 0, 2L * width);
    SDVariable quads = graph.reshape(even, -1, height, 2, width, 2, x.size(3));
    SDVariable rows = graph.math().max(slice(quads, 6, 2, 0, 1), slice(quads, 6, 2, 1, 2));
    SDVariable both = graph.math().max(slice(rows, 6, 4, 0, 1), slice(rows, 6, 4, 1, 2));
    return graph.reshape(both, -1, height, width, x.size(3));
  }

  /** Products with a matrix {@code [to, from]} along the width, then with one along the height. */
  static SDVariable along(SameDiff graph, Value x, float[] rows, float[] columns) {
    int height = x.size(1);
    int width = x.size(2);
    int channels = x.size(3);
    int newHeight = rows.length / height;
    int newWidth = columns.length / width;
    SDVariable lines = graph.reshape(graph.permute(x.variable(), 0, 1, 3, 2), -1, width);
    SDVariable wide =
        graph.reshape(multiplied(graph, lines, columns, newWidth), -1, height, channels, newWidth);
    SDVariable stacks = graph.reshape(graph.permute(wide, 0, 3, 2, 1), -1, height);
    SDVariable high =
        graph.reshape(
            multiplied(graph, stacks, rows, newHeight), -1, newWidth, channels, newHeight);
    return graph.permute(high, 0, 3, 1, 2);
  }

  private static SDVariable multiplied(SameDiff graph, SDVariable x, float[] matrix, int to) {
    SDVariable factor =
        graph.constant(Nd4j.create(matrix, new long[] {to, matrix.length / to}, 'c'));
    return graph.mmul(x, factor, false, true, false);
  }

  /** The weights of linear interpolation, {@code [to, from]}. */
  static float[] bilinear(int from, int to, boolean alignCorners) {
    float[] matrix = new float[requirePositive(to) * from];
    for (int i = 0; i < to; i++) {
      double place =
          alignCorners
              ? to == 1 ? 0 : (double) i * (from - 1) / (to - 1)
              : Math.max(0, (i + 0.5) * from / to - 0.5);
      int first = Math.min((int) place, from - 1);
      double share = place - first;
      matrix[i * from + first] += (float) (1 - share);
      matrix[i * from + Math.min(first + 1, from - 1)] += (float) share;
    }
    return matrix;
  }

  /** The weights of means over parts that may overlap by a pixel, {@code [to, from]}. */
  static float[] means(int from, int to) {
    float[] matrix = new float[requirePositive(to) * from];
    for (int i = 0; i < to; i++) {
      int begin = i * from / to;
      int end = ((i + 1) * from + to - 1) / to;
      for (int k = begin; k < end; k++) {
        matrix[i * from + k] = 1f / (end - begin);
      }
    }
    return matrix;
  }

  private static int requirePositive(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("height and width must be at least 1 but were " + size);
    }
    return size;
  }

  /** An interval, since ND4J cannot differentiate a slice that drops its dimension. */
  static SDVariable slice(SDVariable x, int rank, int dimension, long from, long to) {
    SDIndex[] indices = new SDIndex[rank];
    for (int i = 0; i < rank; i++) {
      indices[i] = i == dimension ? SDIndex.interval(from, to) : SDIndex.all();
    }
    return x.get(indices);
  }
}
