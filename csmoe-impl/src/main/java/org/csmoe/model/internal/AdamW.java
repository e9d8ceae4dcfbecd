package org.csmoe.model.internal;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * AdamW (Loshchilov and Hutter 2019, with decay apart from the gradient), over all parameters in
 * one pass through memory: blocks that fit into a core's cache are copied out, updated, and copied
 * back. Not safe for use by several threads.
 */
public final class AdamW implements AutoCloseable {
  private static final int BLOCK = 2048;
  private static final ThreadLocal<Block> BLOCKS = ThreadLocal.withInitial(Block::new);

  /**
   * The settings, by the names of PyTorch's optimiser.
   *
   * @param beta1 decay of the mean of gradients
   * @param beta2 decay of the mean of their squares
   * @param epsilon added to the root of that mean
   */
  public record Settings(double beta1, double beta2, double epsilon) {
    static final Settings DEFAULT = new Settings(0.9, 0.95, 1e-8);
  }

  /**
   * A parameter.
   *
   * @param value is updated
   * @param gradient of the same shape
   * @param weightDecay 0 for none
   * @param rate times the learning rate of an update
   */
  public record Target(INDArray value, INDArray gradient, double weightDecay, double rate) {}

  private final Settings settings;
  private final List<Part> parts = new ArrayList<>();
  private final List<FloatPointer> means = new ArrayList<>();
  private final List<FloatPointer> squares = new ArrayList<>();
  private long steps;

  /** Part of a parameter, with the moments of its gradient. */
  private record Part(
      FloatBuffer value,
      FloatBuffer gradient,
      FloatBuffer mean,
      FloatBuffer square,
      int begin,
      int length,
      double weightDecay,
      double rate) {}

  public AdamW(List<Target> targets, Settings settings) {
    this.settings = settings;
    for (Target target : targets) {
      FloatBuffer value = NativeFloats.of(target.value());
      FloatBuffer gradient = NativeFloats.of(target.gradient());
      FloatBuffer mean = zeros(means, value.limit());
      FloatBuffer square = zeros(squares, value.limit());
      for (int begin = 0; begin < value.limit(); begin += BLOCK) {
        int length = Math.min(BLOCK, value.limit() - begin);
        parts.add(
            new Part(
                value, gradient, mean, square, begin, length, target.weightDecay(), target.rate()));
      }
    }
  }

  private static FloatBuffer zeros(List<FloatPointer> memory, int length) {
    FloatPointer numbers = new FloatPointer(length);
    Pointer.memset(numbers, 0, (long) length * Float.BYTES);
    memory.add(numbers);
    return numbers.asBuffer();
  }

  /** Updates so far. */
  public long steps() {
    return steps;
  }

  /** Continues after so many updates, whose moments the caller has put in their places. */
  public void continueAfter(long steps) {
    this.steps = steps;
  }

  /** The mean of a target's gradients, by the target's index. */
  public FloatBuffer mean(int target) {
    return means.get(target).asBuffer();
  }

  /** The mean of their squares. */
  public FloatBuffer square(int target) {
    return squares.get(target).asBuffer();
  }

  /** The length of all gradients as one vector. */
  public double gradientNorm() {
    double[] sums =
        IntStream.range(0, parts.size())
            .parallel()
            .mapToDouble(i -> BLOCKS.get().squares(parts.get(i)))
            .toArray();
    double sum = 0;
    for (double each : sums) {
      sum += each;
    }
    return Math.sqrt(sum);
  }

  /**
   * Moves all parameters by one step.
   *
   * @param learningRate before each target's own factor
   * @param scale what gradients are multiplied with first
   */
  public void update(double learningRate, double scale) {
    steps++;
    double correction = 1 - Math.pow(settings.beta1(), (double) steps);
    float root = (float) (1 / Math.sqrt(1 - Math.pow(settings.beta2(), (double) steps)));
    IntStream.range(0, parts.size())
        .parallel()
        .forEach(
            i -> {
              Part part = parts.get(i);
              double rate = learningRate * part.rate();
              float step = (float) (rate / correction);
              BLOCKS.get().update(part, settings, rate, (float) scale, step, root);
            });
  }

  @Override
  public void close() {
    parts.clear();
    means.forEach(FloatPointer::close);
    means.clear();
    squares.forEach(FloatPointer::close);
    squares.clear();
  }

  /** Working memory of a thread. */
  private static final class Block {
    private final float[] p = new float[BLOCK];
    private final float[] g = new float[BLOCK];
    private final float[] m = new float[BLOCK];
    private final float[] v = new float[BLOCK];

    double squares(Part part) {
      part.gradient().get(part.begin(), g, 0, part.length());
      double sum = 0;
      for (int i = 0; i < part.length(); i++) {
        sum += (double) g[i] * g[i];
      }
      return sum;
    }

    void update(
        Part part, Settings settings, double learningRate, float scale, float step, float root) {
      int begin = part.begin();
      int length = part.length();
      part.value().get(begin, p, 0, length);
      part.gradient().get(begin, g, 0, length);
      part.mean().get(begin, m, 0, length);
      part.square().get(begin, v, 0, length);
      float kept = (float) (1 - learningRate * part.weightDecay());
      update(length, settings, kept, scale, step, root);
      part.value().put(begin, p, 0, length);
      part.mean().put(begin, m, 0, length);
      part.square().put(begin, v, 0, length);
    }

    private void update(
        int length, Settings settings, float kept, float scale, float step, float root) {
      float beta1 = (float) settings.beta1();
      float beta2 = (float) settings.beta2();
      float rest1 = 1 - beta1;
      float rest2 = 1 - beta2;
      float epsilon = (float) settings.epsilon();
      for (int i = 0; i < length; i++) {
        float gradient = scale * g[i];
        float mean = beta1 * m[i] + rest1 * gradient;
        float square = beta2 * v[i] + rest2 * gradient * gradient;
        m[i] = mean;
        v[i] = square;
        p[i] = kept * p[i] - step * mean / ((float) Math.sqrt(square) * root + epsilon);
      }
    }
  }
}
