package org.csmoe.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.features.Resize;
import org.csmoe.sensor.Sensor;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Pretraining}. Not safe for use by several threads. */
public final class PretrainingBuilder {
  @Nullable CsMoeConfig model;
  Objective objective = Objective.builder().build();
  TrainingSettings settings = TrainingSettings.builder().build();
  @Nullable Dataset training;
  @Nullable Dataset validation;
  Augmentation augmentation = Augmentation.flips();
  Resize resize = Resize.NONE;
  Weights weights = Weights.untrained();
  @Nullable Path folder;
  final List<TrainingListener> listeners = new ArrayList<>();
  List<Sample> panels = List.of();
  int panelsEvery = 1;
  Backend backend = Backend.AUTO;
  int threads;

  PretrainingBuilder() {}

  /**
   * The model, which must have bands of both sensors. Required.
   *
   * @param model its configuration
   * @return this
   * @throws IllegalArgumentException when it has one sensor
   */
  public PretrainingBuilder model(CsMoeConfig model) {
    if (model.bands().size() != Sensor.values().length) {
      throw new IllegalArgumentException(
          "model must have bands of %s but had those of %s"
              .formatted(List.of(Sensor.values()), model.bands().keySet()));
    }
    this.model = model;
    return this;
  }

  /**
   * What is minimised. Default: {@code Objective.builder().build()}.
   *
   * @param objective the objective
   * @return this
   */
  public PretrainingBuilder objective(Objective objective) {
    this.objective = objective;
    return this;
  }

  /**
   * How it is minimised. Default: {@code TrainingSettings.builder().build()}.
   *
   * @param settings the settings
   * @return this
   */
  public PretrainingBuilder settings(TrainingSettings settings) {
    this.settings = settings;
    return this;
  }

  /**
   * The training samples. Required.
   *
   * @param training the samples; the caller closes them afterwards
   * @return this
   */
  public PretrainingBuilder training(Dataset training) {
    this.training = training;
    return this;
  }

  /**
   * The validation samples. Their masks are the same in each epoch. Default: none.
   *
   * @param validation the samples; the caller closes them afterwards
   * @return this
   */
  public PretrainingBuilder validation(Dataset validation) {
    this.validation = validation;
    return this;
  }

  /**
   * What happens to training samples first. Default: flips.
   *
   * @param augmentation the augmentation
   * @return this
   */
  public PretrainingBuilder augmentation(Augmentation augmentation) {
    this.augmentation = augmentation;
    return this;
  }

  /**
   * How images are brought to the model's size. Default: not at all; another size is an error.
   *
   * @param resize the kernel
   * @return this
   */
  public PretrainingBuilder resize(Resize resize) {
    this.resize = resize;
    return this;
  }

  /**
   * The weights to begin with. Default: untrained ones by the model's seed.
   *
   * @param weights the weights; lenient ones may lack the decoders, but tensors of other shapes, or
   *     none that fits, are refused when the training begins
   * @return this
   */
  public PretrainingBuilder weights(Weights weights) {
    this.weights = weights;
    return this;
  }

  /**
   * Where checkpoints and the result go, and where a run goes on from. Required.
   *
   * @param folder made if it does not exist
   * @return this
   */
  public PretrainingBuilder folder(Path folder) {
    this.folder = folder;
    return this;
  }

  /**
   * Adds a listener.
   *
   * @param listener hears of steps and epochs
   * @return this
   */
  public PretrainingBuilder listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Draws reconstructions to {@code reconstruction-*.png} in the folder: a row per sample, a column
   * for each sensor's image, what the encoder saw of it, and what was made of it from the same and
   * from the other sensor. Default: none.
   *
   * @param samples a few; their masks are always the same
   * @param every so many epochs, and after the last one
   * @return this
   * @throws IllegalArgumentException when {@code every} is not positive
   */
  public PretrainingBuilder panels(List<Sample> samples, int every) {
    if (every < 1) {
      throw new IllegalArgumentException("every must be at least 1 but was " + every);
    }
    this.panels = List.copyOf(samples);
    this.panelsEvery = every;
    return this;
  }

  /**
   * What runs the graph. Default: {@code AUTO}.
   *
   * @param backend the back end
   * @return this
   */
  public PretrainingBuilder backend(Backend backend) {
    this.backend = backend;
    return this;
  }

  /**
   * How many cores a step may use. Default: 0, all.
   *
   * @param threads at least 1, or 0
   * @return this
   */
  public PretrainingBuilder threads(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be at least 0 but was " + threads);
    }
    this.threads = threads;
    return this;
  }

  <T> T required(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalStateException(name + " must be set");
    }
    return value;
  }

  /**
   * Makes the pretraining. Nothing is read or written yet.
   *
   * @return the pretraining
   * @throws IllegalStateException when a required value is missing
   */
  public Pretraining build() {
    return new Pretraining(this);
  }
}
