package org.csmoe;

import java.io.Serial;

/** A raster file is malformed, or uses a feature that is not supported. */
public class RasterFormatException extends CsMoeException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what, where, found, expected
   */
  public RasterFormatException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what, where, found, expected
   * @param cause what led to it
   */
  public RasterFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
