package org.csmoe.probing;

import org.csmoe.evaluation.ClassificationResult;
import org.csmoe.evaluation.MultiLabelResult;

/** How many classes a sample has. */
public enum Labelling {
  /** Exactly one; evaluated by {@link ClassificationResult}. */
  SINGLE,
  /** Any number; evaluated by {@link MultiLabelResult}. */
  MULTI
}
