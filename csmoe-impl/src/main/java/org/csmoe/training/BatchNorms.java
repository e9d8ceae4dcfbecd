package org.csmoe.training;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.model.internal.Layers;
import org.csmoe.model.internal.NativeFloats;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.Parameter.Init;
import org.csmoe.model.internal.ParameterValues;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The batch norms of a head, and their running statistics. */
final class BatchNorms {
  private static final double EPSILON = 1e-5;

  /** What a batch moves running statistics by; PyTorch's default. */
  private static final float MOMENTUM = 0.1f;

  private final boolean training;
  private final List<Norm> norms = new ArrayList<>();

  /**
   * A norm.
   *
   * @param name also the prefix of the outputs {@code .mean} and {@code .variance}
   * @param rows per sample
   */
  private record Norm(String name, int rows) {
    String mean() {
      return name + ".batch_mean";
    }

    String variance() {
      return name + ".batch_var";
    }

    String runningMean() {
      return name + ".running_mean";
    }

    String runningVariance() {
      return name + ".running_var";
    }
  }

  /**
   * @param training whether statistics of the batch are used
   */
  BatchNorms(boolean training) {
    this.training = training;
  }

  SDVariable apply(Layers layers, String name, SDVariable rows, int width, int rowsPerSample) {
    SameDiff graph = layers.graph();
    Norm norm = new Norm(name, rowsPerSample);
    if (norms.stream().anyMatch(known -> known.name().equals(name))) {
      throw new IllegalArgumentException(
          "name of a batch norm must be used once but was used twice: "
              + name.substring(Operations.PREFIX.length()));
    }
    norms.add(norm);
    SDVariable weight = layers.parameter(name + ".weight", new Init.Constant(1), width);
    SDVariable bias = layers.parameter(name + ".bias", new Init.Constant(0), width);
    SDVariable runningMean = layers.parameter(norm.runningMean(), new Init.Constant(0), width);
    SDVariable runningVariance =
        layers.parameter(norm.runningVariance(), new Init.Constant(1), width);
    if (!training) {
      SDVariable scale = graph.math().rsqrt(runningVariance.add(EPSILON)).mul(weight);
      return rows.mul(scale).add(bias.sub(runningMean.mul(scale)));
    }
    SDVariable mean = rows.mean(true, 0).rename(norm.mean());
    SDVariable centred = rows.sub(mean);
    SDVariable variance = graph.math().square(centred).mean(true, 0).rename(norm.variance());
    return centred.mul(graph.math().rsqrt(variance.add(EPSILON)).mul(weight)).add(bias);
  }

  /** Names of the parameters that hold running statistics. */
  List<String> running() {
    return norms.stream()
        .flatMap(norm -> Stream.of(norm.runningMean(), norm.runningVariance()))
        .toList();
  }

  /** Outputs of a training step, for {@link #update}. */
  List<String> observed() {
    return norms.stream().flatMap(norm -> Stream.of(norm.mean(), norm.variance())).toList();
  }

  /** Moves the running statistics toward those of a batch; not toward what is no number. */
  void update(Tensors found, int samples, ParameterValues values) {
    for (Norm norm : norms) {
      long rows = (long) norm.rows() * samples;
      if (rows < 2) {
        throw new CsMoeException(
            ("batch norm %s: found 1 row in a batch, expected at least 2. Use a batchSize that is"
                    + " at least twice microBatches")
                .formatted(norm.name()));
      }
      move(values, norm.runningMean(), found.get(norm.mean()), 1);
      move(values, norm.runningVariance(), found.get(norm.variance()), rows / (rows - 1f));
    }
  }

  private static void move(ParameterValues values, String name, FloatBuffer batch, float factor) {
    FloatBuffer running = NativeFloats.of(values.array(find(values, name)));
    for (int i = 0; i < running.limit(); i++) {
      float next = (1 - MOMENTUM) * running.get(i) + MOMENTUM * factor * batch.get(i);
      running.put(i, Float.isFinite(next) ? next : running.get(i));
    }
  }

  private static Parameter find(ParameterValues values, String name) {
    return values.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
