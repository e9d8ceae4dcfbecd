package org.csmoe.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.LoadReport;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.evaluation.Evaluation;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Resize;
import org.csmoe.io.AtomicFile;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.model.internal.WeightLoading;
import org.csmoe.probing.Labelling;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.SafetensorsWriter;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A fine-tuned model. Whoever gets it from {@link FineTuning#run} or {@link #load} closes it. Safe
 * for use by several threads, but not while it is closed.
 */
public final class FineTuned implements AutoCloseable {
  private static final int BATCH = 8;

  private final TunedModel model;
  private final TunedGraph network;
  private final Targets targets;
  private final ParameterValues values;
  private final GraphExecutor executor;
  private final TrainingResult training;

  FineTuned(
      TunedModel model,
      TunedGraph network,
      ParameterValues values,
      GraphExecutor executor,
      TrainingResult training) {
    this.model = model;
    this.network = network;
    this.targets = new Targets(network.scoreShape(), model.labelling());
    this.values = values;
    this.executor = executor;
    this.training = training;
  }

  /**
   * How the training ended.
   *
   * @return the result, with its history
   */
  public TrainingResult training() {
    return training;
  }

  /**
   * The classes it predicts.
   *
   * @return names by index
   */
  public List<String> classes() {
    return model.classes();
  }

  /**
   * Scores (logits) of samples.
   *
   * @param samples at least one; targets are not looked at
   * @return {@code [samples, classes]}, or {@code [samples, height, width, classes]} in the size
   *     that the head yields
   * @throws CsMoeException when an image does not fit
   */
  public FeatureTensor scores(List<Sample> samples) {
    int length = targets.length();
    float[] scores = new float[Math.multiplyExact(samples.size(), length)];
    for (int first = 0; first < samples.size(); first += BATCH) {
      List<Sample> batch = samples.subList(first, Math.min(samples.size(), first + BATCH));
      int offset = first * length;
      executor.run(
          network.graph(),
          new Signature(model.imageShape(batch.size()), List.of(TunedGraph.SCORES)),
          inputs -> {
            for (int i = 0; i < batch.size(); i++) {
              model.write(batch.get(i), inputs.get(model.imageName()), i);
            }
          },
          found -> found.get(TunedGraph.SCORES).get(scores, offset, batch.size() * length));
    }
    List<Integer> shape = new ArrayList<>(List.of(samples.size()));
    shape.addAll(targets.shape());
    return FeatureTensor.of(scores, shape.stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * What a sample shows.
   *
   * @param sample its target is not looked at
   * @return the class of the highest score; all with a score above 0 where samples have any number;
   *     or a mask of the image's size
   * @throws CsMoeException when the image does not fit
   */
  public Target predict(Sample sample) {
    SensorImage image = sample.image(model.sensor());
    return targets.predicted(scores(List.of(sample)).data(), 0, image.width(), image.height());
  }

  /**
   * Compares predictions with targets; masks at their own size. Samples without target are left
   * out.
   *
   * @param test samples of the same classes
   * @return the metrics of the task
   * @throws IllegalArgumentException when the classes differ
   * @throws CsMoeException when a sample does not fit
   */
  public Evaluation evaluate(Dataset test) {
    if (!test.classes().equals(model.classes())) {
      throw new IllegalArgumentException(
          "test must have the classes %s but had %s".formatted(model.classes(), test.classes()));
    }
    ScoreMetrics metrics = new ScoreMetrics(model.classes(), targets);
    for (int first = 0; first < test.size(); first += BATCH) {
      List<Sample> batch = new ArrayList<>();
      for (int i = first; i < Math.min(test.size(), first + BATCH); i++) {
        Sample sample = test.get(i);
        if (!(sample.target() instanceof Target.None)) {
          batch.add(sample);
        }
      }
      float[] scores = batch.isEmpty() ? new float[0] : scores(batch).data();
      for (int i = 0; i < batch.size(); i++) {
        metrics.add(batch.get(i), scores, i * targets.length());
      }
    }
    return metrics.result();
  }

  /**
   * Writes {@code model.safetensors}, encoder and head, and {@code model.json} beside it. The
   * encoder in it also loads as a {@link org.csmoe.CsMoe} of this sensor.
   *
   * @param folder made if it does not exist
   * @throws IOException when a file cannot be written
   */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            folder.resolve("model.safetensors"),
            Checkpoints.weights(values.parameters(), ""),
            Map.of("config", model.config().toJson()))) {
      Checkpoints.writeWeights(writer, values);
      writer.commit();
    }
    ObjectNode description = model.describe().set("result", Checkpoints.JSON.valueToTree(training));
    AtomicFile.write(folder.resolve("model.json"), description.toPrettyString() + "\n");
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @param folder of the files
   * @param head the one that was trained
   * @return the model; the caller closes it
   * @throws IOException when the description cannot be read
   * @throws CsMoeException when a file is malformed or the weights do not fit the head
   */
  public static FineTuned load(Path folder, Head head) throws IOException {
    Path file = folder.resolve("model.json");
    TunedModel model;
    TrainingResult result;
    try {
      JsonNode json = Checkpoints.JSON.readTree(Files.readString(file));
      CsMoeConfig config = CsMoeConfig.fromJson(json.path("model").toString());
      List<String> classes = new ArrayList<>();
      json.path("classes").forEach(each -> classes.add(each.asText()));
      model =
          new TunedModel(
              config,
              Sensor.valueOf(json.path("sensor").asText()),
              List.copyOf(classes),
              Labelling.valueOf(json.path("labelling").asText()),
              Resize.valueOf(json.path("resize").asText()));
      result = Checkpoints.JSON.treeToValue(json.path("result"), TrainingResult.class);
    } catch (JsonProcessingException | IllegalArgumentException | CsMoeException e) {
      throw new CsMoeException(
          "%s: expected what fine-tuning wrote, found: %s".formatted(file, e.getMessage()), e);
    }
    TunedGraph network =
        new TunedGraph(model.config(), head, Optional.empty(), model.classes().size(), false);
    ParameterValues values = ParameterValues.allocate(network.parameters());
    try {
      Path weights = folder.resolve("model.safetensors");
      LoadReport report = new WeightLoading(model.config(), values).load(Weights.file(weights));
      if (!report.ignored().isEmpty()) {
        throw new CsMoeException(
            ("%s: found weights that the head does not have: %s. Load it with the head it was"
                    + " trained with")
                .formatted(weights, report.ignored()));
      }
      values.bind(network.graph());
      return new FineTuned(model, network, values, Executors.choose(Backend.AUTO, 0), result);
    } catch (RuntimeException | Error e) {
      values.close();
      throw e;
    }
  }

  /**
   * What the model is in the implementation.
   *
   * @param type {@code org.nd4j.autodiff.samediff.SameDiff}
   * @param <T> that type
   * @return the graph from images to {@code scores}; it belongs to this model
   * @throws CsMoeException when it is something else
   */
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(network.graph())) {
      return type.cast(network.graph());
    }
    throw new CsMoeException(
        "cannot unwrap %s; this model has %s".formatted(type.getName(), SameDiff.class.getName()));
  }

  @Override
  public void close() {
    executor.close();
    values.close();
  }
}
