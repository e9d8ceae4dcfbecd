package org.csmoe.model.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs graphs in SameDiff's own session. SameDiff is not safe for several threads, so that runs of
 * one executor take turns.
 */
final class SameDiffExecutor implements GraphExecutor {
  private final Cores cores;
  private final ReentrantLock turn = new ReentrantLock(true);

  SameDiffExecutor(Cores cores) {
    this.cores = cores;
  }

  @Override
  public void run(
      SameDiff graph, Signature signature, Consumer<Tensors> write, Consumer<Tensors> read) {
    session(
        signature, write, read, inputs -> owned(graph, graph.output(inputs, signature.outputs())));
  }

  @Override
  public void differentiate(
      SameDiff graph,
      Signature signature,
      Gradients gradients,
      Consumer<Tensors> write,
      Consumer<Tensors> read) {
    List<String> variables = List.copyOf(gradients.arrays().keySet());
    session(
        signature,
        write,
        read,
        inputs -> {
          graph.setLossVariables(gradients.loss());
          OutAndGrad found =
              graph.calculateGradientsAndOutputs(inputs, signature.outputs(), variables);
          gradients
              .arrays()
              .forEach((name, array) -> assign(array, found.getGradients().get(name)));
          found.getGradients().values().forEach(INDArray::close);
          return owned(graph, found.getOutputs());
        });
  }

  /** What the loss does not depend on has no gradient in SameDiff. */
  private static void assign(INDArray array, @Nullable INDArray gradient) {
    if (gradient == null) {
      array.assign(0);
    } else {
      array.assign(gradient);
    }
  }

  /** Row by row, and not the arrays of the graph's own variables. */
  private static Map<String, INDArray> owned(SameDiff graph, Map<String, INDArray> outputs) {
    Map<String, INDArray> owned = new HashMap<>();
    outputs.forEach(
        (name, array) -> {
          boolean computed = graph.getVariable(name).getVariableType() == VariableType.ARRAY;
          boolean direct = computed && array.ordering() == 'c' && !array.isView();
          owned.put(name, direct ? array : array.dup('c'));
        });
    return owned;
  }

  private void session(
      Signature signature,
      Consumer<Tensors> write,
      Consumer<Tensors> read,
      Function<Map<String, INDArray>, Map<String, INDArray>> session) {
    Map<String, INDArray> inputs = new HashMap<>();
    Map<String, INDArray> outputs = new HashMap<>();
    try {
      signature
          .inputs()
          .keySet()
          .forEach(
              name ->
                  inputs.put(
                      name, Nd4j.createUninitialized(DataType.FLOAT, signature.shape(name))));
      cores.use(
          () -> {
            turn.lock();
            try {
              write.accept(name -> NativeFloats.of(Objects.requireNonNull(inputs.get(name), name)));
              outputs.putAll(session.apply(inputs));
            } finally {
              turn.unlock();
            }
            read.accept(name -> NativeFloats.of(Objects.requireNonNull(outputs.get(name), name)));
            return outputs;
          });
    } finally {
      inputs.values().forEach(INDArray::close);
      outputs.values().forEach(INDArray::close);
    }
  }

  @Override
  public String explain(SameDiff graph, Signature signature, Optional<Gradients> gradients) {
    return "SameDiff's session, op by op: %d operations in the graph%n"
        .formatted(graph.getOps().size());
  }

  @Override
  public long workingBytes(SameDiff graph, Signature signature) {
    return 0;
  }

  @Override
  public void close() {}
}
