package org.csmoe.compiler.internal;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a graph is run for.
 *
 * @param inputs the shape of each placeholder that the outputs need
 * @param outputs names of variables to compute
 * @param packed those of {@link GraphCompiler#packable} whose arrays are {@link Packing packed}
 */
public record Signature(Map<String, List<Long>> inputs, List<String> outputs, Set<String> packed) {
  public Signature {
    inputs = Map.copyOf(inputs);
    outputs = List.copyOf(outputs);
    packed = Set.copyOf(packed);
  }

  public Signature(Map<String, List<Long>> inputs, List<String> outputs) {
    this(inputs, outputs, Set.of());
  }

  /** The same with packed arrays. */
  public Signature withPacked(Set<String> names) {
    return new Signature(inputs, outputs, names);
  }

  /** The shape of an input. */
  public long[] shape(String input) {
    return inputs.getOrDefault(input, List.of()).stream().mapToLong(Long::longValue).toArray();
  }
}
