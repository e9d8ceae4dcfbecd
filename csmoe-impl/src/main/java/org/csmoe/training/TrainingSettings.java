package org.csmoe.training;

/**
 * How a model is trained: steps, optimiser (AdamW) and learning rate. Immutable; made by {@link
 * TrainingSettingsBuilder}, which tells the defaults.
 *
 * @param epochs passes over the training samples
 * @param batchSize samples of an update
 * @param microBatches parts that a batch is split into, whose gradients are averaged; a loss that
 *     compares samples, as the mutual information does, sees one part at a time
 * @param learningRate the largest
 * @param warmUpEpochs in which the learning rate rises from 0
 * @param schedule what it does then
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param weightDecay of AdamW
 * @param decayAll whether biases, norms and single tokens decay, too
 * @param clipNorm the largest length of all gradients as one vector, 0 for any
 * @param patience epochs without a better validation before training stops, 0 for never
 * @param keep how many of the latest checkpoints stay
 * @param seed of order, masks and augmentation
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    int microBatches,
    double learningRate,
    double warmUpEpochs,
    Schedule schedule,
    double beta1,
    double beta2,
    double weightDecay,
    boolean decayAll,
    double clipNorm,
    int patience,
    int keep,
    long seed) {

  /** What the learning rate does after its warm-up. */
  public enum Schedule {
    /** It falls to 0 as half a cosine. */
    COSINE,
    /** It stays. */
    CONSTANT
  }

  /** Checks the ranges. */
  public TrainingSettings {
    requireRange("epochs", epochs, 1, 1_000_000);
    requireRange("batchSize", batchSize, 1, 1 << 20);
    requireRange("microBatches", microBatches, 1, batchSize);
    if (batchSize % microBatches != 0) {
      throw new IllegalArgumentException(
          "microBatches must divide batchSize %d but was %d".formatted(batchSize, microBatches));
    }
    requireRange("learningRate", learningRate, 0, 1e3);
    requireRange("warmUpEpochs", warmUpEpochs, 0, epochs);
    requireRange("beta1", beta1, 0, 0.9999999);
    requireRange("beta2", beta2, 0, 0.9999999);
    requireRange("weightDecay", weightDecay, 0, 1e3);
    requireRange("clipNorm", clipNorm, 0, 1e9);
    requireRange("patience", patience, 0, Integer.MAX_VALUE);
    requireRange("keep", keep, 1, 1000);
  }

  private static void requireRange(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s but was %s".formatted(name, least, most, value));
    }
  }

  int samplesPerStep() {
    return batchSize / microBatches;
  }

  /**
   * The learning rate of an update: {@code base * t / (w - 1)} for the first w, then {@code base /
   * 2 * (1 + cos(pi (t - w) / (T - w)))}, as in CSMAE's code.
   *
   * @param step number t of the update, from 0
   * @param stepsPerEpoch updates in each epoch
   * @return the rate
   */
  double learningRate(long step, long stepsPerEpoch) {
    long warmUp = Math.round(warmUpEpochs * stepsPerEpoch);
    if (step < warmUp) {
      return warmUp == 1 ? learningRate : learningRate * step / (warmUp - 1.0);
    }
    if (schedule == Schedule.CONSTANT) {
      return learningRate;
    }
    double share = (step - warmUp) / Math.max(1.0, (double) epochs * stepsPerEpoch - warmUp);
    return 0.5 * learningRate * (1 + Math.cos(Math.PI * share));
  }

  /**
   * Begins settings with the defaults.
   *
   * @return the builder
   */
  public static TrainingSettingsBuilder builder() {
    return new TrainingSettingsBuilder();
  }
}
