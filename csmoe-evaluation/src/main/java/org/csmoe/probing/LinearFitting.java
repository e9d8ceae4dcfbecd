package org.csmoe.probing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.csmoe.CsMoeException;
import org.csmoe.probing.LinearFit.Candidate;
import org.csmoe.probing.LinearProbe.Validation;

/** One fit of a linear probe. Used once, by one thread. */
final class LinearFitting {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final LinearProbeBuilder settings;
  private final Labelling labelling;
  private final FeatureMatrix train;
  private final Standardisation standardisation;
  private final LinearObjective objective;
  private final int[] rows;

  private final List<Candidate> candidates = new ArrayList<>();
  private int chosen = -1;
  private double[] best = {};
  private Outcome outcome = Outcome.COMPLETED;

  LinearFitting(LinearProbeBuilder settings, Labelling labelling, FeatureMatrix train) {
    this.settings = settings;
    this.labelling = labelling;
    this.train = train;
    Labels labels = Labels.of(train, labelling);
    rows = labels.rows();
    standardisation =
        settings.standardise
            ? Standardisation.of(train, rows)
            : Standardisation.none(train.dimensions());
    objective =
        new LinearObjective(train, labels, labelling, standardisation, classWeights(labels));
  }

  private double[] classWeights(Labels labels) {
    int classes = train.classes().size();
    double[] weights = new double[classes];
    Arrays.fill(weights, 1);
    if (settings.classWeights.length > 0) {
      if (settings.classWeights.length != classes) {
        throw new IllegalArgumentException(
            "classWeights must be %d but were %d".formatted(classes, settings.classWeights.length));
      }
      return settings.classWeights;
    }
    if (settings.balanced) {
      long[] support = labels.support();
      double samples = rows.length;
      for (int k = 0; k < classes; k++) {
        double balanced =
            labelling == Labelling.SINGLE
                ? samples / classes / support[k]
                : (samples - support[k]) / support[k];
        weights[k] = support[k] == 0 ? 1 : balanced;
      }
    }
    return weights;
  }

  LinearFit fit(Validation validation) {
    if (settings.solver instanceof AdamW adamW) {
      descend(adamW, validation);
    } else {
      minimise((Lbfgs) settings.solver, validation);
    }
    return new LinearFit(standardisation.fold(best, train, labelling), outcome, chosen, candidates);
  }

  /** Notes a candidate, and keeps its parameters when it is the best so far. */
  private boolean consider(
      Validation validation, double[] parameters, int iterations, double penalty, double loss) {
    double metric =
        validation == Validation.NONE
            ? Double.NaN
            : validation.metric(standardisation.fold(parameters, train, labelling));
    candidates.add(new Candidate(iterations, penalty, loss, metric));
    // Without a metric the last is the best.
    boolean better = chosen < 0 || !(metric <= candidates.get(chosen).validation());
    if (better) {
      chosen = candidates.size() - 1;
      best = parameters.clone();
    }
    return better;
  }

  private void minimise(Lbfgs solver, Validation validation) {
    if (solver.penalties().size() > 1 && validation == Validation.NONE) {
      throw new IllegalArgumentException(
          "penalties must be one without validation samples but were " + solver.penalties());
    }
    double[] parameters = new double[objective.parameters()];
    for (double penalty : solver.penalties()) {
      LbfgsMinimiser.Minimum minimum =
          LbfgsMinimiser.minimise(
              (point, gradient) -> penalised(penalty, point, gradient),
              parameters,
              solver.maxIterations(),
              solver.tolerance(),
              (iteration, value) ->
                  settings.listener.advanced(iteration, solver.maxIterations(), value));
      parameters = minimum.point;
      requireFinite(minimum.value, "features so large that their products overflow");
      if (consider(validation, parameters, minimum.iterations, penalty, minimum.value)) {
        outcome = minimum.outcome;
      }
    }
  }

  private double penalised(double penalty, double[] point, double[] gradient) {
    double loss = objective.evaluate(rows, 0, rows.length, point, gradient);
    double squares = 0;
    for (int i = 0; i < objective.weights(); i++) {
      squares += point[i] * point[i];
      gradient[i] += penalty * point[i];
    }
    return loss + penalty / 2 * squares;
  }

  private void descend(AdamW solver, Validation validation) {
    int[] order = rows.clone();
    SplittableRandom random = new SplittableRandom(settings.seed);
    long batches = (order.length + (solver.batchSize() - 1L)) / solver.batchSize();
    double[] parameters = new double[objective.parameters()];
    double[] mean = new double[parameters.length];
    double[] square = new double[parameters.length];
    double[] gradient = new double[parameters.length];
    long step = 0;
    for (int epoch = 1; epoch <= solver.epochs(); epoch++) {
      shuffle(order, random);
      double sum = 0;
      for (int from = 0; from < order.length; from += solver.batchSize()) {
        int to = (int) Math.min((long) from + solver.batchSize(), order.length);
        sum += (to - from) * objective.evaluate(order, from, to, parameters, gradient);
        double rate = solver.rate(step, batches * solver.epochs());
        step++;
        update(parameters, gradient, mean, square, rate, rate * solver.weightDecay(), step);
        if (to == order.length) { // from + batchSize could overflow
          break;
        }
      }
      double loss = sum / order.length;
      requireFinite(loss, "a learning rate of " + solver.learningRate() + ", perhaps too large");
      consider(validation, parameters, epoch, solver.weightDecay(), loss);
      settings.listener.advanced(epoch, solver.epochs(), loss);
      if (solver.patience() > 0
          && validation != Validation.NONE
          && candidates.size() - 1 - chosen >= solver.patience()
          && epoch < solver.epochs()) {
        outcome = Outcome.STOPPED_EARLY;
        return;
      }
    }
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  private static void update(
      double[] parameters,
      double[] gradient,
      double[] mean,
      double[] square,
      double rate,
      double decay,
      long step) {
    double size = rate / (1 - Math.pow(BETA1, (double) step));
    double root = 1 / Math.sqrt(1 - Math.pow(BETA2, (double) step));
    for (int i = 0; i < parameters.length; i++) {
      double slope = gradient[i];
      mean[i] = BETA1 * mean[i] + (1 - BETA1) * slope;
      square[i] = BETA2 * square[i] + (1 - BETA2) * slope * slope;
      parameters[i] =
          (1 - decay) * parameters[i] - size * mean[i] / (Math.sqrt(square[i]) * root + EPSILON);
    }
  }

  private static void requireFinite(double loss, String reason) {
    if (!Double.isFinite(loss)) {
      throw new CsMoeException(
          "the loss of the linear probe became %s with %s; standardise features or lower it"
              .formatted(loss, reason));
    }
  }
}
