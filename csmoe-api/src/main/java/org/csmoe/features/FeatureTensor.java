package org.csmoe.features;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Numbers with a shape, row-major. Immutable by contract: do not write to {@link #data()}. Safe to
 * share between threads.
 */
public final class FeatureTensor {
  private final int[] shape;
  private final float[] data;

  private FeatureTensor(int[] shape, float[] data) {
    this.shape = shape;
    this.data = data;
  }

  /**
   * Wraps an array.
   *
   * @param data the numbers, row-major, not copied
   * @param shape sizes whose product is the array's length
   * @return the tensor
   * @throws IllegalArgumentException when lengths disagree
   */
  public static FeatureTensor of(float[] data, int... shape) {
    long length = 1;
    for (int size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "shape must not be negative but was " + Arrays.toString(shape));
      }
      length = Math.multiplyExact(length, size);
    }
    if (length != data.length) {
      throw new IllegalArgumentException(
          "data must have %d values for shape %s but had %d"
              .formatted(length, Arrays.toString(shape), data.length));
    }
    return new FeatureTensor(shape.clone(), data);
  }

  /**
   * The sizes.
   *
   * @return one size per dimension
   */
  public List<Integer> shape() {
    return Arrays.stream(shape).boxed().toList();
  }

  /**
   * The size of one dimension.
   *
   * @param dimension from 0
   * @return its size
   */
  public int size(int dimension) {
    return shape[dimension];
  }

  /**
   * The numbers, not a copy.
   *
   * @return row-major values
   */
  public float[] data() {
    return data;
  }

  /**
   * One number.
   *
   * @param index one index per dimension
   * @return the value
   */
  public float get(int... index) {
    if (index.length != shape.length) {
      throw new IllegalArgumentException(
          "index must have %d dimensions but had %d".formatted(shape.length, index.length));
    }
    int offset = 0;
    for (int d = 0; d < index.length; d++) {
      offset = offset * shape[d] + Objects.checkIndex(index[d], shape[d]);
    }
    return data[offset];
  }

  /**
   * A copy of one element of the first dimension, such as one image's features.
   *
   * @param index which element
   * @return a tensor of one dimension less
   */
  public FeatureTensor row(int index) {
    Objects.checkIndex(index, shape[0]);
    int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
    int length = shape[0] == 0 ? 0 : data.length / shape[0];
    return new FeatureTensor(rest, Arrays.copyOfRange(data, index * length, (index + 1) * length));
  }

  @Override
  public String toString() {
    return "FeatureTensor" + Arrays.toString(shape);
  }
}
