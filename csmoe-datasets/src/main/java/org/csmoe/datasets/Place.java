package org.csmoe.datasets;

import java.util.Optional;
import org.csmoe.data.Sample;

/** A whole sample before it is cut: what a layout's reader finds. Safe for several threads. */
interface Place {
  /** Unique in its data set. */
  String id();

  /** What the data set has it for, when it says so. */
  default Optional<DatasetSplit> split() {
    return Optional.empty();
  }

  /** Opens files, reads everything, closes them. */
  Sample read();
}
