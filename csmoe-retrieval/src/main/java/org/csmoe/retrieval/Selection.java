package org.csmoe.retrieval;

import java.util.BitSet;

/**
 * The entries of an index that a search may find; {@link RetrievalIndex#select} makes one. Asking
 * for it once and searching often saves asking every entry again. Immutable.
 */
public final class Selection {
  private final RetrievalIndex index;
  private final BitSet rows;
  private final int size;

  /** Takes the rows over. */
  Selection(RetrievalIndex index, BitSet rows) {
    this.index = index;
    this.rows = rows;
    size = rows.cardinality();
  }

  /**
   * How many entries it has.
   *
   * @return 0 or more
   */
  public int size() {
    return size;
  }

  BitSet rowsOf(RetrievalIndex asking) {
    if (index != asking) {
      throw new IllegalArgumentException(
          "selection must be of %s but was of %s".formatted(asking, index));
    }
    return rows;
  }
}
