package org.csmoe.probing;

import java.util.BitSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.csmoe.data.Target;

/** The targets of a matrix as numbers, for the rows that have one. Immutable. */
final class Labels {
  private final FeatureMatrix matrix;
  private final int[] rows;
  private final BitSet bits = new BitSet();
  private final int[] first;

  private Labels(FeatureMatrix matrix, int[] rows) {
    this.matrix = matrix;
    this.rows = rows;
    this.first = new int[matrix.size()];
    for (int row : rows) {
      set(row).forEach(label -> bits.set(row * matrix.classes().size() + label));
      first[row] = set(row).stream().findFirst().orElse(-1);
    }
  }

  static Labels of(FeatureMatrix matrix, Labelling labelling) {
    int[] rows =
        IntStream.range(0, matrix.size())
            .filter(i -> matrix.targets().get(i) instanceof Target.Classes)
            .toArray();
    Labels labels = new Labels(matrix, rows);
    if (rows.length == 0) {
      throw new IllegalArgumentException(
          "samples must have targets but none of %d has".formatted(matrix.size()));
    }
    for (int row : rows) {
      if (labelling == Labelling.SINGLE && labels.set(row).size() != 1) {
        throw new IllegalArgumentException(
            "sample %s must have exactly one class but had %s; multi-label data needs a multi-label probe"
                .formatted(matrix.ids().get(row), labels.set(row)));
      }
    }
    return labels;
  }

  /** Rows that have a target, ascending; not to be changed. */
  int[] rows() {
    return rows;
  }

  /** The classes of such a row. */
  Set<Integer> set(int row) {
    return ((Target.Classes) matrix.targets().get(row)).indices();
  }

  /** The class of such a row of single-label data. */
  int single(int row) {
    return first[row];
  }

  /** Whether a row has a class. */
  boolean has(int row, int label) {
    return bits.get(row * matrix.classes().size() + label);
  }

  /** How many rows have each class. */
  long[] support() {
    long[] support = new long[matrix.classes().size()];
    for (int row : rows) {
      set(row).forEach(label -> support[label]++);
    }
    return support;
  }
}
