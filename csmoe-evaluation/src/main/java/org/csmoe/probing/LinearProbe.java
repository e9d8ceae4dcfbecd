package org.csmoe.probing;

import org.csmoe.CsMoeException;

/**
 * Fits a linear layer to frozen features: softmax cross-entropy when each sample has one class,
 * binary cross-entropy of logits when it may have several. Weights begin at zero. Immutable, safe
 * for use by several threads; each fit uses all cores and can be interrupted.
 *
 * <p>Memory beside the features: 8 x (128 x dimensions + classes x (65 + dimensions)) bytes for
 * each of up to 16 chunks of samples, 17 MB for 768 dimensions and 43 classes, and a few dozen
 * copies of the weights.
 *
 * <pre>{@code
 * LinearProbe probe = LinearProbe.singleLabel().solver(AdamW.of(1e-2)).seed(1).build();
 * LinearFit fit = probe.fit(train, validation);
 * System.out.println(fit.classifier().evaluate(test).toText());
 * }</pre>
 */
public final class LinearProbe {
  private final Labelling labelling;
  private final LinearProbeBuilder settings;

  LinearProbe(LinearProbeBuilder settings) {
    this.labelling = settings.labelling;
    this.settings = settings;
  }

  /**
   * Begins a probe for samples with exactly one class.
   *
   * @return a builder
   */
  public static LinearProbeBuilder singleLabel() {
    return new LinearProbeBuilder(Labelling.SINGLE);
  }

  /**
   * Begins a probe for samples with any number of classes.
   *
   * @return a builder
   */
  public static LinearProbeBuilder multiLabel() {
    return new LinearProbeBuilder(Labelling.MULTI);
  }

  /**
   * Fits without validation samples: AdamW returns the last epoch, L-BFGS needs a single penalty.
   *
   * @param train samples; those without target are left out
   * @return the fitted probe
   * @throws IllegalArgumentException when targets do not suit, or the solver has a choice to make
   * @throws CsMoeException when the loss is no longer finite, or the thread is interrupted, which
   *     it then stays
   */
  public LinearFit fit(FeatureMatrix train) {
    return new LinearFitting(settings, labelling, train).fit(Validation.NONE);
  }

  /**
   * Fits, and chooses the epoch or penalty by the paper's metric on validation samples: average
   * accuracy, or micro average precision.
   *
   * @param train samples; those without target are left out
   * @param validation other samples of the same classes
   * @return the fitted probe
   * @throws IllegalArgumentException when targets, classes or dimensions do not suit
   * @throws CsMoeException when the loss is no longer finite, or the thread is interrupted, which
   *     it then stays
   */
  public LinearFit fit(FeatureMatrix train, FeatureMatrix validation) {
    return new LinearFitting(settings, labelling, train)
        .fit(classifier -> classifier.evaluate(validation).headline());
  }

  /** Rates a classifier. */
  interface Validation {
    /** Rates nothing. */
    Validation NONE = classifier -> Double.NaN;

    double metric(LinearClassifier classifier);
  }
}
