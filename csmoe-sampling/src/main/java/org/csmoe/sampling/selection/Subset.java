package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A subset of {@code 0..n-1} that can be changed, kept as an ascending array, so that what is done
 * to it costs by its size and not by n: the bit mask b of the paper's Algorithm 2 without its
 * zeros.
 */
final class Subset {
  private int[] members;
  private int size;

  Subset(int capacity) {
    members = new int[capacity];
  }

  /** The array that holds the members; only the first {@link #size()} entries count. */
  int[] array() {
    return members;
  }

  int size() {
    return size;
  }

  int[] toArray() {
    return Arrays.copyOf(members, size);
  }

  /** Adds a member that is not in the subset yet. */
  void add(int member) {
    reserve(size + 1);
    insert(-Arrays.binarySearch(members, 0, size, member) - 1, member);
  }

  void copyFrom(Subset other) {
    reserve(other.size);
    System.arraycopy(other.members, 0, members, 0, other.size);
    size = other.size;
  }

  /** Adds members, each set of those outside being equally likely, until there are enough. */
  void augment(int target, int n, RandomGenerator random) {
    reserve(target);
    if (target > n / 2) {
      augmentBySelection(target, n, random);
    }
    while (size < target) {
      int member = random.nextInt(n);
      int place = Arrays.binarySearch(members, 0, size, member);
      if (place < 0) {
        insert(-place - 1, member);
      }
    }
  }

  /** Selection sampling over all that is outside, for when so little is that trying would fail. */
  private void augmentBySelection(int target, int n, RandomGenerator random) {
    int[] grown = new int[members.length];
    int wanted = target - size;
    int outside = n - size;
    int at = 0;
    int filled = 0;
    for (int member = 0; member < n; member++) {
      if (at < size && members[at] == member) {
        grown[filled++] = member;
        at++;
      } else if (random.nextInt(outside--) < wanted) {
        grown[filled++] = member;
        wanted--;
      }
    }
    members = grown;
    size = filled;
  }

  /** Removes members, each set of that size being equally likely to stay, until few are left. */
  void prune(int target, RandomGenerator random) {
    int kept = 0;
    for (int i = 0; kept < target && i < size; i++) {
      if (random.nextInt(size - i) < target - kept) {
        members[kept++] = members[i];
      }
    }
    size = Math.min(size, target);
  }

  /**
   * Flips each of the n bits with the same probability. The gaps between flips are drawn from the
   * geometric distribution, so that only flips cost.
   */
  void mutate(double rate, int n, RandomGenerator random) {
    if (rate == 0) {
      return;
    }
    double scale = 1 / StrictMath.log1p(-rate);
    for (double bit = gap(scale, random); bit < n; bit += 1 + gap(scale, random)) {
      int member = (int) bit;
      int place = Arrays.binarySearch(members, 0, size, member);
      if (place < 0) {
        reserve(size + 1);
        insert(-place - 1, member);
      } else {
        size--;
        System.arraycopy(members, place + 1, members, place, size - place);
      }
    }
  }

  private static double gap(double scale, RandomGenerator random) {
    return Math.floor(StrictMath.log(1 - random.nextDouble()) * scale);
  }

  /** Becomes the uniform crossover: what only one parent has comes with even odds. */
  void cross(Subset a, Subset b, RandomGenerator random) {
    reserve(a.size + b.size);
    size = 0;
    int i = 0;
    int j = 0;
    while (i < a.size || j < b.size) {
      int left = i < a.size ? a.members[i] : Integer.MAX_VALUE;
      int right = j < b.size ? b.members[j] : Integer.MAX_VALUE;
      int member = Math.min(left, right);
      if (left == right || random.nextBoolean()) {
        members[size++] = member;
      }
      i += left == member ? 1 : 0;
      j += right == member ? 1 : 0;
    }
  }

  private void insert(int place, int member) {
    System.arraycopy(members, place, members, place + 1, size - place);
    members[place] = member;
    size++;
  }

  private void reserve(int capacity) {
    if (capacity > members.length) {
      members = Arrays.copyOf(members, Math.max(capacity, members.length * 2));
    }
  }
}
