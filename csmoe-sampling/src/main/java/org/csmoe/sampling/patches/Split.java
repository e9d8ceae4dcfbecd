package org.csmoe.sampling.patches;

import java.util.Locale;

/** What a patch is for. */
public enum Split {
  /** To learn from. */
  TRAIN,
  /** To watch the learning with; never learnt from. */
  VALIDATION;

  /**
   * The name in files.
   *
   * @return {@code train} or {@code validation}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
