package org.csmoe.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.data.Sample;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.model.internal.WeightLoading;
import org.nd4j.autodiff.samediff.SameDiff;

/** Fine-tuning as a task of the trainer. */
final class FineTuningTask implements Task, AutoCloseable {
  private final FineTuning tuning;
  private final TunedGraph network;
  private final TunedGraph evaluated;
  private final TunedModel model;
  private final ParameterValues values;
  private final Map<String, Double> rates = new LinkedHashMap<>();
  private final ParameterValues saved;

  FineTuningTask(FineTuning tuning, LayerRates layerRates) {
    this.tuning = tuning;
    this.model = tuning.tuned();
    int classes = model.classes().size();
    Optional<Loss> loss = Optional.of(tuning.loss());
    this.network = new TunedGraph(model.config(), tuning.head(), loss, classes, true);
    this.evaluated = new TunedGraph(model.config(), tuning.head(), loss, classes, false);
    if (!network.parameters().equals(evaluated.parameters())) {
      throw new IllegalArgumentException(
          "head must declare the same parameters each time it is applied but declared others");
    }
    this.values = ParameterValues.allocate(network.parameters());
    try {
      new WeightLoading(model.config(), values.only(p -> isOfHead(p))).load(Weights.untrained());
      new WeightLoading(model.config(), values.only(p -> !isOfHead(p))).load(tuning.weights());
    } catch (RuntimeException | Error e) {
      values.close();
      throw e;
    }
    values.bind(network.graph());
    values.bind(evaluated.graph());
    Set<String> needed = network.needed();
    List<String> running = network.norms().running();
    network
        .parameters()
        .forEach(
            parameter -> {
              boolean trained = parameter.trainable() && needed.contains(parameter.name());
              rates.put(parameter.name(), trained ? layerRates.of(parameter.name()) : 0);
            });
    Set<String> changing = new HashSet<>(running);
    rates.forEach((name, rate) -> Stream.of(name).filter(n -> rate > 0).forEach(changing::add));
    this.saved = values.only(parameter -> changing.contains(parameter.name()));
  }

  private static boolean isOfHead(Parameter parameter) {
    return parameter.name().startsWith(Operations.PREFIX);
  }

  @Override
  public SameDiff graph() {
    return network.graph();
  }

  @Override
  public SameDiff evaluationGraph() {
    return evaluated.graph();
  }

  @Override
  public ParameterValues values() {
    return values;
  }

  @Override
  public ParameterValues saved() {
    return saved;
  }

  @Override
  public List<String> observed() {
    return network.norms().observed();
  }

  @Override
  public void observe(Tensors found, int samples) {
    network.norms().update(found, samples, values);
  }

  @Override
  public String loss() {
    return TunedGraph.LOSS;
  }

  @Override
  public List<String> losses() {
    return List.of(TunedGraph.LOSS);
  }

  @Override
  public List<String> outputs() {
    return List.of(TunedGraph.SCORES);
  }

  @Override
  public double rate(Parameter parameter) {
    return rates.getOrDefault(parameter.name(), 0.0);
  }

  /** All that another run must share. */
  @Override
  public ObjectNode describe() {
    ObjectNode parameters = Checkpoints.JSON.createObjectNode();
    network.parameters().stream()
        .filter(p -> rate(p) > 0)
        .forEach(
            p ->
                parameters
                    .putObject(p.name())
                    .put("shape", p.tensorShape().toString())
                    .put("rate", rate(p)));
    return model
        .describe()
        .put("weights", tuning.weights().toString())
        .put("decidedBy", tuning.decidedBy().name())
        .set("trained", parameters);
  }

  Targets targets() {
    return new Targets(evaluated.scoreShape(), model.labelling());
  }

  TunedGraph evaluated() {
    return evaluated;
  }

  @Override
  public Filler filler() {
    Targets targets = targets();
    return new Filler() {
      @Override
      public Inputs allocate(int samples, List<String> outputs) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>(model.imageShape(samples));
        List<Long> shape =
            Stream.concat(Stream.of(samples), targets.shape().stream())
                .map(Integer::longValue)
                .toList();
        shapes.put(TunedGraph.TARGETS, shape);
        return new Inputs(shapes, outputs);
      }

      @Override
      public void fill(Inputs inputs, int position, Sample sample, SplittableRandom random) {
        model.write(sample, FloatBuffer.wrap(inputs.get(model.imageName())), position);
        targets.write(sample, inputs.get(TunedGraph.TARGETS), position * targets.length());
      }
    };
  }

  @Override
  public Evaluation evaluation() {
    return new Validation();
  }

  @Override
  public void close() {
    values.close();
  }

  /** The mean loss over samples, and the metric. */
  private final class Validation implements Evaluation {
    private final Targets targets = targets();
    private final ScoreMetrics metrics = new ScoreMetrics(model.classes(), targets);
    private double sum;
    private int samples;

    /** The metric, and the number of samples that it is of. */
    private double headline;

    private int measured;

    @Override
    public void add(Tensors found, List<Sample> batch) {
      sum += (double) found.get(TunedGraph.LOSS).get(0) * batch.size();
      samples += batch.size();
      float[] scores = new float[batch.size() * targets.length()];
      found.get(TunedGraph.SCORES).get(scores);
      for (float score : scores) {
        if (!Float.isFinite(score)) {
          throw new CsMoeException(
              "validation: found a score of %s, expected finite ones. Try a lower learningRate"
                  .formatted(score));
        }
      }
      for (int i = 0; i < batch.size(); i++) {
        metrics.add(batch.get(i), scores, i * targets.length());
      }
    }

    @Override
    public Map<String, Double> results() {
      Map<String, Double> results = new LinkedHashMap<>();
      results.put("total", sum / samples);
      results.put(metrics.headlineName(), headline());
      return results;
    }

    @Override
    public double score() {
      return tuning.decidedBy() == FineTuning.Decision.LOSS ? sum / samples : -headline();
    }

    /** Computed once for both who ask. */
    private double headline() {
      if (measured != samples) {
        headline = metrics.result().headline();
        measured = samples;
      }
      return headline;
    }
  }
}
