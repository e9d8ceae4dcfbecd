package org.csmoe.training;

import java.util.List;
import java.util.Map;

/**
 * How a training ended.
 *
 * @param end why it ended
 * @param steps updates that were made, those before a resumption included
 * @param bestEpoch the epoch whose weights are the result, from 0; -1 if none was completed
 * @param bestScore the lowest validation loss, or the highest metric, as the task defines it
 * @param history each epoch's results, those before a resumption included
 */
public record TrainingResult(
    End end, long steps, int bestEpoch, double bestScore, List<TrainingListener.Epoch> history) {

  /** Why a training ended. */
  public enum End {
    /** All epochs were made. */
    COMPLETED,
    /** Validation had not improved for as many epochs as the settings allow. */
    EARLY_STOP,
    /** A loss or gradient was no longer a finite number; that update was not made. */
    DIVERGED
  }

  /** Copies the history. */
  public TrainingResult {
    history = List.copyOf(history);
  }

  /**
   * The result of the best epoch.
   *
   * @return mean losses and metrics by name; empty without validation samples
   */
  public Map<String, Double> best() {
    return bestEpoch < 0 ? Map.of() : history.get(bestEpoch).validation();
  }
}
