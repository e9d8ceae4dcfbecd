package org.csmoe.sampling.patches;

import java.io.Serial;

/** A tile from which no patch can be cut. */
final class TileRejectedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String reason;
  private final String detail;

  /**
   * Creates an exception.
   *
   * @param reason the class of the fault, as it is counted
   * @param detail what was found and expected
   */
  TileRejectedException(String reason, String detail) {
    super(reason + ": " + detail);
    this.reason = reason;
    this.detail = detail;
  }

  TileRejectedException(String reason, Exception cause) {
    super(reason, cause);
    this.reason = reason;
    this.detail = String.valueOf(cause.getMessage());
  }

  String reason() {
    return reason;
  }

  String detail() {
    return detail;
  }
}
