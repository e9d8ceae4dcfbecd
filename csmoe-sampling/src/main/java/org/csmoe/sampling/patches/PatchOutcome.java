package org.csmoe.sampling.patches;

/** What became of one square of a tile. */
enum PatchOutcome {
  KEPT("kept"),
  BORDER("too small: left over at the border"),
  NO_DATA_S2("invalid Sentinel-2 pixels"),
  NO_DATA_S1("invalid Sentinel-1 pixels"),
  NO_DATA_BOTH("invalid pixels of both sensors");

  private final String reason;

  PatchOutcome(String reason) {
    this.reason = reason;
  }

  /** Why it was dropped, as it is counted. */
  String reason() {
    return reason;
  }
}
