package org.csmoe.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.csmoe.CsMoeException;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs graphs in SameDiff's own session. SameDiff is not safe for several threads and its products
 * use all cores anyway, so that one run at a time is both the simplest and the fastest.
 */
final class SameDiffExecutor implements GraphExecutor {
  private final ReentrantLock lock = new ReentrantLock(true);

  @Override
  public List<INDArray> run(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CsMoeException("interrupted while waiting to run the network", e);
    }
    try {
      Map<String, INDArray> results = graph.output(inputs, outputs);
      return outputs.stream().map(results::get).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String explain(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs) {
    return "SameDiff's session, op by op: %d operations in the graph%n"
        .formatted(graph.getOps().size());
  }

  @Override
  public void close() {}
}
