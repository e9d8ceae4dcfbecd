package org.csmoe.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.csmoe.Backend;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.GraphExecutor;

/**
 * Trains a head on an encoder of one sensor, with the encoder or with parts of it frozen, for
 * classes of samples or of pixels.
 *
 * <p>With a folder, a run goes on from the latest checkpoint there, to the weights of a run that
 * was never interrupted; settings that differ are refused. Checkpoints hold what is trained:
 * weights that are frozen are read from where they came from again. A {@link Head} or {@link Loss}
 * has no description to compare: keep the same ones.
 *
 * <p>Not safe for use by several threads.
 *
 * <pre>{@code
 * try (FineTuned probe =
 *     FineTuning.builder()
 *         .model(config)
 *         .weights(Weights.file(Path.of("model.safetensors")))
 *         .sensor(Sensor.SENTINEL2)
 *         .freezeEncoder()
 *         .head(SegmentationHead.uperNet(train.classes().size()))
 *         .settings(TrainingSettings.builder().epochs(50).learningRate(1e-3).build())
 *         .training(train)
 *         .validation(validation)
 *         .build()
 *         .run()) {
 *   System.out.println(probe.evaluate(test).toText());
 *   probe.save(Path.of("probe"));
 * }
 * }</pre>
 */
public final class FineTuning {
  private final TunedModel tuned;
  private final LayerRates rates;
  private final Weights weights;
  private final Head head;
  private final Loss loss;
  private final TrainingSettings settings;
  private final Dataset training;
  private final Optional<Dataset> validation;
  private final Augmentation augmentation;
  private final Decision decidedBy;
  private final Optional<Path> folder;
  private final List<TrainingListener> listeners;
  private final Backend backend;
  private final int threads;

  /** What tells which epoch was best. */
  public enum Decision {
    /** The lowest mean validation loss. */
    LOSS,
    /**
     * The highest {@link org.csmoe.evaluation.Evaluation#headline} on validation samples: average
     * accuracy, micro average precision, or mean intersection over union.
     */
    HEADLINE
  }

  FineTuning(FineTuningBuilder builder) {
    this.tuned = builder.tuned();
    this.rates = builder.rates();
    this.weights = builder.weights;
    this.head = builder.required(builder.head, "head");
    this.loss = builder.loss;
    this.settings = builder.settings;
    this.training = builder.required(builder.training, "training");
    this.validation = Optional.ofNullable(builder.validation);
    this.augmentation = builder.augmentation;
    this.decidedBy = builder.decidedBy;
    this.folder = Optional.ofNullable(builder.folder);
    this.listeners = List.copyOf(builder.listeners);
    this.backend = builder.backend;
    this.threads = builder.threads;
  }

  /**
   * Begins a fine-tuning.
   *
   * @return the builder
   */
  public static FineTuningBuilder builder() {
    return new FineTuningBuilder();
  }

  /**
   * Trains until the end, or goes on to it.
   *
   * @return the model with the weights of the best epoch; the caller closes it
   * @throws IllegalArgumentException when the head does not fit the classes
   * @throws org.csmoe.CsMoeException when a sample does not fit, a checkpoint belongs to another
   *     training, or the thread was interrupted
   * @throws java.io.UncheckedIOException when a file cannot be written
   */
  public FineTuned run() {
    FineTuningTask task = new FineTuningTask(this, rates);
    try {
      TrainingResult result = train(task);
      return new FineTuned(
          tuned, task.evaluated(), task.values(), Executors.choose(backend, threads), result);
    } catch (RuntimeException | Error e) {
      task.close();
      throw e;
    }
  }

  private TrainingResult train(FineTuningTask task) {
    try (GraphExecutor executor = Executors.choose(backend, threads);
        Trainer trainer =
            new Trainer(
                task,
                settings,
                training,
                validation,
                augmentation,
                listeners,
                executor,
                folder.map(path -> new Checkpoints(path, settings, task.describe())))) {
      TrainingResult result = trainer.run();
      boolean negated =
          decidedBy == Decision.HEADLINE && validation.filter(each -> each.size() > 0).isPresent();
      return negated
          ? new TrainingResult(
              result.end(),
              result.steps(),
              result.bestEpoch(),
              -result.bestScore(),
              result.history())
          : result;
    }
  }

  TunedModel tuned() {
    return tuned;
  }

  Weights weights() {
    return weights;
  }

  Head head() {
    return head;
  }

  Loss loss() {
    return loss;
  }

  Decision decidedBy() {
    return decidedBy;
  }
}
