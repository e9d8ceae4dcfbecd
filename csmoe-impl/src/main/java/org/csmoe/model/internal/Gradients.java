package org.csmoe.model.internal;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients that are wanted of one value, and where they go. Two of them are the same only if
 * they are one object, since arrays are.
 */
public final class Gradients {
  private final String loss;
  private final Map<String, INDArray> arrays;

  /**
   * @param loss what is differentiated; if it is not one number, the sum of its elements is
   * @param arrays for each variable an array of its shape, row by row, that is overwritten
   */
  public Gradients(String loss, Map<String, INDArray> arrays) {
    this.loss = loss;
    this.arrays = Map.copyOf(arrays);
  }

  public String loss() {
    return loss;
  }

  public Map<String, INDArray> arrays() {
    return arrays;
  }
}
