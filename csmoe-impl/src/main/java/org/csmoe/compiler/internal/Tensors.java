package org.csmoe.compiler.internal;

import java.nio.FloatBuffer;

/** Inputs or outputs of a run, in native memory that is valid during the call that gets them. */
@FunctionalInterface
public interface Tensors {
  /**
   * The values of a tensor.
   *
   * @param name of an input or output of the run's signature
   * @return all values in row-major order, from position 0
   */
  FloatBuffer get(String name);
}
