package org.csmoe.model.internal;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The seam between the network and what runs it: given a graph, inputs and names of outputs, an
 * executor computes the outputs. Safe for use by several threads.
 */
public interface GraphExecutor extends AutoCloseable {

  /**
   * Runs a graph.
   *
   * @param graph the graph, with its variables bound
   * @param signature shapes of inputs and names of outputs
   * @param write fills the inputs
   * @param read takes the outputs
   */
  void run(SameDiff graph, Signature signature, Consumer<Tensors> write, Consumer<Tensors> read);

  /**
   * Runs a graph and differentiates one of its values. Nothing else of this executor runs
   * meanwhile, so that the variables may be changed between two calls.
   *
   * @param graph the graph, with its variables bound
   * @param signature shapes of inputs and names of outputs
   * @param gradients what is wanted; its arrays are overwritten. The same object for each call is
   *     compiled once
   * @param write fills the inputs
   * @param read takes the outputs
   */
  void differentiate(
      SameDiff graph,
      Signature signature,
      Gradients gradients,
      Consumer<Tensors> write,
      Consumer<Tensors> read);

  /**
   * How a graph runs, as text.
   *
   * @param graph the graph, with its variables bound
   * @param signature shapes of inputs and names of outputs
   * @param gradients what is differentiated for, if anything
   * @return what is known of it, with times of the runs so far where they are kept
   */
  String explain(SameDiff graph, Signature signature, Optional<Gradients> gradients);

  /**
   * The memory of one run beside variables.
   *
   * @param graph the graph, with its variables bound
   * @param signature shapes of inputs and names of outputs
   * @return bytes; 0 where it is not known before
   */
  long workingBytes(SameDiff graph, Signature signature);

  /**
   * The variables that a signature may say are packed, and that then make runs faster.
   *
   * @param graph the graph, with or without its variables bound
   * @return their names
   */
  default Set<String> packable(SameDiff graph) {
    return Set.of();
  }

  @Override
  void close();
}
