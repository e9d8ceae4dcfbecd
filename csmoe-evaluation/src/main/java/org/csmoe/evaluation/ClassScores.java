package org.csmoe.evaluation;

/**
 * How well one class was predicted, when each sample or pixel has exactly one.
 *
 * @param name of the class
 * @param support how many have it
 * @param predicted how many it was predicted for
 * @param precision share of the predictions that are right
 * @param recall share of the support that was found, the accuracy of the class
 * @param f1 harmonic mean of precision and recall
 * @param iou intersection over union of support and predictions, the Jaccard index
 */
public record ClassScores(
    String name,
    long support,
    long predicted,
    double precision,
    double recall,
    double f1,
    double iou) {

  static ClassScores of(String name, long support, long predicted, long correct) {
    return new ClassScores(
        name,
        support,
        predicted,
        share(correct, predicted),
        share(correct, support),
        share(2 * correct, support + predicted),
        share(correct, support + predicted - correct));
  }

  /** Neither asked for nor predicted: torchmetrics leaves such a class out of means. */
  boolean absent() {
    return support + predicted == 0;
  }

  static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
