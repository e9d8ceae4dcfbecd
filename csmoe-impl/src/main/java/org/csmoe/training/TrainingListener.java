package org.csmoe.training;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hears how training goes, on the thread that trains; training goes on when a method returns. An
 * exception ends training with it.
 */
public interface TrainingListener {

  /**
   * An update.
   *
   * @param step updates so far, this one included
   * @param steps of the whole training
   * @param epoch from 0
   * @param losses by name, each the mean over the batch; {@code total} is what is minimised
   * @param learningRate of the update
   * @param gradientNorm length of all gradients as one vector, before clipping
   * @param samplesPerSecond since training began or was resumed
   * @param remaining time until the end, at this pace
   */
  record Step(
      long step,
      long steps,
      int epoch,
      Map<String, Double> losses,
      double learningRate,
      double gradientNorm,
      double samplesPerSecond,
      Duration remaining) {
    /** Copies the losses, in their order. */
    public Step {
      losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
    }
  }

  /**
   * A pass over the training samples, and the validation after it.
   *
   * @param epoch from 0
   * @param epochs of the whole training
   * @param step updates so far
   * @param training mean losses by name
   * @param validation mean losses and metrics by name; empty without validation samples
   * @param best whether the validation, or without one the training, was the best so far
   */
  record Epoch(
      int epoch,
      int epochs,
      long step,
      Map<String, Double> training,
      Map<String, Double> validation,
      boolean best) {
    /** Copies the maps, in their order. */
    public Epoch {
      training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
      validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
    }
  }

  /**
   * Called before the first step.
   *
   * @param step updates that a checkpoint had, 0 for a new training
   */
  default void begins(long step) {}

  /**
   * Called after each update.
   *
   * @param step what happened
   */
  default void stepped(Step step) {}

  /**
   * Called after each epoch.
   *
   * @param epoch what happened
   */
  default void epochEnded(Epoch epoch) {}
}
