package org.csmoe;

import java.io.Serial;

/** A weight file is malformed, unsafe, or does not fit the model. */
public class WeightFormatException extends CsMoeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what, where, found, expected
   */
  public WeightFormatException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what, where, found, expected
   * @param cause what led to it
   */
  public WeightFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
