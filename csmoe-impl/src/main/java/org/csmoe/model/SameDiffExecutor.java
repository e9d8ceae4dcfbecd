package org.csmoe.model;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs graphs in SameDiff's own session. SameDiff is not safe for several threads and its products
 * use all cores anyway, so that one run at a time is both the simplest and the fastest.
 */
final class SameDiffExecutor implements GraphExecutor {
  private final Turns turns = new Turns();

  @Override
  public List<INDArray> run(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    return turns.take(
        () -> {
          Map<String, INDArray> results = graph.output(inputs, outputs);
          return outputs.stream().map(results::get).toList();
        });
  }

  @Override
  public String explain(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    return "SameDiff's session, op by op: %d operations in the graph%n"
        .formatted(graph.getOps().size());
  }

  @Override
  public void close() {}
}
