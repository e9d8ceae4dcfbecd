package org.csmoe.model.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs of executors on arrays. */
final class Runs {
  private Runs() {}

  static Signature signature(Map<String, INDArray> inputs, List<String> outputs) {
    return new Signature(
        inputs.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    input -> LongStream.of(input.getValue().shape()).boxed().toList())),
        outputs);
  }

  /** The outputs' values, in order. */
  static List<float[]> run(
      GraphExecutor executor, SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    List<float[]> results = new ArrayList<>();
    executor.run(
        graph,
        signature(inputs, outputs),
        writer(inputs),
        found -> outputs.forEach(name -> results.add(values(found, name))));
    return results;
  }

  static Consumer<Tensors> writer(Map<String, INDArray> inputs) {
    Map<String, float[]> values = new HashMap<>();
    inputs.forEach((name, array) -> values.put(name, array.dup('c').data().asFloat()));
    return tensors -> values.forEach((name, numbers) -> tensors.get(name).put(numbers));
  }

  private static float[] values(Tensors tensors, String name) {
    float[] values = new float[Objects.requireNonNull(tensors.get(name)).limit()];
    tensors.get(name).get(values);
    return values;
  }
}
