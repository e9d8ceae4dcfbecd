package org.csmoe.probing;

/** How a {@link LinearProbe} is fitted. */
public sealed interface Solver permits AdamW, Lbfgs {}
