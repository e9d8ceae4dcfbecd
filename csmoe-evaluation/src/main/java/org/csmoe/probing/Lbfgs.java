package org.csmoe.probing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Logistic regression to its optimum by L-BFGS (Liu and Nocedal, 1989), the objective being
 *
 * <pre>mean loss + penalty / 2 x sum of squared weights</pre>
 *
 * without the biases in the penalty. No learning rate, no seed, the same result each time. In terms
 * of scikit-learn's LogisticRegression, {@code penalty = 1 / (C n)} with {@code n} the number of
 * samples, or the sum of their class weights; for two single-label classes, where scikit-learn has
 * one vector instead of two, {@code penalty = 2 / (C n)}.
 *
 * <p>Several penalties are fitted from the largest to the smallest, each beginning at the optimum
 * before, and the best on the validation samples is returned, the largest of equally good ones.
 *
 * @param penalties positive, in descending order
 * @param maxIterations of each penalty, at least 1
 * @param tolerance of the largest component of the gradient, positive
 */
public record Lbfgs(List<Double> penalties, int maxIterations, double tolerance) implements Solver {

  /** Copies, sorts and checks. */
  public Lbfgs {
    penalties = penalties.stream().sorted(Comparator.reverseOrder()).toList();
    if (penalties.isEmpty() || penalties.stream().anyMatch(p -> !(p > 0 && p < 1e100))) {
      throw new IllegalArgumentException(
          "penalties must be positive, at least one, but were " + penalties);
    }
    if (maxIterations < 1) {
      throw new IllegalArgumentException("maxIterations must be positive but was " + maxIterations);
    }
    if (!(tolerance > 0)) {
      throw new IllegalArgumentException("tolerance must be positive but was " + tolerance);
    }
  }

  /**
   * At most 500 iterations per penalty, tolerance 1e-5.
   *
   * @param penalties one, or several to choose from, positive
   * @return the settings
   * @throws IllegalArgumentException when none is given or one is not positive
   */
  public static Lbfgs of(double... penalties) {
    return new Lbfgs(Arrays.stream(penalties).boxed().toList(), 500, 1e-5);
  }

  /**
   * Six penalties to choose from, 1e-1 to 1e-6 in powers of ten; needs validation samples.
   *
   * @return the settings
   */
  public static Lbfgs grid() {
    return of(1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6);
  }
}
