package org.csmoe.probing;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Options of a {@link LinearProbe}. Every option can be set once; a second time throws {@link
 * IllegalStateException}.
 */
public final class LinearProbeBuilder {
  private static final double[] EQUAL = {};

  final Labelling labelling;
  private final Set<String> set = new HashSet<>();
  Solver solver = AdamW.of(1e-2);
  boolean standardise;
  boolean balanced;
  double[] classWeights = EQUAL;
  long seed;
  FitListener listener = FitListener.NONE;

  LinearProbeBuilder(Labelling labelling) {
    this.labelling = labelling;
  }

  private LinearProbeBuilder(LinearProbeBuilder other) {
    labelling = other.labelling;
    solver = other.solver;
    standardise = other.standardise;
    balanced = other.balanced;
    classWeights = other.classWeights;
    seed = other.seed;
    listener = other.listener;
  }

  /**
   * How to fit. Default: {@link AdamW} with a learning rate of 1e-2, which the paper's Table III
   * has for two of its four classification sets.
   *
   * @param value AdamW or L-BFGS
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public LinearProbeBuilder solver(Solver value) {
    once("solver");
    solver = Objects.requireNonNull(value, "solver");
    return this;
  }

  /**
   * Whether to bring each dimension to mean 0 and standard deviation 1, both of the training
   * samples, while fitting. The classifier takes features as they are all the same. Default: false,
   * as the paper probes; true makes L-BFGS converge in fewer iterations and penalties comparable
   * between models.
   *
   * @param value true to standardise
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public LinearProbeBuilder standardise(boolean value) {
    once("standardise");
    standardise = value;
    return this;
  }

  /**
   * How much each class counts in the loss: factors of its samples, or of its positive terms in
   * multi-label data. Default: 1 each.
   *
   * @param values one per class, finite and not negative
   * @return this builder
   * @throws IllegalArgumentException when a value is negative or not finite
   * @throws IllegalStateException when class weights were set before
   */
  public LinearProbeBuilder classWeights(double... values) {
    once("classWeights");
    if (values.length == 0 || Arrays.stream(values).anyMatch(v -> !(v >= 0 && v < 1e100))) {
      throw new IllegalArgumentException(
          "classWeights must be at least 0 and finite but were " + Arrays.toString(values));
    }
    classWeights = values.clone();
    return this;
  }

  /**
   * Class weights that make up for unequal support in the training samples: {@code samples /
   * (classes x support)}, as scikit-learn's "balanced"; in multi-label data {@code (samples -
   * support) / support}. A class without support has weight 1. Instead of {@link #classWeights}.
   *
   * @return this builder
   * @throws IllegalStateException when class weights were set before
   */
  public LinearProbeBuilder balancedClassWeights() {
    once("classWeights");
    balanced = true;
    return this;
  }

  /**
   * The seed of the order of samples in {@link AdamW}; {@link Lbfgs} has no randomness. Default: 0.
   *
   * @param value any
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public LinearProbeBuilder seed(long value) {
    once("seed");
    seed = value;
    return this;
  }

  /**
   * Who learns of progress. Default: nobody.
   *
   * @param value called after each epoch or iteration
   * @return this builder
   * @throws IllegalStateException when set before
   */
  public LinearProbeBuilder listener(FitListener value) {
    once("listener");
    listener = Objects.requireNonNull(value, "listener");
    return this;
  }

  /**
   * Makes the probe.
   *
   * @return a probe with these options
   */
  public LinearProbe build() {
    return new LinearProbe(new LinearProbeBuilder(this));
  }

  private void once(String option) {
    if (!set.add(option)) {
      throw new IllegalStateException(option + " was already set");
    }
  }
}
