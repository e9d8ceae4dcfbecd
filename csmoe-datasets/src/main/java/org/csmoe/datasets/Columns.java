package org.csmoe.datasets;

/**
 * A part of an image from its left to its right.
 *
 * @param from share of the width where it begins
 * @param to share of the width where it ends
 */
record Columns(double from, double to) {
  static final Columns ALL = new Columns(0, 1);

  Columns {
    if (!(0 <= from && from < to && to <= 1)) {
      throw new IllegalArgumentException(
          "columns must be shares with 0 <= from < to <= 1 but were %s to %s".formatted(from, to));
    }
  }

  /** Whether pixels from {@code x} on, so many, lie wholly inside. */
  boolean contain(int x, int size, int width) {
    return x >= from * width && x + size <= to * width;
  }

  @Override
  public String toString() {
    return from + " to " + to;
  }
}
