package org.csmoe.weights;

import java.util.Arrays;
import java.util.List;

/**
 * What a checkpoint says about one tensor.
 *
 * @param name the name in the file
 * @param dtype the stored element type
 * @param shape the lengths of the axes, outermost first; empty for a scalar
 */
public record TensorInfo(String name, DType dtype, List<Long> shape) {
  /** The most axes that a file's tensor may have: PyTorch's own limit. */
  static final int MAX_RANK = 64;

  /**
   * Copies the shape.
   *
   * @throws IllegalArgumentException when a length is negative or the tensor's size in bytes
   *     exceeds 2^63 - 1
   */
  public TensorInfo {
    shape = List.copyOf(shape);
    long size = dtype.bytes();
    for (long length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException("shape must not be negative but was " + shape);
      }
      try {
        size = Math.multiplyExact(size, length);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "shape must stay below 2^63 bytes of " + dtype + " but was " + shape, e);
      }
    }
  }

  /**
   * Describes a float32 tensor.
   *
   * @param name the name in the file
   * @param shape the lengths of the axes, outermost first
   * @return the description
   */
  public static TensorInfo f32(String name, long... shape) {
    return new TensorInfo(name, DType.F32, Arrays.stream(shape).boxed().toList());
  }

  /**
   * The number of elements.
   *
   * @return the product of the shape; 1 for a scalar
   */
  public long elementCount() {
    return byteCount() / dtype.bytes();
  }

  /**
   * The stored size, were the elements contiguous.
   *
   * @return bytes
   */
  public long byteCount() {
    long size = dtype.bytes();
    for (long length : shape) {
      size *= length;
    }
    return size;
  }
}
