package org.csmoe.training;

/** The losses that {@link Loss} provides. */
final class ProvidedLosses {
  private ProvidedLosses() {}

  static float[] checked(String name, double... weights) {
    float[] result = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "%s must be finite and not negative but number %d was %s"
                .formatted(name, i, weights[i]));
      }
      result[i] = (float) weights[i];
    }
    return result;
  }

  static Value crossEntropy(
      Operations operations, Value scores, Value targets, float[] classWeights) {
    Value wanted = weighted(operations, "classWeights", targets, classWeights);
    Value logs = operations.multiply(operations.logSoftmax(scores), wanted);
    Value count = operations.maximum(total(operations, wanted), 1e-12);
    return operations.divide(operations.multiply(total(operations, logs), -1), count);
  }

  /** As a softmax over a class and its opposite, whose score is 0: stable for all scores. */
  static Value binaryCrossEntropy(
      Operations operations, Value scores, Value targets, float[] positiveWeights) {
    int[] shape = new int[scores.shape().size() + 1];
    for (int i = 0; i + 1 < shape.length; i++) {
      shape[i] = scores.shape().get(i);
    }
    int last = shape.length - 1;
    shape[last] = 1;
    Value positive = operations.reshape(scores, shape);
    Value negative = operations.multiply(positive, 0);
    Value logs = operations.logSoftmax(operations.concat(last, positive, negative));
    Value yes = operations.reshape(targets, shape);
    Value no = operations.add(operations.multiply(yes, -1), 1);
    Value weightedYes =
        operations.reshape(
            weighted(operations, "positiveWeights", targets, positiveWeights), shape);
    Value wanted = operations.concat(last, weightedYes, no);
    // The mean over two entries for each class, of which the sum is wanted.
    return operations.multiply(operations.mean(operations.multiply(logs, wanted)), -2);
  }

  private static Value weighted(
      Operations operations, String name, Value targets, float[] weights) {
    if (weights.length == 0) {
      return targets;
    }
    int classes = targets.size(-1);
    if (weights.length != classes) {
      throw new IllegalArgumentException(
          "%s must be %d, one for each class, but were %d"
              .formatted(name, classes, weights.length));
    }
    return operations.multiply(targets, operations.constant(weights, classes));
  }

  /** In two steps, since single precision loses digits in sums of millions of numbers. */
  private static Value total(Operations operations, Value x) {
    int rank = x.shape().size();
    return operations.sum(rank > 2 ? operations.sum(x, rank - 2, rank - 1) : x);
  }
}
