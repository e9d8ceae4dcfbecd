package org.csmoe.data;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** What is to be predicted of a sample. Classes are indices into {@link Dataset#classes()}. */
public sealed interface Target {

  /**
   * No target: for pretraining and search.
   *
   * @return the target
   */
  static Target none() {
    return None.NONE;
  }

  /**
   * Classes of the whole sample.
   *
   * @param classes one for single-label data, any number for multi-label data
   * @return the target
   */
  static Target classes(int... classes) {
    TreeSet<Integer> set = new TreeSet<>();
    for (int index : classes) {
      set.add(index);
    }
    return new Classes(set);
  }

  /** No target. */
  enum None implements Target {
    /** The only one. */
    NONE
  }

  /**
   * Classes of the whole sample.
   *
   * @param indices ascending, none negative; may be empty for multi-label data
   */
  record Classes(Set<Integer> indices) implements Target {
    /** Copies and checks the indices. */
    public Classes {
      indices = Collections.unmodifiableSet(new TreeSet<>(indices));
      for (int index : indices) {
        if (index < 0) {
          throw new IllegalArgumentException("class must not be negative but was " + index);
        }
      }
    }
  }

  /** A class per pixel. Does not copy the array it is given; do not write to it. */
  final class Mask implements Target {
    /** The class of pixels that have none: they count neither in losses nor in metrics. */
    public static final int IGNORED = -1;

    private final int width;
    private final int height;
    private final int[] classes;

    private Mask(int width, int height, int[] classes) {
      this.width = width;
      this.height = height;
      this.classes = classes;
    }

    /**
     * Wraps an array as a mask.
     *
     * @param width pixels per row
     * @param height rows
     * @param classes row-major, {@link #IGNORED} where there is none
     * @return the mask
     * @throws IllegalArgumentException when sizes and length disagree
     */
    public static Mask of(int width, int height, int[] classes) {
      if (width < 1 || height < 1 || (long) width * height != classes.length) {
        throw new IllegalArgumentException(
            "classes must have width x height = %d x %d values but had %d"
                .formatted(width, height, classes.length));
      }
      return new Mask(width, height, classes);
    }

    /**
     * Pixels per row.
     *
     * @return the width
     */
    public int width() {
      return width;
    }

    /**
     * Rows.
     *
     * @return the height
     */
    public int height() {
      return height;
    }

    /**
     * The classes, not a copy.
     *
     * @return row-major, {@link #IGNORED} where there is none
     */
    public int[] classes() {
      return classes;
    }
  }
}
