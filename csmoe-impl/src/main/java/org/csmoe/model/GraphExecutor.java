package org.csmoe.model;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The seam between the network and what runs it: given a graph, inputs and names of outputs, an
 * executor computes the outputs. Safe for use by several threads.
 */
interface GraphExecutor extends AutoCloseable {

  /**
   * Runs a graph.
   *
   * @param graph the graph, with its variables bound
   * @param inputs an array per placeholder that the outputs need; not changed
   * @param outputs names of variables to compute
   * @return one array per output, in order; the caller closes them
   */
  List<INDArray> run(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs);

  /**
   * How a graph runs, as text.
   *
   * @param graph the graph, with its variables bound
   * @param inputs an array per placeholder that the outputs need
   * @param outputs names of variables to compute
   * @return what is known of it, with times of the runs so far where they are kept
   */
  String explain(SameDiff graph, Map<String, INDArray> inputs, List<String> outputs);

  @Override
  void close();
}
