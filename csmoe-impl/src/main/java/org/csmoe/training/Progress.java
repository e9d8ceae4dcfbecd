package org.csmoe.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How far a training is: all of its state beside weights and moments. Stands in checkpoints. */
final class Progress {
  /** How many there are to train on; 0 in checkpoints that were written before it was kept. */
  int samples;

  /** Updates that were made. */
  long step;

  /** The epoch of the next update. */
  int epoch;

  /** Updates that were made in it. */
  long stepInEpoch;

  /** Sums of the losses of these updates. */
  Map<String, Double> sums = new LinkedHashMap<>();

  int bestEpoch = -1;
  double bestScore = Double.POSITIVE_INFINITY;
  List<TrainingListener.Epoch> history = new ArrayList<>();

  /** Whether the last epoch was made, or training stopped early. */
  boolean finished;

  TrainingResult result(TrainingResult.End end) {
    return new TrainingResult(end, step, bestEpoch, bestScore, history);
  }
}
