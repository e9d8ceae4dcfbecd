package org.csmoe.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Samples by index, read when they are asked for. {@link #get} must be safe for several threads at
 * once and give the same sample each time; what is random is left to training. Whoever opens a
 * dataset closes it, after everything made from it.
 *
 * <pre>{@code
 * Dataset pairs = Dataset.of(List.of("water", "land"), List.of(first, second));
 * }</pre>
 */
public interface Dataset extends Iterable<Sample>, AutoCloseable {

  /**
   * The classes that targets name.
   *
   * @return names by index; empty when there are none
   */
  List<String> classes();

  /**
   * How many samples there are.
   *
   * @return the number
   */
  int size();

  /**
   * Reads a sample.
   *
   * @param index from 0
   * @return the sample
   * @throws IndexOutOfBoundsException when there is no such sample
   * @throws org.csmoe.CsMoeException when it cannot be read
   */
  Sample get(int index);

  /** Reads all samples in order. */
  @Override
  default Iterator<Sample> iterator() {
    return IntStream.range(0, size()).mapToObj(this::get).iterator();
  }

  /** Frees what the dataset holds; does nothing by default. */
  @Override
  default void close() {}

  /**
   * Some of the samples, in an order. The result reads from this dataset and does not close it.
   *
   * @param indices of the samples
   * @return a view
   * @throws IndexOutOfBoundsException when there is no such sample
   */
  default Dataset subset(int... indices) {
    int[] copy = indices.clone();
    for (int index : copy) {
      Objects.checkIndex(index, size());
    }
    return of(classes(), copy.length, i -> get(copy[Objects.checkIndex(i, copy.length)]));
  }

  /**
   * Samples from a function.
   *
   * @param classes names by index; empty when there are none
   * @param size how many samples there are
   * @param read gives the sample of an index; called by several threads at once
   * @return the dataset
   */
  static Dataset of(List<String> classes, int size, IntFunction<Sample> read) {
    List<String> names = List.copyOf(classes);
    return new Dataset() {
      @Override
      public List<String> classes() {
        return names;
      }

      @Override
      public int size() {
        return size;
      }

      @Override
      public Sample get(int index) {
        return read.apply(Objects.checkIndex(index, size));
      }
    };
  }

  /**
   * Samples in memory.
   *
   * @param classes names by index; empty when there are none
   * @param samples the samples, of any collection or source; gone through once
   * @return the dataset
   */
  static Dataset of(List<String> classes, Iterable<Sample> samples) {
    List<Sample> copy = new ArrayList<>();
    samples.forEach(sample -> copy.add(Objects.requireNonNull(sample, "sample")));
    return of(classes, copy.size(), copy::get);
  }
}
