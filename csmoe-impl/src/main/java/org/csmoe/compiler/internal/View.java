package org.csmoe.compiler.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A tensor as a window on a storage: shape and strides in elements. Reshapes, permutations and
 * slices make views; nothing moves.
 *
 * @param storage where the elements are
 * @param offset of the first element
 * @param shape size of each dimension
 * @param strides elements from one to the next in each dimension
 */
@SuppressWarnings("ArrayRecordComponent")
record View(Storage storage, long offset, long[] shape, long[] strides) {

  static View contiguous(Storage storage, long... shape) {
    return new View(storage, 0, shape, rowMajor(shape));
  }

  static View inArena(long... shape) {
    return inArena(Element.F32, shape);
  }

  static View inArena(Element element, long... shape) {
    return contiguous(Storage.inArena(element, product(shape)), shape);
  }

  Element element() {
    return storage.element();
  }

  static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  int rank() {
    return shape.length;
  }

  long length() {
    return product(shape);
  }

  long size(int fromEnd) {
    return shape[shape.length - fromEnd];
  }

  long stride(int fromEnd) {
    return strides[strides.length - fromEnd];
  }

  boolean isContiguous() {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }

  /** Whether it is all of a stretch of memory, in whatever order. */
  boolean isDense() {
    long last = 0;
    for (int i = 0; i < shape.length; i++) {
      last += (shape[i] - 1) * strides[i];
    }
    return last + 1 == length();
  }

  /** A dimension that may be counted from the end, as a negative number. */
  int dimension(int number) {
    return number < 0 ? number + rank() : number;
  }

  /** The order that undoes another one. */
  static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  View permuted(int... order) {
    long[] newShape = new long[order.length];
    long[] newStrides = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      newShape[i] = shape[order[i]];
      newStrides[i] = strides[order[i]];
    }
    return new View(storage, offset, newShape, newStrides);
  }

  /** The same elements with dimensions of size 1 in front. */
  View withRank(int rank) {
    int more = rank - rank();
    if (more == 0) {
      return this;
    }
    long[] newShape = new long[rank];
    long[] newStrides = new long[rank];
    Arrays.fill(newShape, 0, more, 1);
    Arrays.fill(newStrides, 0, more, length());
    System.arraycopy(shape, 0, newShape, more, rank());
    System.arraycopy(strides, 0, newStrides, more, rank());
    return new View(storage, offset, newShape, newStrides);
  }

  /** The last two dimensions exchanged. */
  View transposed() {
    int[] order = new int[rank()];
    Arrays.setAll(order, i -> i);
    order[rank() - 1] = rank() - 2;
    order[rank() - 2] = rank() - 1;
    return permuted(order);
  }

  /** One index of the first dimension. */
  View at(long index) {
    return new View(
        storage,
        offset + index * strides[0],
        Arrays.copyOfRange(shape, 1, rank()),
        Arrays.copyOfRange(strides, 1, rank()));
  }

  /** The same window on another storage. */
  View on(View other) {
    return new View(other.storage, other.offset + offset, shape, strides);
  }

  /** Part of one dimension. */
  View sliced(int dimension, long begin, long size, long step) {
    long[] newShape = shape.clone();
    long[] newStrides = strides.clone();
    newShape[dimension] = size;
    newStrides[dimension] *= step;
    return new View(storage, offset + begin * strides[dimension], newShape, newStrides);
  }

  /** Some of the dimensions; the others must have size 1. */
  View withDimensions(List<Integer> kept) {
    return new View(
        storage,
        offset,
        kept.stream().mapToLong(i -> shape[i]).toArray(),
        kept.stream().mapToLong(i -> strides[i]).toArray());
  }

  /** Another shape of the same elements in the same order, when no copy is needed for it. */
  Optional<View> reshaped(long... target) {
    if (isContiguous()) {
      return Optional.of(new View(storage, offset, target, rowMajor(target)));
    }
    long[] newStrides = new long[target.length];
    int from = 0;
    int to = 0;
    while (from < rank() && to < target.length) {
      int fromBegin = from;
      int toBegin = to;
      long left = shape[from++];
      long right = target[to++];
      while (left != right) {
        if (left < right) {
          left *= shape[from++];
        } else {
          right *= target[to++];
        }
      }
      for (int i = fromBegin; i + 1 < from; i++) {
        if (strides[i] != strides[i + 1] * shape[i + 1]) {
          return Optional.empty();
        }
      }
      long stride = strides[from - 1];
      for (int i = to - 1; i >= toBegin; i--) {
        newStrides[i] = stride;
        stride *= target[i];
      }
    }
    return product(target) == length() && from >= rank() && trailingOnes(target, to)
        ? Optional.of(new View(storage, offset, target, newStrides))
        : Optional.empty();
  }

  private static boolean trailingOnes(long[] target, int from) {
    return Arrays.stream(target, from, target.length).allMatch(size -> size == 1);
  }

  @Override
  public String toString() {
    return Arrays.toString(shape)
        + (element() == Element.F32 ? "" : " " + element().name().toLowerCase(Locale.ROOT))
        + (isContiguous() || element() == Element.PACKED
            ? ""
            : " strides " + Arrays.toString(strides));
  }
}
