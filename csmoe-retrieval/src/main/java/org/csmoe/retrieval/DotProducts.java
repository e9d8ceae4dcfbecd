package org.csmoe.retrieval;

/**
 * Dot products of many rows at once. Each sum runs over the dimensions in ascending order, one
 * product after the other, whichever method computes it: a score does not depend on how many
 * queries or rows were computed together, to the last bit.
 *
 * <p>The compiler turns {@link #four} and {@link #fourOfTwo} into vector instructions, since every
 * array is read and written at the loop's own index; sums across an array it would not, and not
 * {@code Math.fma} either, in Java 17.
 */
final class DotProducts {
  /** Rows that {@link #rows} takes at once. */
  static final int ROWS = 8;

  /** Dimensions that the loops over columns take at once. */
  static final int DIMENSIONS = 4;

  private DotProducts() {}

  /**
   * Eight rows with one query: eight chains of sums, so that the processor waits for none.
   *
   * @param rows {@code [8, dimension]}
   * @param target receives eight scores
   */
  static void rows(float[] query, float[] rows, int dimension, float[] target, int offset) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int r2 = 2 * dimension;
    int r3 = 3 * dimension;
    int r4 = 4 * dimension;
    int r5 = 5 * dimension;
    int r6 = 6 * dimension;
    int r7 = 7 * dimension;
    for (int d = 0; d < dimension; d++) {
      float q = query[d];
      s0 += q * rows[d];
      s1 += q * rows[dimension + d];
      s2 += q * rows[r2 + d];
      s3 += q * rows[r3 + d];
      s4 += q * rows[r4 + d];
      s5 += q * rows[r5 + d];
      s6 += q * rows[r6 + d];
      s7 += q * rows[r7 + d];
    }
    target[offset] = s0;
    target[offset + 1] = s1;
    target[offset + 2] = s2;
    target[offset + 3] = s3;
    target[offset + 4] = s4;
    target[offset + 5] = s5;
    target[offset + 6] = s6;
    target[offset + 7] = s7;
  }

  /** One row with one query. */
  static float row(float[] query, float[] row, int dimension) {
    float sum = 0;
    for (int d = 0; d < dimension; d++) {
      sum += query[d] * row[d];
    }
    return sum;
  }

  /** Eight rows become eight places of each column. */
  static void transpose(float[] rows, int dimension, float[][] columns, int offset) {
    for (int d = 0; d < dimension; d++) {
      float[] column = columns[d];
      column[offset] = rows[d];
      column[offset + 1] = rows[dimension + d];
      column[offset + 2] = rows[2 * dimension + d];
      column[offset + 3] = rows[3 * dimension + d];
      column[offset + 4] = rows[4 * dimension + d];
      column[offset + 5] = rows[5 * dimension + d];
      column[offset + 6] = rows[6 * dimension + d];
      column[offset + 7] = rows[7 * dimension + d];
    }
  }

  /** Adds four dimensions, from d, of two queries to their scores of all rows of a tile. */
  static void fourOfTwo(
      float[] first, float[] second, float[][] columns, int d, float[] a, float[] b, int rows) {
    addFourOfTwo(
        columns[d],
        columns[d + 1],
        columns[d + 2],
        columns[d + 3],
        first[d],
        first[d + 1],
        first[d + 2],
        first[d + 3],
        second[d],
        second[d + 1],
        second[d + 2],
        second[d + 3],
        a,
        b,
        rows);
  }

  private static void addFourOfTwo(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] c3,
      float p0,
      float p1,
      float p2,
      float p3,
      float q0,
      float q1,
      float q2,
      float q3,
      float[] a,
      float[] b,
      int rows) {
    for (int r = 0; r < rows; r++) {
      float x0 = c0[r];
      float x1 = c1[r];
      float x2 = c2[r];
      float x3 = c3[r];
      a[r] = a[r] + p0 * x0 + p1 * x1 + p2 * x2 + p3 * x3;
      b[r] = b[r] + q0 * x0 + q1 * x1 + q2 * x2 + q3 * x3;
    }
  }

  /** Adds four dimensions, from d, of one query to its scores of all rows of a tile. */
  static void four(float[] query, float[][] columns, int d, float[] a, int rows) {
    addFour(
        columns[d],
        columns[d + 1],
        columns[d + 2],
        columns[d + 3],
        query[d],
        query[d + 1],
        query[d + 2],
        query[d + 3],
        a,
        rows);
  }

  private static void addFour(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] c3,
      float q0,
      float q1,
      float q2,
      float q3,
      float[] a,
      int rows) {
    for (int r = 0; r < rows; r++) {
      a[r] = a[r] + q0 * c0[r] + q1 * c1[r] + q2 * c2[r] + q3 * c3[r];
    }
  }
}
