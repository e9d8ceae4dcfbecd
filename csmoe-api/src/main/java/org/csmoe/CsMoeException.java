package org.csmoe;

import java.io.Serial;

/**
 * Something that CSMoE was asked to do cannot be done. The message says what, where, what was
 * found, what was expected, and what to do next.
 */
public class CsMoeException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what, where, found, expected
   */
  public CsMoeException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what, where, found, expected
   * @param cause what led to it
   */
  public CsMoeException(String message, Throwable cause) {
    super(message, cause);
  }
}
