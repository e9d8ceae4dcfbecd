package org.csmoe.probing;

import java.util.List;

/**
 * A fitted linear probe and how it came about.
 *
 * @param classifier the chosen one
 * @param outcome how fitting ended; with several penalties that of the chosen one
 * @param chosen index of the candidate that was chosen
 * @param candidates what there was to choose from, in the order in which they were fitted: one per
 *     epoch of {@link AdamW}, one per penalty of {@link Lbfgs}
 */
public record LinearFit(
    LinearClassifier classifier, Outcome outcome, int chosen, List<Candidate> candidates) {

  /** Copies the list. */
  public LinearFit {
    candidates = List.copyOf(candidates);
  }

  /**
   * A classifier that fitting came by.
   *
   * @param iterations epochs so far, or iterations for this penalty
   * @param penalty L2 penalty, or weight decay
   * @param loss mean loss of the epoch, or the objective with its penalty
   * @param validation the paper's metric on the validation samples, see {@link
   *     org.csmoe.evaluation.Evaluation#headline}; NaN without validation samples
   */
  public record Candidate(int iterations, double penalty, double loss, double validation) {}
}
