package org.csmoe.sampling.selection;

/** What two subsets share and what only one of them has; used again for every candidate. */
final class Difference {
  private int[] common = new int[0];
  private int[] left = new int[0];
  private int[] joined = new int[0];
  private int commonCount;
  private int leftCount;
  private int joinedCount;

  /** Compares two subsets by one walk along both. */
  void of(Subset before, Subset after) {
    reserve(Math.max(before.size(), after.size()));
    commonCount = 0;
    leftCount = 0;
    joinedCount = 0;
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      int old = i < before.size() ? before.array()[i] : Integer.MAX_VALUE;
      int now = j < after.size() ? after.array()[j] : Integer.MAX_VALUE;
      if (old == now) {
        common[commonCount++] = old;
        i++;
        j++;
      } else if (old < now) {
        left[leftCount++] = old;
        i++;
      } else {
        joined[joinedCount++] = now;
        j++;
      }
    }
  }

  /** How many distances {@link #applyTo} computes. */
  long pairs() {
    return pairs(leftCount) + pairs(joinedCount);
  }

  private long pairs(long count) {
    return count * commonCount + count * (count - 1) / 2;
  }

  /** Brings the score of the one subset to that of the other. */
  void applyTo(Score score, Members members, Chords chords) {
    chords.place(members, common, commonCount);
    for (int i = 0; i < leftCount; i++) {
      score.count(chords.from(members, left[i], commonCount), commonCount, -1);
    }
    for (int i = 0; i < joinedCount; i++) {
      score.count(chords.from(members, joined[i], commonCount), commonCount, 1);
    }
    Candidate.countAll(score, members, left, leftCount, -1, chords);
    Candidate.countAll(score, members, joined, joinedCount, 1, chords);
  }

  private void reserve(int capacity) {
    if (capacity > common.length) {
      common = new int[2 * capacity];
      left = new int[2 * capacity];
      joined = new int[2 * capacity];
    }
  }
}
