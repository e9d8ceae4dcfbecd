package org.csmoe.evaluation;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Scores in descending order, for average precision: the sum over distinct scores of (R_n -
 * R_{n-1}) P_n, where precision and recall are of all that score as high or higher. Immutable.
 */
final class Ranking {
  /** Of each score, in order, the sample times two, unsigned, plus one when the label is set. */
  private final int[] order;

  private final boolean[] lastOfTie;

  /**
   * Sorts scores, which must not be NaN. Needs 21 bytes per score with those of the sort, of which
   * five stay.
   *
   * @param positive whether the label of a score's index is set
   * @param sample the sample of a score's index
   */
  Ranking(float[] scores, IntPredicate positive, IntUnaryOperator sample) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < scores.length; i++) {
      keys[i] = descending(scores[i]) << 32 | i;
    }
    Arrays.parallelSort(keys);
    order = new int[keys.length];
    lastOfTie = new boolean[keys.length];
    for (int i = 0; i < keys.length; i++) {
      int index = (int) keys[i];
      order[i] = sample.applyAsInt(index) << 1 | (positive.test(index) ? 1 : 0);
      lastOfTie[i] = i + 1 == keys.length || keys[i] >> 32 != keys[i + 1] >> 32;
    }
  }

  /** A number whose order is the reverse of the score's. */
  private static long descending(float score) {
    int bits = Float.floatToIntBits(score + 0f); // adding zero makes -0 equal to 0
    return ~(long) (bits ^ (bits >> 31 & Integer.MAX_VALUE));
  }

  /**
   * Average precision when each sample counts a number of times.
   *
   * @return 0 without positives, as in scikit-learn
   */
  double averagePrecision(int[] weights) {
    long truePositives = 0;
    long counted = 0;
    long before = 0;
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      int times = weights[order[i] >>> 1];
      counted += times;
      truePositives += (long) times * (order[i] & 1);
      if (lastOfTie[i] && truePositives > before) {
        sum += (double) (truePositives - before) * truePositives / counted;
        before = truePositives;
      }
    }
    return truePositives == 0 ? 0 : sum / truePositives;
  }
}
