package org.csmoe.probing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;

/**
 * Loss of a linear layer on rows of features, and its gradient, in double precision. Single-label:
 * cross-entropy of the softmax, each sample weighted by its class, divided by the sum of these
 * weights. Multi-label: binary cross-entropy of the sigmoid, positive terms weighted by their
 * class, summed over classes, divided by the number of samples.
 *
 * <p>Rows are worked on in blocks of 64, in two copies, one of them transposed: then the inner
 * loops of both products run along contiguous memory without a sum across lanes, which is what the
 * compiler turns into vector instructions. Blocks are spread over the cores in at most 16 chunks
 * whose sums are added in order, so that the result does not depend on the number of cores.
 *
 * <p>Memory: per chunk 8 x (128 x dimensions + classes x (65 + dimensions)) bytes. Not safe for use
 * by several threads.
 */
final class LinearObjective {
  private static final int BLOCK = 64;
  private static final int CHUNKS = 16;

  /** Dimensions whose transposed block, 16 KiB, stays in the first-level cache. */
  private static final int TILE = 32;

  private final float[] values;
  private final int dimensions;
  private final int classes;
  private final Labelling labelling;
  private final Labels labels;
  private final Standardisation standardisation;
  private final double[] classWeights;
  private final List<Work> chunks;

  LinearObjective(
      FeatureMatrix matrix,
      Labels labels,
      Labelling labelling,
      Standardisation standardisation,
      double[] classWeights) {
    this.values = matrix.values();
    this.dimensions = matrix.dimensions();
    this.classes = matrix.classes().size();
    this.labelling = labelling;
    this.labels = labels;
    this.standardisation = standardisation;
    this.classWeights = classWeights;
    int number = Math.min(CHUNKS, blocks(labels.rows().length));
    this.chunks = IntStream.range(0, number).mapToObj(i -> new Work()).toList();
  }

  private static int blocks(int rows) {
    return (rows + BLOCK - 1) / BLOCK;
  }

  /** How many parameters there are: weights {@code [classes, dimensions]}, then biases. */
  int parameters() {
    return classes * (dimensions + 1);
  }

  /** How many of the parameters are weights. */
  int weights() {
    return classes * dimensions;
  }

  /**
   * Mean loss of some rows.
   *
   * @param rows indices into the matrix, of rows with targets
   * @param gradient is overwritten
   * @throws CsMoeException when the thread is interrupted
   */
  double evaluate(int[] rows, int from, int to, double[] parameters, double[] gradient) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException("interrupted while a linear probe was fitted");
    }
    int blocks = blocks(to - from);
    int number = Math.min(chunks.size(), blocks);
    IntStream numbers = IntStream.range(0, number);
    (number > 1 ? numbers.parallel() : numbers)
        .forEach(
            c -> {
              int begin = from + (int) ((long) blocks * c / number) * BLOCK;
              int end = from + (int) ((long) blocks * (c + 1) / number) * BLOCK;
              chunks.get(c).run(rows, begin, Math.min(end, to), parameters);
            });
    double loss = 0;
    double weight = 0;
    Arrays.fill(gradient, 0);
    for (Work work : chunks.subList(0, number)) {
      loss += work.loss;
      weight += work.weight;
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += work.gradient[i];
      }
    }
    if (weight == 0) { // only classes of weight 0
      return 0;
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= weight;
    }
    return loss / weight;
  }

  /** Sums over a chunk of rows, with its working memory. */
  private final class Work {
    private final double[] block = new double[BLOCK * dimensions];
    private final double[] transposed = new double[dimensions * BLOCK];

    /** Logits, then their derivatives, {@code [classes, BLOCK]}. */
    private final double[] logits = new double[classes * BLOCK];

    private final double[] gradient = new double[parameters()];
    private double loss;
    private double weight;

    void run(int[] rows, int from, int to, double[] parameters) {
      Arrays.fill(gradient, 0);
      loss = 0;
      weight = 0;
      for (int begin = from; begin < to; begin += BLOCK) {
        int count = Math.min(BLOCK, to - begin);
        load(rows, begin, count);
        forward(parameters);
        for (int b = 0; b < count; b++) {
          if (labelling == Labelling.SINGLE) {
            softmax(b, labels.single(rows[begin + b]));
          } else {
            sigmoids(b, rows[begin + b]);
          }
        }
        for (int b = count; b < BLOCK; b++) { // rows of an earlier block count nothing
          for (int k = 0; k < classes; k++) {
            logits[k * BLOCK + b] = 0;
          }
        }
        backward();
      }
    }

    private void load(int[] rows, int begin, int count) {
      for (int b = 0; b < count; b++) {
        standardisation.apply(values, rows[begin + b] * dimensions, block, b * dimensions);
      }
      for (int tile = 0; tile < dimensions; tile += TILE) {
        int end = Math.min(tile + TILE, dimensions);
        for (int b = 0; b < count; b++) {
          for (int j = tile; j < end; j++) {
            transposed[j * BLOCK + b] = block[b * dimensions + j];
          }
        }
      }
    }

    private void forward(double[] p) {
      for (int k = 0; k < classes; k++) {
        Arrays.fill(logits, k * BLOCK, (k + 1) * BLOCK, p[weights() + k]);
      }
      for (int tile = 0; tile < dimensions; tile += TILE) {
        int end = Math.min(tile + TILE, dimensions);
        for (int k = 0; k < classes; k++) {
          int w = k * dimensions;
          int j = tile;
          for (; j + 3 < end; j += 4) {
            add(
                logits,
                k * BLOCK,
                transposed,
                j * BLOCK,
                BLOCK,
                BLOCK,
                p[w + j],
                p[w + j + 1],
                p[w + j + 2],
                p[w + j + 3]);
          }
          for (; j < end; j++) {
            add(logits, k * BLOCK, transposed, j * BLOCK, 0, BLOCK, p[w + j], 0, 0, 0);
          }
        }
      }
    }

    private void backward() {
      for (int b = 0; b < BLOCK; b += 4) {
        for (int k = 0; k < classes; k++) {
          int e = k * BLOCK + b;
          add(
              gradient,
              k * dimensions,
              block,
              b * dimensions,
              dimensions,
              dimensions,
              logits[e],
              logits[e + 1],
              logits[e + 2],
              logits[e + 3]);
        }
      }
      for (int k = 0; k < classes; k++) {
        double sum = 0;
        for (int b = 0; b < BLOCK; b++) {
          sum += logits[k * BLOCK + b];
        }
        gradient[weights() + k] += sum;
      }
    }

    private void softmax(int b, int label) {
      double highest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        highest = Math.max(highest, logits[k * BLOCK + b]);
      }
      double expected = logits[label * BLOCK + b] - highest;
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        double exponential = Math.exp(logits[k * BLOCK + b] - highest);
        logits[k * BLOCK + b] = exponential;
        sum += exponential;
      }
      double factor = classWeights[label];
      for (int k = 0; k < classes; k++) {
        logits[k * BLOCK + b] *= factor / sum;
      }
      logits[label * BLOCK + b] -= factor;
      loss += factor * (Math.log(sum) - expected);
      weight += factor;
    }

    private void sigmoids(int b, int row) {
      for (int k = 0; k < classes; k++) {
        double logit = logits[k * BLOCK + b];
        boolean positive = labels.has(row, k);
        double against = positive ? -logit : logit;
        double factor = positive ? classWeights[k] : 1;
        double exponential = Math.exp(-Math.abs(against));
        loss += factor * (Math.max(against, 0) + Math.log1p(exponential));
        double slope = (against > 0 ? 1 : exponential) / (1 + exponential);
        logits[k * BLOCK + b] = positive ? -factor * slope : slope;
      }
      weight++;
    }
  }

  /** Adds four scaled rows of {@code x}, {@code stride} apart, to a row of {@code y}. */
  private static void add(
      double[] y,
      int yFrom,
      double[] x,
      int xFrom,
      int stride,
      int length,
      double a,
      double b,
      double c,
      double d) {
    int x1 = xFrom + stride;
    int x2 = x1 + stride;
    int x3 = x2 + stride;
    for (int i = 0; i < length; i++) {
      y[yFrom + i] += a * x[xFrom + i] + b * x[x1 + i] + c * x[x2 + i] + d * x[x3 + i];
    }
  }
}
