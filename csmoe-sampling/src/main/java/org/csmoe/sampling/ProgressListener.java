package org.csmoe.sampling;

/** Learns how far long work has come. Called on the thread that does the work; return quickly. */
@FunctionalInterface
public interface ProgressListener {
  /** Ignores progress. */
  ProgressListener NONE = (stage, done, total) -> {};

  /**
   * Work has advanced.
   *
   * @param stage what is being done, such as {@code descriptors}
   * @param done steps done so far in this stage
   * @param total steps in this stage, or -1 when unknown
   */
  void advanced(String stage, long done, long total);
}
