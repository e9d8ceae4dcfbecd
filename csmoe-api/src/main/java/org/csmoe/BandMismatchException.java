package org.csmoe;

import java.io.Serial;

/** The bands found are not the bands expected; the message lists both. */
public class BandMismatchException extends CsMoeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what, where, found, expected
   */
  public BandMismatchException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what, where, found, expected
   * @param cause what led to it
   */
  public BandMismatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
