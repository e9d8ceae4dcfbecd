package org.csmoe;

/** A hint which executor runs the network. */
public enum Backend {
  /** The fastest executor that this machine can run. */
  AUTO,
  /** ND4J's own SameDiff session. */
  SAMEDIFF,
  /** The graph compiled to kernels of oneDNN; x86-64 only. */
  ONEDNN
}
