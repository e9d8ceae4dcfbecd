package org.csmoe.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.csmoe.CsMoeConfig;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.data.Sample;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.model.internal.WeightLoading;
import org.nd4j.autodiff.samediff.SameDiff;

/** Pretraining as a task of the trainer. */
final class PretrainingTask implements Task, AutoCloseable {
  private final CsMoeConfig config;
  private final Objective objective;
  private final Resize resize;
  private final PretrainingGraph network;
  private final ParameterValues values;

  PretrainingTask(CsMoeConfig config, Objective objective, Weights weights, Resize resize) {
    this.config = config;
    this.objective = objective;
    this.resize = resize;
    this.network = new PretrainingGraph(config, objective);
    this.values = ParameterValues.allocate(network.parameters());
    try {
      new WeightLoading(config, values).loadToBeginWith(weights);
    } catch (RuntimeException | Error e) {
      values.close();
      throw e;
    }
    values.bind(network.graph());
  }

  CsMoeConfig config() {
    return config;
  }

  Objective objective() {
    return objective;
  }

  /** What fills inputs of the graph; each is used by one thread. */
  MaskedPairs pairs() {
    return new MaskedPairs(config, objective, resize);
  }

  @Override
  public SameDiff graph() {
    return network.graph();
  }

  @Override
  public ParameterValues values() {
    return values;
  }

  @Override
  public String loss() {
    return PretrainingGraph.TOTAL;
  }

  @Override
  public List<String> losses() {
    return network.losses();
  }

  @Override
  public List<String> outputs() {
    return List.of();
  }

  @Override
  public double rate(Parameter parameter) {
    return 1;
  }

  @Override
  public ObjectNode describe() {
    return Checkpoints.JSON
        .createObjectNode()
        .put("kind", "pretraining")
        .<ObjectNode>set("model", Checkpoints.tree(config.toJson()))
        .set("objective", Checkpoints.JSON.valueToTree(objective));
  }

  @Override
  public Filler filler() {
    MaskedPairs pairs = pairs();
    return new Filler() {
      @Override
      public Inputs allocate(int samples, List<String> outputs) {
        return pairs.allocate(samples, outputs);
      }

      @Override
      public void fill(Inputs inputs, int position, Sample sample, SplittableRandom random) {
        pairs.fill(inputs, position, sample, pairs.draw(random));
      }

      @Override
      public void finish(Inputs inputs) {
        pairs.finish(inputs);
      }
    };
  }

  @Override
  public Evaluation evaluation() {
    return new Losses(network.losses());
  }

  @Override
  public void close() {
    values.close();
  }

  /** Means of the losses over full batches, since the mutual information depends on their size. */
  private static final class Losses implements Evaluation {
    private final List<String> names;
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private int batches;
    private int full;

    Losses(List<String> names) {
      this.names = names;
    }

    @Override
    public void add(Tensors found, List<Sample> batch) {
      if (batch.size() < full) {
        return;
      }
      full = batch.size();
      batches++;
      names.forEach(name -> sums.merge(name, (double) found.get(name).get(0), Double::sum));
    }

    @Override
    public Map<String, Double> results() {
      Map<String, Double> means = new LinkedHashMap<>();
      sums.forEach((name, sum) -> means.put(name, sum / batches));
      return Trainer.shortNames(means);
    }

    @Override
    public double score() {
      return sums.getOrDefault(PretrainingGraph.TOTAL, Double.NaN) / batches;
    }
  }
}
