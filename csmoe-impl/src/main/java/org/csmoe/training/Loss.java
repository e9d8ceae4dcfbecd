package org.csmoe.training;

import org.csmoe.probing.Labelling;

/**
 * What fine-tuning minimises. Targets come in the shape of the scores: 1 where the class is right
 * and 0 elsewhere. A pixel of {@link org.csmoe.data.Target.Mask#IGNORED} has no 1.
 *
 * <p>Where samples have any number of classes, {@link #labelling} must say so.
 */
@FunctionalInterface
public interface Loss {

  /**
   * Puts the loss on the scores.
   *
   * @param operations what it is made of
   * @param scores {@code [batch, classes]} or {@code [batch, height, width, classes]}
   * @param targets of the same shape
   * @return one number, the mean over the batch
   */
  Value apply(Operations operations, Value scores, Value targets);

  /**
   * How many classes a sample or pixel has, which decides how targets are checked and results
   * evaluated.
   *
   * @return one, unless a loss says otherwise
   */
  default Labelling labelling() {
    return Labelling.SINGLE;
  }

  /**
   * The mean of {@code -log softmax(scores)} of the right classes, over samples or pixels; those
   * without a class do not count.
   *
   * @param classWeights what samples of each class count; none for 1 each. The mean is divided by
   *     the sum of weights, as in PyTorch
   * @return the loss; 0 when nothing counts
   * @throws IllegalArgumentException when a weight is negative or not finite
   */
  static Loss crossEntropy(double... classWeights) {
    float[] weights = ProvidedLosses.checked("classWeights", classWeights);
    return (operations, scores, targets) ->
        ProvidedLosses.crossEntropy(operations, scores, targets, weights);
  }

  /**
   * The mean of {@code -w y log s(z) - (1 - y) log(1 - s(z))} over samples and classes, with scores
   * z, targets y and the sigmoid s, for any number of classes per sample.
   *
   * @param positiveWeights the w of each class; none for 1 each
   * @return the loss
   * @throws IllegalArgumentException when a weight is negative or not finite
   */
  static Loss binaryCrossEntropy(double... positiveWeights) {
    float[] weights = ProvidedLosses.checked("positiveWeights", positiveWeights);
    return new Loss() {
      @Override
      public Value apply(Operations operations, Value scores, Value targets) {
        return ProvidedLosses.binaryCrossEntropy(operations, scores, targets, weights);
      }

      @Override
      public Labelling labelling() {
        return Labelling.MULTI;
      }
    };
  }
}
