package org.csmoe.model;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.compiler.internal.Plan;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs graphs as compiled plans, one run at a time: kernels use all cores anyway. Plans are kept
 * for the input shapes and outputs that were used last.
 */
final class CompiledExecutor implements GraphExecutor {
  private static final int PLANS = 4;

  private final Turns turns = new Turns();
  private final IdentityHashMap<SameDiff, Map<Key, Plan>> plans = new IdentityHashMap<>();

  /** What a plan of a graph is for. */
  private record Key(Map<String, String> shapes, List<String> outputs) {}

  @Override
  public List<INDArray> run(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    return turns.take(() -> plan(graph, inputs, outputs).run(inputs));
  }

  @Override
  public String explain(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    return turns.take(() -> plan(graph, inputs, outputs).explain());
  }

  private Plan plan(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    Map<String, String> shapes = new TreeMap<>();
    inputs.forEach((name, array) -> shapes.put(name, Arrays.toString(array.shape())));
    Key key = new Key(shapes, List.copyOf(outputs));
    Map<Key, Plan> known =
        plans.computeIfAbsent(graph, any -> new LinkedHashMap<>(2 * PLANS, 0.75f, true));
    Plan plan = known.get(key);
    if (plan != null) {
      return plan;
    }
    // The one unused for longest goes before the new one takes memory.
    if (known.size() >= PLANS) {
      Iterator<Plan> oldest = known.values().iterator();
      oldest.next().close();
      oldest.remove();
    }
    Map<String, long[]> sizes =
        inputs.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().shape()));
    plan = GraphCompiler.compile(graph, sizes, outputs);
    known.put(key, plan);
    return plan;
  }

  @Override
  public void close() {
    turns.takeUninterruptibly(
        () -> {
          plans.values().forEach(known -> known.values().forEach(Plan::close));
          plans.clear();
        });
  }
}
