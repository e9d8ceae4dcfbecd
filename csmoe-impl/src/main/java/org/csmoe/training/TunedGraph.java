package org.csmoe.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.csmoe.CsMoeConfig;
import org.csmoe.model.internal.EncoderGraph;
import org.csmoe.model.internal.Layers;
import org.csmoe.model.internal.Parameter;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;

/** An encoder of one sensor with a head on it, and a loss if there is one. */
final class TunedGraph {
  static final String SCORES = "scores";
  static final String LOSS = "loss/total";

  /** Input: in the shape of the scores, 1 for what is right. */
  static final String TARGETS = "targets";

  private final SameDiff graph;
  private final Layers layers;
  private final BatchNorms norms;
  private final List<Integer> shape;

  /**
   * @param config of one sensor
   * @param training whether batch norms use the batch
   */
  TunedGraph(CsMoeConfig config, Head head, Optional<Loss> loss, int classes, boolean training) {
    EncoderGraph encoder = new EncoderGraph(config);
    this.graph = encoder.graph();
    this.layers = encoder.layers();
    this.norms = new BatchNorms(training);
    Sensor sensor = config.bands().keySet().iterator().next();
    Operations operations = new Operations(layers, norms);
    Value scores = head.apply(operations, new Features(config, graph, sensor));
    this.shape = scores.shape();
    int rank = shape.size();
    if ((rank != 2 && rank != 4) || scores.size(0) != Value.BATCH || scores.size(-1) != classes) {
      throw new IllegalArgumentException(
          ("head must yield [batch, classes] or [batch, height, width, classes] with %d classes,"
                  + " as many as the samples have, but yielded %s")
              .formatted(classes, shape));
    }
    Value named = new Value(scores.variable().rename(SCORES), shape);
    loss.ifPresent(wanted -> put(wanted, operations, named));
  }

  private void put(Loss loss, Operations operations, Value scores) {
    long[] sizes = shape.stream().mapToLong(Integer::longValue).toArray();
    SDVariable targets = graph.placeHolder(TARGETS, DataType.FLOAT, sizes);
    Value result = loss.apply(operations, scores, new Value(targets, shape));
    if (!result.shape().isEmpty()) {
      throw new IllegalArgumentException(
          "loss must yield one number but yielded the shape " + result.shape());
    }
    result.variable().rename(LOSS);
  }

  SameDiff graph() {
    return graph;
  }

  /** The shape of the scores of a sample: classes, or height, width, classes. */
  List<Integer> scoreShape() {
    return shape.subList(1, shape.size());
  }

  List<Parameter> parameters() {
    return layers.parameters();
  }

  BatchNorms norms() {
    return norms;
  }

  /** Names of the variables that the loss depends on. */
  Set<String> needed() {
    Set<String> needed = new HashSet<>(Set.of(LOSS));
    Deque<String> left = new ArrayDeque<>(needed);
    while (!left.isEmpty()) {
      String name = left.pop();
      String producer =
          Objects.requireNonNull(graph.getVariables().get(name), name).getOutputOfOp();
      if (producer != null) {
        SameDiffOp operation = Objects.requireNonNull(graph.getOps().get(producer), producer);
        List<String> inputs = operation.getInputsToOp();
        if (inputs != null) {
          inputs.stream().filter(needed::add).forEach(left::push);
        }
      }
    }
    return needed;
  }
}
