package org.csmoe.probing;

/** How fitting ended. */
public enum Outcome {
  /** All epochs were run. */
  COMPLETED,
  /** The validation metric had not improved for as many epochs as the patience says. */
  STOPPED_EARLY,
  /** The gradient fell below its tolerance, or the objective no longer changes at all. */
  CONVERGED,
  /** The largest number of iterations was reached before that; more iterations may help. */
  ITERATION_LIMIT,
  /**
   * The line search found no lower value though the gradient was above its tolerance: the limit of
   * double precision, harmless when the gradient is small.
   */
  NO_DESCENT
}
