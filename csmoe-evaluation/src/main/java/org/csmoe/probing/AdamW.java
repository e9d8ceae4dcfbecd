package org.csmoe.probing;

/**
 * Stochastic gradient descent as the paper probes: a number of epochs with AdamW (Loshchilov and
 * Hutter, 2019; betas 0.9 and 0.999, epsilon 1e-8, PyTorch's defaults). The paper gives the epochs
 * and the learning rates; optimiser, batch size and schedule are our choice. With validation
 * samples the best epoch is returned, without them the last.
 *
 * <p>Learning rates of the paper's Table III: m-bigearthnet 1e-2, m-brick-kiln 3e-3, m-so2sat 1e-2,
 * m-eurosat 5e-2.
 *
 * @param learningRate at the beginning, positive
 * @param epochs passes over the training samples, at least 1
 * @param batchSize samples per step, at least 1
 * @param weightDecay decay of all parameters, not negative
 * @param schedule of the learning rate
 * @param patience epochs without improvement of the validation metric after which fitting stops; 0
 *     for never
 */
public record AdamW(
    double learningRate,
    int epochs,
    int batchSize,
    double weightDecay,
    Schedule schedule,
    int patience)
    implements Solver {

  /** How the learning rate changes from step to step. */
  public enum Schedule {
    /** Not at all. */
    CONSTANT,
    /** Down to zero along half a cosine, over all steps. */
    COSINE
  }

  /** Checks the ranges. */
  public AdamW {
    require("learningRate", learningRate, learningRate > 0, "positive");
    require("epochs", epochs, epochs >= 1, "at least 1");
    require("batchSize", batchSize, batchSize >= 1, "at least 1");
    require("weightDecay", weightDecay, weightDecay >= 0, "not negative");
    require("patience", patience, patience >= 0, "not negative");
  }

  private static void require(String name, double value, boolean good, String range) {
    if (!good || !Double.isFinite(value)) {
      throw new IllegalArgumentException("%s must be %s but was %s".formatted(name, range, value));
    }
  }

  /**
   * The paper's 50 epochs, batches of 64, weight decay 0.01, cosine schedule, no early stopping.
   *
   * @param learningRate at the beginning, positive
   * @return the settings
   * @throws IllegalArgumentException when not positive
   */
  public static AdamW of(double learningRate) {
    return new AdamW(learningRate, 50, 64, 0.01, Schedule.COSINE, 0);
  }

  /**
   * These settings with another number of epochs.
   *
   * @param value at least 1
   * @return a copy
   * @throws IllegalArgumentException when out of range
   */
  public AdamW withEpochs(int value) {
    return new AdamW(learningRate, value, batchSize, weightDecay, schedule, patience);
  }

  /**
   * These settings with another batch size.
   *
   * @param value at least 1
   * @return a copy
   * @throws IllegalArgumentException when out of range
   */
  public AdamW withBatchSize(int value) {
    return new AdamW(learningRate, epochs, value, weightDecay, schedule, patience);
  }

  /**
   * These settings with another weight decay.
   *
   * @param value not negative
   * @return a copy
   * @throws IllegalArgumentException when out of range
   */
  public AdamW withWeightDecay(double value) {
    return new AdamW(learningRate, epochs, batchSize, value, schedule, patience);
  }

  /**
   * These settings with another schedule.
   *
   * @param value of the learning rate
   * @return a copy
   */
  public AdamW withSchedule(Schedule value) {
    return new AdamW(learningRate, epochs, batchSize, weightDecay, value, patience);
  }

  /**
   * These settings with early stopping.
   *
   * @param value epochs without improvement; 0 for no early stopping
   * @return a copy
   * @throws IllegalArgumentException when out of range
   */
  public AdamW withPatience(int value) {
    return new AdamW(learningRate, epochs, batchSize, weightDecay, schedule, value);
  }

  /** The learning rate of a step, counted from 0. */
  double rate(long step, long steps) {
    return schedule == Schedule.CONSTANT
        ? learningRate
        : learningRate * (1 + Math.cos(Math.PI * step / steps)) / 2;
  }
}
