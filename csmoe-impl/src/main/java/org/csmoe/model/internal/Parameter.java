package org.csmoe.model.internal;

import java.util.List;

/**
 * A variable of the graph and the checkpoint tensors it is made of, one after the other: one tensor
 * for most, one per expert for the stacked weights of experts.
 *
 * @param name the variable's name
 * @param shape the variable's shape
 * @param tensors canonical names of the tensors, equal in size
 * @param tensorShape the shape of each tensor in a checkpoint
 * @param init how untrained values are drawn
 * @param trainable false for the fixed position embedding
 */
public record Parameter(
    String name,
    List<Long> shape,
    List<String> tensors,
    List<Long> tensorShape,
    Init init,
    boolean trainable) {

  /** How untrained values are drawn. */
  public sealed interface Init {
    /**
     * Every value the same.
     *
     * @param value the value
     */
    record Constant(float value) implements Init {}

    /**
     * Uniform between -bound and bound.
     *
     * @param bound the bound
     */
    record Uniform(double bound) implements Init {}

    /**
     * Normal around 0.
     *
     * @param deviation the standard deviation
     */
    record Normal(double deviation) implements Init {}

    /** The fixed position embedding of sines and cosines. */
    record SinCos() implements Init {}
  }

  /** Copies the lists. */
  public Parameter {
    shape = List.copyOf(shape);
    tensors = List.copyOf(tensors);
    tensorShape = List.copyOf(tensorShape);
    if (size(shape) != tensors.size() * size(tensorShape)) {
      throw new IllegalArgumentException(
          "variable %s of shape %s cannot hold %d tensors of shape %s"
              .formatted(name, shape, tensors.size(), tensorShape));
    }
  }

  public long size() {
    return size(shape);
  }

  /** The values of each of its tensors. */
  int tensorSize() {
    return Math.toIntExact(size(tensorShape));
  }

  public static long size(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
