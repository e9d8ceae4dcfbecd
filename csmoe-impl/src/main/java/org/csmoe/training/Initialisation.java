package org.csmoe.training;

import org.csmoe.model.internal.Parameter.Init;

/**
 * How the untrained values of a parameter are drawn: by a generator of its own, seeded by the
 * model's seed and the parameter's name.
 */
public final class Initialisation {
  private final Init init;

  private Initialisation(Init init) {
    this.init = init;
  }

  /**
   * All values the same.
   *
   * @param value the value
   * @return the initialisation
   */
  public static Initialisation constant(double value) {
    return new Initialisation(new Init.Constant((float) value));
  }

  /**
   * Evenly between two numbers.
   *
   * @param bound the larger one; its negation is the smaller one
   * @return the initialisation
   */
  public static Initialisation uniform(double bound) {
    return new Initialisation(new Init.Uniform(bound));
  }

  /**
   * Normal around 0.
   *
   * @param deviation the standard deviation
   * @return the initialisation
   */
  public static Initialisation normal(double deviation) {
    return new Initialisation(new Init.Normal(deviation));
  }

  Init init() {
    return init;
  }
}
