package org.csmoe.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.features.Resize;
import org.csmoe.sensor.Sensor;
import org.jspecify.annotations.Nullable;

/** Makes a {@link FineTuning}. Not safe for use by several threads. */
public final class FineTuningBuilder {
  private @Nullable CsMoeConfig model;
  private @Nullable Sensor sensor;
  private int frozen = -1;
  private double layerDecay = 1;
  private Resize resize = Resize.NONE;
  Weights weights = Weights.untrained();
  @Nullable Head head;
  Loss loss = Loss.crossEntropy();
  TrainingSettings settings = TrainingSettings.builder().build();
  @Nullable Dataset training;
  @Nullable Dataset validation;
  Augmentation augmentation = Augmentation.flips();
  FineTuning.Decision decidedBy = FineTuning.Decision.HEADLINE;
  @Nullable Path folder;
  final List<TrainingListener> listeners = new ArrayList<>();
  Backend backend = Backend.AUTO;
  int threads;

  FineTuningBuilder() {}

  /**
   * The encoder. Required.
   *
   * @param model its configuration; of two sensors, one is used
   * @return this
   */
  public FineTuningBuilder model(CsMoeConfig model) {
    this.model = model;
    return this;
  }

  /**
   * The encoder's weights. Default: untrained ones by the model's seed. The head is drawn anew.
   *
   * @param weights the weights
   * @return this
   */
  public FineTuningBuilder weights(Weights weights) {
    this.weights = weights;
    return this;
  }

  /**
   * Whose images are used. Required.
   *
   * @param sensor one that the model has bands of
   * @return this
   */
  public FineTuningBuilder sensor(Sensor sensor) {
    this.sensor = sensor;
    return this;
  }

  /**
   * What turns features into scores. Required.
   *
   * @param head such as {@link Head#linear} or {@link SegmentationHead#uperNet}
   * @return this
   */
  public FineTuningBuilder head(Head head) {
    this.head = head;
    return this;
  }

  /**
   * What is minimised. Default: {@link Loss#crossEntropy}.
   *
   * @param loss the loss; it also tells how many classes a sample has
   * @return this
   */
  public FineTuningBuilder loss(Loss loss) {
    this.loss = loss;
    return this;
  }

  /**
   * Trains the head alone. Default: all is trained.
   *
   * @return this
   */
  public FineTuningBuilder freezeEncoder() {
    this.frozen = LayerRates.ENCODER;
    return this;
  }

  /**
   * Does not train the first blocks, nor the patch embedding and CLS token before them. Default:
   * all is trained.
   *
   * @param layers how many blocks; 0 freezes the embedding alone
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  public FineTuningBuilder freezeLayers(int layers) {
    if (layers < 0) {
      throw new IllegalArgumentException("layers must be at least 0 but was " + layers);
    }
    this.frozen = layers;
    return this;
  }

  /**
   * The factor of the learning rate from one block to the one before it; the head, and norms after
   * the last block, have the full rate. Default: 1.
   *
   * @param factor in 0..1, without 0
   * @return this
   * @throws IllegalArgumentException when it is out of its range
   */
  public FineTuningBuilder layerDecay(double factor) {
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          "layerDecay must be above 0 and at most 1 but was " + factor);
    }
    this.layerDecay = factor;
    return this;
  }

  /**
   * How it is minimised. Default: {@code TrainingSettings.builder().build()}.
   *
   * @param settings the settings
   * @return this
   */
  public FineTuningBuilder settings(TrainingSettings settings) {
    this.settings = settings;
    return this;
  }

  /**
   * The training samples, each with a target. Required.
   *
   * @param training the samples; the caller closes them afterwards
   * @return this
   */
  public FineTuningBuilder training(Dataset training) {
    this.training = training;
    return this;
  }

  /**
   * The validation samples, each with a target. Default: none; the training loss decides then.
   *
   * @param validation the samples, of the same classes; the caller closes them afterwards
   * @return this
   */
  public FineTuningBuilder validation(Dataset validation) {
    this.validation = validation;
    return this;
  }

  /**
   * What happens to training samples first. Default: flips.
   *
   * @param augmentation the augmentation
   * @return this
   */
  public FineTuningBuilder augmentation(Augmentation augmentation) {
    this.augmentation = augmentation;
    return this;
  }

  /**
   * How images are brought to the model's size; masks follow by the nearest pixel. Default: not at
   * all; another size is an error.
   *
   * @param resize the kernel
   * @return this
   */
  public FineTuningBuilder resize(Resize resize) {
    this.resize = resize;
    return this;
  }

  /**
   * What tells which epoch is best. Default: HEADLINE.
   *
   * @param decision the metric or the loss, on validation samples
   * @return this
   */
  public FineTuningBuilder decidedBy(FineTuning.Decision decision) {
    this.decidedBy = decision;
    return this;
  }

  /**
   * Where checkpoints go, and where a run goes on from. Default: nowhere; a run that dies begins
   * anew.
   *
   * @param folder made if it does not exist
   * @return this
   */
  public FineTuningBuilder folder(Path folder) {
    this.folder = folder;
    return this;
  }

  /**
   * Adds a listener.
   *
   * @param listener hears of steps and epochs
   * @return this
   */
  public FineTuningBuilder listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * What runs the graph. Default: {@code AUTO}.
   *
   * @param backend the back end
   * @return this
   */
  public FineTuningBuilder backend(Backend backend) {
    this.backend = backend;
    return this;
  }

  /**
   * How many cores a step may use. Default: 0, all.
   *
   * @param threads at least 1, or 0
   * @return this
   */
  public FineTuningBuilder threads(int threads) {
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

  TunedModel tuned() {
    Sensor wanted = required(sensor, "sensor");
    CsMoeConfig config = required(model, "model");
    config.bands(wanted);
    List<String> classes = required(training, "training").classes();
    if (classes.isEmpty()) {
      throw new IllegalArgumentException("training must have classes but has none");
    }
    if (validation != null && !validation.classes().equals(classes)) {
      throw new IllegalArgumentException(
          "validation must have the classes of training, %s, but had %s"
              .formatted(classes, validation.classes()));
    }
    CsMoeConfig single = config.toBuilder().onlySensor(wanted).buildConfig();
    return new TunedModel(single, wanted, List.copyOf(classes), loss.labelling(), resize);
  }

  LayerRates rates() {
    CsMoeConfig config = required(model, "model");
    if (frozen != LayerRates.ENCODER && frozen > config.layers()) {
      throw new IllegalArgumentException(
          "freezeLayers must be at most the model's layers, %d, but was %d"
              .formatted(config.layers(), frozen));
    }
    return new LayerRates(config, frozen, layerDecay);
  }

  /**
   * Makes the fine-tuning. Nothing is read or written yet.
   *
   * @return the fine-tuning
   * @throws IllegalStateException when a required value is missing
   * @throws IllegalArgumentException when values do not fit each other
   */
  public FineTuning build() {
    return new FineTuning(this);
  }
}
