package org.csmoe.retrieval;

/**
 * The best so many of the rows offered: a heap with the worst kept row at its root. Of equal rows
 * the earlier is better. For one thread.
 */
final class TopHits {
  private final float[] scores;
  private final int[] rows;
  private int size;

  TopHits(int capacity) {
    scores = new float[capacity];
    rows = new int[capacity];
  }

  /** A row with a score below this is not worth an offer. */
  float threshold() {
    return size < scores.length || size == 0 ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /** Keeps the row when it is among the best; a score that is not a number never is. */
  void offer(float score, int row) {
    if (Float.isNaN(score)) {
      return;
    }
    if (size < scores.length) {
      up(size++, score, row);
    } else if (size > 0 && worse(scores[0], rows[0], score, row)) {
      down(score, row, size);
    }
  }

  void offerAll(TopHits other) {
    for (int i = 0; i < other.size; i++) {
      offer(other.scores[i], other.rows[i]);
    }
  }

  int size() {
    return size;
  }

  /** Row at a place, after {@link #sort}. */
  int row(int place) {
    return rows[place];
  }

  /** Score at a place, after {@link #sort}. */
  float score(int place) {
    return scores[place];
  }

  /** Best first; nothing can be offered afterwards. */
  void sort() {
    for (int end = size - 1; end > 0; end--) {
      float score = scores[end];
      int row = rows[end];
      scores[end] = scores[0];
      rows[end] = rows[0];
      down(score, row, end);
    }
  }

  private static boolean worse(float score, int row, float otherScore, int otherRow) {
    return score < otherScore || (score == otherScore && row > otherRow);
  }

  private void up(int place, float score, int row) {
    int at = place;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!worse(score, row, scores[parent], rows[parent])) {
        break;
      }
      scores[at] = scores[parent];
      rows[at] = rows[parent];
      at = parent;
    }
    scores[at] = score;
    rows[at] = row;
  }

  private void down(float score, int row, int end) {
    int at = 0;
    for (int child = 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end
          && worse(scores[child + 1], rows[child + 1], scores[child], rows[child])) {
        child++;
      }
      if (!worse(scores[child], rows[child], score, row)) {
        break;
      }
      scores[at] = scores[child];
      rows[at] = rows[child];
      at = child;
    }
    scores[at] = score;
    rows[at] = row;
  }
}
