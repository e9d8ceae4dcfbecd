package org.csmoe.datasets;

import java.util.Locale;
import java.util.Optional;

/** What a sample of a data set with fixed splits is for. */
public enum DatasetSplit {
  /** To fit weights. */
  TRAIN,
  /** To choose settings; queries of BigEarthNet's retrieval. */
  VALIDATION,
  /** To measure once; the archive of BigEarthNet's retrieval. */
  TEST;

  /**
   * Finds a split by the names in use.
   *
   * @param name {@code train}, {@code validation}, {@code valid}, {@code val} or {@code test}, in
   *     any case
   * @return the split, or empty when the name is no split's
   */
  public static Optional<DatasetSplit> find(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "train" -> Optional.of(TRAIN);
      case "validation", "valid", "val" -> Optional.of(VALIDATION);
      case "test" -> Optional.of(TEST);
      default -> Optional.empty();
    };
  }
}
