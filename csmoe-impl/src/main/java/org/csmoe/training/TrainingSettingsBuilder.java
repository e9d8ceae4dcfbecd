package org.csmoe.training;

/**
 * Makes {@link TrainingSettings}. The defaults are the paper's, and CSMAE's where the paper states
 * none. Not safe for use by several threads.
 */
public final class TrainingSettingsBuilder {
  private int epochs = 150;
  private int batchSize = 64;
  private int microBatches = 1;
  private double learningRate = 1e-4;
  private double warmUpEpochs = -1;
  private TrainingSettings.Schedule schedule = TrainingSettings.Schedule.COSINE;
  private double beta1 = 0.9;
  private double beta2 = 0.95;
  private double weightDecay = 0.05;
  private boolean decayAll = true;
  private double clipNorm;
  private int patience;
  private int keep = 2;
  private long seed;

  TrainingSettingsBuilder() {}

  /**
   * Passes over the training samples. Default: 150.
   *
   * @param epochs see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder epochs(int epochs) {
    this.epochs = epochs;
    return this;
  }

  /**
   * Samples of an update. The paper has 256 to 512. Default: 64.
   *
   * @param batchSize see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder batchSize(int batchSize) {
    this.batchSize = batchSize;
    return this;
  }

  /**
   * Parts that a batch is split into, to save memory. Default: 1.
   *
   * @param microBatches see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder microBatches(int microBatches) {
    this.microBatches = microBatches;
    return this;
  }

  /**
   * The largest learning rate. Default: 1e-4.
   *
   * @param learningRate see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder learningRate(double learningRate) {
    this.learningRate = learningRate;
    return this;
  }

  /**
   * Epochs in which the learning rate rises from 0. Default: a fifteenth of the epochs.
   *
   * @param warmUpEpochs see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder warmUpEpochs(double warmUpEpochs) {
    this.warmUpEpochs = warmUpEpochs;
    return this;
  }

  /**
   * What the learning rate does after its warm-up. Default: COSINE.
   *
   * @param schedule see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder schedule(TrainingSettings.Schedule schedule) {
    this.schedule = schedule;
    return this;
  }

  /**
   * Decay of the mean of gradients. Default: 0.9.
   *
   * @param beta1 see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder beta1(double beta1) {
    this.beta1 = beta1;
    return this;
  }

  /**
   * Decay of the mean of their squares. Default: 0.95.
   *
   * @param beta2 see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder beta2(double beta2) {
    this.beta2 = beta2;
    return this;
  }

  /**
   * Weight decay. Default: 0.05.
   *
   * @param weightDecay see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder weightDecay(double weightDecay) {
    this.weightDecay = weightDecay;
    return this;
  }

  /**
   * Whether biases, norms and single tokens decay, too, as in the reference code. Default: true.
   *
   * @param decayAll see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder decayAll(boolean decayAll) {
    this.decayAll = decayAll;
    return this;
  }

  /**
   * The largest length of all gradients as one vector, 0 for any. Default: 0.
   *
   * @param clipNorm see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder clipNorm(double clipNorm) {
    this.clipNorm = clipNorm;
    return this;
  }

  /**
   * Epochs without a better validation before training stops, 0 for never. Default: 0.
   *
   * @param patience see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder patience(int patience) {
    this.patience = patience;
    return this;
  }

  /**
   * How many of the latest checkpoints stay. Default: 2.
   *
   * @param keep see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder keep(int keep) {
    this.keep = keep;
    return this;
  }

  /**
   * Seed of order, masks and augmentation. Default: 0.
   *
   * @param seed see {@link TrainingSettings}
   * @return this
   */
  public TrainingSettingsBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Makes the settings.
   *
   * @return an immutable record
   * @throws IllegalArgumentException when a value is out of its range
   */
  public TrainingSettings build() {
    return new TrainingSettings(
        epochs,
        batchSize,
        microBatches,
        learningRate,
        warmUpEpochs < 0 ? epochs / 15.0 : warmUpEpochs,
        schedule,
        beta1,
        beta2,
        weightDecay,
        decayAll,
        clipNorm,
        patience,
        keep,
        seed);
  }
}
