package org.csmoe.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.features.Resize;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.weights.SafetensorsWriter;

/**
 * Pretrains a model on pairs of Sentinel-1 and Sentinel-2 images (paper sections II-A to II-C).
 *
 * <p>All files go to a folder: {@code checkpoint-*.safetensors} with everything needed to go on,
 * {@code best.safetensors} with the weights of the best epoch, and at the end {@code
 * model.safetensors}, the encoder's weights, beside {@code model.json}, its configuration, the
 * objective, the settings and the history; with {@link PretrainingBuilder#panels}, {@code
 * reconstruction-*.png} show what the model makes of masked patches. A run on a folder that has a
 * checkpoint goes on from it, with the losses of a run that was never interrupted; settings that
 * differ are refused. To stop, interrupt the thread, which saves its last step, or kill the
 * process: what was done since the last epoch is lost then.
 *
 * <p>The best epoch is that of the lowest validation loss, of the lowest training loss when there
 * are no validation samples.
 *
 * <p>Samples may lack a sensor, and images bands or pixels (NaN): the encoder sees the band's mean
 * there, and losses are means over what there is. A batch needs pairs for the mutual information.
 *
 * <p>Not safe for use by several threads.
 *
 * <pre>{@code
 * TrainingResult result =
 *     Pretraining.builder()
 *         .model(CsMoePreset.CSMOE_TINY.config())
 *         .settings(TrainingSettings.builder().epochs(20).batchSize(64).build())
 *         .training(pairs)
 *         .folder(Path.of("pretraining"))
 *         .build()
 *         .run();
 * }</pre>
 */
public final class Pretraining {
  private final CsMoeConfig model;
  private final Objective objective;
  private final TrainingSettings settings;
  private final Dataset training;
  private final Optional<Dataset> validation;
  private final Augmentation augmentation;
  private final Resize resize;
  private final Weights weights;
  private final Path folder;
  private final List<TrainingListener> listeners;
  private final List<Sample> panels;
  private final int panelsEvery;
  private final Backend backend;
  private final int threads;

  Pretraining(PretrainingBuilder builder) {
    this.model = builder.required(builder.model, "model");
    this.objective = builder.objective;
    this.settings = builder.settings;
    this.training = builder.required(builder.training, "training");
    this.validation = Optional.ofNullable(builder.validation);
    this.augmentation = builder.augmentation;
    this.resize = builder.resize;
    this.weights = builder.weights;
    this.folder = builder.required(builder.folder, "folder");
    this.listeners = List.copyOf(builder.listeners);
    this.panels = List.copyOf(builder.panels);
    this.panelsEvery = builder.panelsEvery;
    this.backend = builder.backend;
    this.threads = builder.threads;
  }

  /**
   * Begins a pretraining.
   *
   * @return the builder
   */
  public static PretrainingBuilder builder() {
    return new PretrainingBuilder();
  }

  /**
   * Trains until the end, or goes on to it.
   *
   * @return how it ended
   * @throws org.csmoe.CsMoeException when a sample does not fit, a checkpoint belongs to another
   *     training, or the thread was interrupted
   * @throws UncheckedIOException when a file cannot be written
   */
  public TrainingResult run() {
    try (PretrainingTask task = new PretrainingTask(model, objective, weights, resize);
        GraphExecutor executor = Executors.choose(backend, threads);
        Trainer trainer =
            new Trainer(
                task,
                settings,
                training,
                validation,
                augmentation,
                listeners(task, executor),
                executor,
                Optional.of(new Checkpoints(folder, settings, task.describe())))) {
      TrainingResult result = trainer.run();
      write(task, result);
      return result;
    }
  }

  private List<TrainingListener> listeners(PretrainingTask task, GraphExecutor executor) {
    List<TrainingListener> all = new ArrayList<>(listeners);
    if (!panels.isEmpty() && objective.reconstructs()) {
      all.add(new ReconstructionPanels(task, executor, panels, folder, panelsEvery));
    }
    return all;
  }

  private void write(PretrainingTask task, TrainingResult result) {
    ObjectNode description =
        task.describe()
            .<ObjectNode>set("settings", Checkpoints.JSON.valueToTree(settings))
            .set("result", Checkpoints.JSON.valueToTree(result));
    Path file = folder.resolve("model.safetensors");
    ParameterValues values = task.values();
    List<Parameter> encoder =
        values.parameters().stream().filter(p -> !p.name().startsWith("decoder")).toList();
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            file, Checkpoints.weights(encoder, ""), Map.of("config", model.toJson()))) {
      Checkpoints.writeWeights(writer, values, encoder);
      writer.commit();
      AtomicFile.write(folder.resolve("model.json"), description.toPrettyString() + "\n");
    } catch (IOException e) {
      throw Failures.of(file, "cannot be written", e);
    }
  }
}
