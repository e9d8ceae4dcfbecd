package org.csmoe.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.data.Sample;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.nd4j.autodiff.samediff.SameDiff;

/** What a {@link Trainer} trains: a graph with a loss, and what fills its inputs with samples. */
interface Task {

  /** The graph, its parameters bound to {@link #values}. */
  SameDiff graph();

  /** The graph of evaluations, which may differ; with the same losses and parameters. */
  default SameDiff evaluationGraph() {
    return graph();
  }

  ParameterValues values();

  /** The values that checkpoints hold: all that training changes. Shared, not to be closed. */
  default ParameterValues saved() {
    return values();
  }

  /** What a step reads beside the losses. */
  default List<String> observed() {
    return List.of();
  }

  /** Takes what a step read, of so many samples. */
  default void observe(Tensors found, int samples) {}

  /** What is minimised. */
  String loss();

  /** The losses that are reported, each one number that is a mean over the batch. */
  List<String> losses();

  /** What an evaluation reads beside the losses. */
  List<String> outputs();

  /** The factor of the learning rate of a parameter; 0 if it is not trained. */
  double rate(Parameter parameter);

  /** What fills inputs; each is used by one thread. */
  Filler filler();

  /** Begins an evaluation. */
  Evaluation evaluation();

  /** What a checkpoint must agree on to be continued, beside the settings. */
  ObjectNode describe();

  /** Turns samples into inputs. */
  interface Filler {
    Inputs allocate(int samples, List<String> outputs);

    /** Fills in a sample; what is random in training draws from its own generator. */
    void fill(Inputs inputs, int position, Sample sample, SplittableRandom random);

    /** Called when all samples were filled in. */
    default void finish(Inputs inputs) {}
  }

  /** Collects results over batches. */
  interface Evaluation {
    /** Takes a batch: its outputs by name, and the samples it was made of. */
    void add(Tensors found, List<Sample> batch);

    /** Results by name. */
    Map<String, Double> results();

    /** The result that decides which epoch was best: the lower, the better. */
    double score();
  }
}
