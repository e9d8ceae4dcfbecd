package org.csmoe.training;

/**
 * From an encoder's features to scores (logits): {@code [batch, classes]} of samples, or {@code
 * [batch, height, width, classes]} of pixels, whose map may have any size.
 *
 * <p>It is called once for training and once for evaluation, and once again when a result is
 * loaded. It must declare the same parameters each time.
 *
 * <pre>{@code
 * Head twoLayers =
 *     (operations, features) -> {
 *       Value hidden = operations.gelu(operations.linear("hidden", features.cls(), 64));
 *       return operations.linear("classes", hidden, 10);
 *     };
 * }</pre>
 */
@FunctionalInterface
public interface Head {

  /**
   * Puts the head on the features.
   *
   * @param operations what it is made of
   * @param features of the encoder
   * @return scores; the last dimension is the classes
   */
  Value apply(Operations operations, Features features);

  /**
   * A linear layer on the CLS token, {@code classifier.weight} and {@code classifier.bias}.
   *
   * @param classes how many
   * @return the head
   */
  static Head linear(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be at least 1 but was " + classes);
    }
    return (operations, features) -> operations.linear("classifier", features.cls(), classes);
  }
}
