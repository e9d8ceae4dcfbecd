package org.csmoe.probing;

import java.util.stream.Stream;
import org.csmoe.data.Target;
import org.csmoe.evaluation.ClassificationResult;
import org.csmoe.evaluation.MultiLabelResult;

/** How many classes a sample has. */
public enum Labelling {
  /** Exactly one; evaluated by {@link ClassificationResult}. */
  SINGLE,
  /** Any number; evaluated by {@link MultiLabelResult}. */
  MULTI;

  /**
   * The labelling of samples whose documentation does not tell it.
   *
   * @param targets of the samples; not all are looked at when one has not exactly one class
   * @return {@link #SINGLE} if each has exactly one class
   */
  public static Labelling of(Stream<Target> targets) {
    boolean single =
        targets.allMatch(
            target -> target instanceof Target.Classes classes && classes.indices().size() == 1);
    return single ? SINGLE : MULTI;
  }
}
