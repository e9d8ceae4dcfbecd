package org.csmoe.retrieval;

import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * How like a vector rows are, for walks through a graph: (1 + cosine) / 2. For one thread. Rounds
 * otherwise than {@link DotProducts}, since it may take eight sums at a time.
 */
final class RowScorer implements RandomVectorScorer {
  private final VectorRows rows;
  private final float[] query;
  private final float[] row;
  private final int size;

  private RowScorer(VectorRows rows, float[] query, int size) {
    this.rows = rows;
    this.query = query;
    this.size = size;
    row = new float[query.length];
  }

  static RowScorer of(VectorRows rows, float[] query, int size) {
    return new RowScorer(rows, query, size);
  }

  /** Scorers of the first rows with each other. */
  static RandomVectorScorerSupplier amongRows(VectorRows rows, int size) {
    return new RandomVectorScorerSupplier() {
      @Override
      public RandomVectorScorer scorer(int row) {
        float[] query = new float[rows.dimension()];
        rows.copy(row, 1, query, 0);
        return of(rows, query, size);
      }

      @Override
      public RandomVectorScorerSupplier copy() {
        return this;
      }
    };
  }

  @Override
  public float score(int node) {
    rows.copy(node, 1, row, 0);
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int d = 0;
    for (; d + 7 < row.length; d += 8) {
      s0 += query[d] * row[d];
      s1 += query[d + 1] * row[d + 1];
      s2 += query[d + 2] * row[d + 2];
      s3 += query[d + 3] * row[d + 3];
      s4 += query[d + 4] * row[d + 4];
      s5 += query[d + 5] * row[d + 5];
      s6 += query[d + 6] * row[d + 6];
      s7 += query[d + 7] * row[d + 7];
    }
    for (; d < row.length; d++) {
      s0 += query[d] * row[d];
    }
    return (1 + ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))) / 2;
  }

  @Override
  public int maxOrd() {
    return size;
  }
}
