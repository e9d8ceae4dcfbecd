package org.csmoe.probing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * L-BFGS with the line search of Nocedal and Wright, Numerical Optimization, 2nd edition: two-loop
 * recursion (algorithm 7.4), strong Wolfe conditions by bracketing and zoom (3.5 and 3.6) with
 * cubic interpolation (3.59). For smooth functions; used once, by one thread.
 */
final class LbfgsMinimiser {
  /** Pairs of steps and gradient differences that are kept, as scipy's default. */
  private static final int HISTORY = 10;

  private static final double DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final int MAX_TRIALS = 30;

  /** A function with its gradient. */
  interface Function {
    /** The value at a point; overwrites the gradient. */
    double value(double[] point, double[] gradient);
  }

  /** Learns of each iteration. */
  interface Listener {
    void iterated(int iteration, double value);
  }

  /** What was found. */
  static final class Minimum {
    final double[] point;
    final double value;
    final int iterations;
    final Outcome outcome;

    Minimum(double[] point, double value, int iterations, Outcome outcome) {
      this.point = point;
      this.value = value;
      this.iterations = iterations;
      this.outcome = outcome;
    }
  }

  /** A step, the difference of gradients along it, and one over their product. */
  private static final class Pair {
    final double[] step;
    final double[] difference;
    final double rho;

    Pair(double[] step, double[] difference, double rho) {
      this.step = step;
      this.difference = difference;
      this.rho = rho;
    }
  }

  private final Function function;
  private final Deque<Pair> pairs = new ArrayDeque<>();

  /** Where the minimiser is. */
  private double[] point;

  private double value;
  private double[] gradient;

  /** Where the line search looks. */
  private double[] trial;

  private double[] trialGradient;
  private double trialValue;

  private LbfgsMinimiser(Function function, double[] start) {
    this.function = function;
    point = start.clone();
    gradient = new double[start.length];
    trial = new double[start.length];
    trialGradient = new double[start.length];
    value = function.value(point, gradient);
  }

  static Minimum minimise(
      Function function, double[] start, int maxIterations, double tolerance, Listener listener) {
    LbfgsMinimiser minimiser = new LbfgsMinimiser(function, start);
    int iteration = 0;
    Outcome outcome = Outcome.ITERATION_LIMIT;
    while (iteration < maxIterations) {
      if (largest(minimiser.gradient) <= tolerance) {
        outcome = Outcome.CONVERGED;
        break;
      }
      double before = minimiser.value;
      if (!minimiser.advance()) {
        outcome = Outcome.NO_DESCENT;
        break;
      }
      iteration++;
      listener.iterated(iteration, minimiser.value);
      if (!(minimiser.value < before)) { // equal in double precision
        outcome = Outcome.CONVERGED;
        break;
      }
    }
    return new Minimum(minimiser.point, minimiser.value, iteration, outcome);
  }

  /** One iteration; false when there is no lower point along the direction. */
  private boolean advance() {
    double[] direction = direction();
    double slope = dot(direction, gradient);
    if (!(slope < 0)) { // rounding has spoilt the history
      pairs.clear();
      direction = direction();
      slope = -dot(gradient, gradient);
    }
    // Steps of the quasi-Newton direction are right by themselves; the first is a guess.
    double first = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    if (!search(direction, slope, first)) {
      return false;
    }
    double[] step = new double[point.length];
    double[] difference = new double[point.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = trial[i] - point[i];
      difference[i] = trialGradient[i] - gradient[i];
    }
    double product = dot(step, difference);
    if (product > Math.ulp(1.0) * dot(difference, difference)) {
      if (pairs.size() == HISTORY) {
        pairs.removeFirst();
      }
      pairs.addLast(new Pair(step, difference, 1 / product));
    }
    double[] oldPoint = point;
    double[] oldGradient = gradient;
    point = trial;
    gradient = trialGradient;
    value = trialValue;
    trial = oldPoint;
    trialGradient = oldGradient;
    return true;
  }

  private double[] direction() {
    double[] direction = new double[gradient.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = -gradient[i];
    }
    double[] alphas = new double[pairs.size()];
    int at = pairs.size();
    for (Iterator<Pair> newest = pairs.descendingIterator(); newest.hasNext(); ) {
      Pair pair = newest.next();
      alphas[--at] = pair.rho * dot(pair.step, direction);
      add(direction, -alphas[at], pair.difference);
    }
    if (!pairs.isEmpty()) {
      Pair last = pairs.getLast();
      double scale = 1 / (last.rho * dot(last.difference, last.difference));
      for (int i = 0; i < direction.length; i++) {
        direction[i] *= scale;
      }
    }
    for (Pair pair : pairs) {
      double beta = pair.rho * dot(pair.difference, direction);
      add(direction, alphas[at++] - beta, pair.step);
    }
    return direction;
  }

  /** A point of the line: how far along, value, slope. */
  private record Probe(double length, double value, double slope) {}

  /** Leaves a point of the strong Wolfe conditions in {@code trial}. */
  private boolean search(double[] direction, double slope, double first) {
    Probe start = new Probe(0, value, slope);
    Probe before = start;
    double length = first;
    for (int i = 0; i < MAX_TRIALS; i++) {
      Probe here = probe(direction, length);
      if (!(here.value() <= value + DECREASE * length * slope)
          || (i > 0 && here.value() >= before.value())) {
        return zoom(direction, start, before, here);
      }
      if (Math.abs(here.slope()) <= -CURVATURE * slope) {
        return true;
      }
      if (here.slope() >= 0) {
        return zoom(direction, start, here, before);
      }
      before = here;
      length *= 2;
    }
    return trialValue < value;
  }

  private boolean zoom(double[] direction, Probe start, Probe lowest, Probe other) {
    Probe low = lowest;
    Probe high = other;
    for (int i = 0; i < MAX_TRIALS; i++) {
      Probe here = probe(direction, between(low, high));
      if (!(here.value() <= start.value() + DECREASE * here.length() * start.slope())
          || here.value() >= low.value()) {
        high = here;
      } else {
        if (Math.abs(here.slope()) <= -CURVATURE * start.slope()) {
          return true;
        }
        if (here.slope() * (high.length() - low.length()) >= 0) {
          high = low;
        }
        low = here;
      }
    }
    // No point has both conditions in double precision; take the lowest when it is lower at all.
    probe(direction, low.length());
    return low.length() > 0 && trialValue < value;
  }

  private Probe probe(double[] direction, double length) {
    for (int i = 0; i < trial.length; i++) {
      trial[i] = point[i] + length * direction[i];
    }
    trialValue = function.value(trial, trialGradient);
    return new Probe(length, trialValue, dot(trialGradient, direction));
  }

  /** The minimum of the cubic through two points, kept away from the ends of the interval. */
  private static double between(Probe a, Probe b) {
    double width = b.length() - a.length();
    double middle = a.length() + width / 2;
    double d1 = a.slope() + b.slope() - 3 * (a.value() - b.value()) / (a.length() - b.length());
    double square = d1 * d1 - a.slope() * b.slope();
    if (!(square >= 0)) {
      return middle;
    }
    double d2 = Math.signum(width) * Math.sqrt(square);
    double cubic = b.length() - width * (b.slope() + d2 - d1) / (b.slope() - a.slope() + 2 * d2);
    double share = (cubic - a.length()) / width;
    return share >= 0.1 && share <= 0.9 ? cubic : middle;
  }

  private static double largest(double[] vector) {
    double largest = 0;
    for (double component : vector) {
      largest = Math.max(largest, Math.abs(component));
    }
    return largest;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] target, double factor, double[] vector) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * vector[i];
    }
  }
}
