package org.csmoe.compiler.internal;

import java.util.List;
import java.util.Map;

/**
 * What a graph is run for.
 *
 * @param inputs the shape of each placeholder that the outputs need
 * @param outputs names of variables to compute
 */
public record Signature(Map<String, List<Long>> inputs, List<String> outputs) {
  public Signature {
    inputs = Map.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The shape of an input. */
  public long[] shape(String input) {
    return inputs.getOrDefault(input, List.of()).stream().mapToLong(Long::longValue).toArray();
  }
}
