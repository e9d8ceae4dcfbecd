package org.csmoe.sampling.statistics;

import org.csmoe.CsMoeException;
import org.csmoe.sampling.selection.Members;

/**
 * The closest two points of a set by divide and conquer: halve along the widest axis, solve both
 * halves, then compare points of both sides that lie nearer to the plane between them than the
 * closest pair so far, in the order of a second axis. Straight lines through space know no
 * antimeridian and no pole. O(n log n) for points spread over the sphere.
 */
final class ClosestPair {
  private static final int LEAF = 12;

  private final GroupedTiles tiles;
  private final int[] order;
  private final int[] strip;
  private double best = Double.POSITIVE_INFINITY;
  private int first = -1;
  private int second = -1;

  private ClosestPair(GroupedTiles tiles) {
    this.tiles = tiles;
    order = new int[tiles.size()];
    strip = new int[tiles.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }

  /** The closest pair of at least two tiles. */
  static NearestPair of(GroupedTiles tiles) {
    ClosestPair search = new ClosestPair(tiles);
    search.solve(0, search.order.length);
    int a = tiles.indexes[search.first];
    int b = tiles.indexes[search.second];
    double km = Members.EARTH_RADIUS_KM * GreatCircle.angle(search.best);
    return new NearestPair(Math.min(a, b), Math.max(a, b), km);
  }

  private void solve(int from, int to) {
    if (best == 0) {
      return;
    }
    if (to - from <= LEAF) {
      for (int i = from; i < to; i++) {
        for (int j = i + 1; j < to; j++) {
          compare(order[i], order[j]);
        }
      }
      return;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException("the search for the closest tiles was interrupted");
    }
    double[][] axes = byExtent(from, to);
    double[] axis = axes[0];
    int middle = (from + to) >>> 1;
    select(axis, from, to, middle);
    double plane = axis[order[middle]];
    solve(from, middle);
    solve(middle, to);
    across(from, to, axis, axes[1], plane);
  }

  /** Compares points near the plane; each has only few others within the best distance. */
  private void across(int from, int to, double[] axis, double[] along, double plane) {
    int count = 0;
    for (int i = from; i < to; i++) {
      double away = axis[order[i]] - plane;
      if (away * away < best) {
        strip[count++] = order[i];
      }
    }
    sort(along, strip, 0, count);
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++) {
        double apart = along[strip[j]] - along[strip[i]];
        if (apart * apart >= best) {
          break;
        }
        compare(strip[i], strip[j]);
      }
    }
  }

  private void compare(int a, int b) {
    double chord = tiles.squaredChord(a, b);
    if (chord < best) {
      best = chord;
      first = a;
      second = b;
    }
  }

  /** The coordinates along the axis of widest extent, and those along the second widest. */
  private double[][] byExtent(int from, int to) {
    double[][] axes = {tiles.x, tiles.y, tiles.z};
    double[] extents = new double[3];
    for (int a = 0; a < 3; a++) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        double value = axes[a][order[i]];
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      extents[a] = max - min;
    }
    int widest = 0;
    int least = 2;
    for (int a = 0; a < 3; a++) {
      widest = extents[a] > extents[widest] ? a : widest;
      least = extents[a] < extents[least] ? a : least;
    }
    // All extents equal: any two different axes will do.
    int next = widest == least ? (widest + 1) % 3 : 3 - widest - least;
    return new double[][] {axes[widest], axes[next]};
  }

  /** Moves the points around so that none before {@code nth} is beyond any after it. */
  private void select(double[] key, int from, int to, int nth) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      long sides = partition(key, order, low, high);
      int left = (int) sides;
      int right = (int) (sides >>> 32);
      if (nth <= left) {
        high = left;
      } else if (nth >= right) {
        low = right;
      } else {
        return;
      }
    }
  }

  private static void sort(double[] key, int[] points, int from, int to) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      long sides = partition(key, points, low, high);
      int left = (int) sides;
      int right = (int) (sides >>> 32);
      // The smaller side by recursion: the stack stays logarithmic.
      if (left - low < high - right) {
        sort(key, points, low, left + 1);
        low = right;
      } else {
        sort(key, points, right, high + 1);
        high = left;
      }
    }
  }

  /**
   * Hoare's partition around a median of three: the last place of the lower side in the lower half
   * of the result, the first of the upper side in the upper half; between them all are equal.
   */
  private static long partition(double[] key, int[] points, int low, int high) {
    double pivot = median(key[points[low]], key[points[(low + high) >>> 1]], key[points[high]]);
    int i = low;
    int j = high;
    while (i <= j) {
      while (key[points[i]] < pivot) {
        i++;
      }
      while (key[points[j]] > pivot) {
        j--;
      }
      if (i <= j) {
        int swapped = points[i];
        points[i++] = points[j];
        points[j--] = swapped;
      }
    }
    return (long) i << 32 | (j & 0xffffffffL);
  }

  private static double median(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
