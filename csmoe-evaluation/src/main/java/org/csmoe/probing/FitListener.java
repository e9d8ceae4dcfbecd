package org.csmoe.probing;

/** Learns how far fitting has come. Called on the thread that fits; return quickly. */
@FunctionalInterface
public interface FitListener {
  /** Ignores progress. */
  FitListener NONE = (done, atMost, loss) -> {};

  /**
   * An epoch or an iteration has ended.
   *
   * @param done epochs or iterations so far; with several penalties they begin again at each
   * @param atMost when fitting ends at the latest
   * @param loss mean of the epoch, or objective after the iteration
   */
  void advanced(int done, int atMost, double loss);
}
