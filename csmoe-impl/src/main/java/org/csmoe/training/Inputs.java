package org.csmoe.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;

/**
 * The inputs of a step on the heap, so that another thread can fill them while a step runs. Used
 * again and again.
 */
final class Inputs {
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Signature signature;

  /**
   * @param shapes of the inputs
   * @param outputs what the step reports
   */
  Inputs(Map<String, List<Long>> shapes, List<String> outputs) {
    this.signature = new Signature(shapes, outputs);
    shapes.forEach(
        (name, shape) ->
            values.put(
                name, new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))]));
  }

  Signature signature() {
    return signature;
  }

  float[] get(String name) {
    float[] array = values.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "input must be one of %s but was %s".formatted(values.keySet(), name));
    }
    return array;
  }

  /** Copies everything to where a run reads it. */
  void write(Tensors tensors) {
    values.forEach((name, array) -> tensors.get(name).put(array));
  }
}
