package org.csmoe.training;

/** Which images of a batch the mutual information loss tells a pair from. */
public enum MutualInformation {
  /**
   * All others of both sensors, the pair itself in the denominator, as CSMAE's code has it: NT-Xent
   * over twice the batch.
   */
  NT_XENT,
  /** Those of the other sensor, without the pair itself, as paper equation 10 is printed. */
  OTHER_SENSOR
}
