package org.csmoe.examples;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.csmoe.sampling.selection.FarthestPoint;
import org.csmoe.sampling.selection.Fitness;
import org.csmoe.sampling.selection.GeneticSelector;
import org.csmoe.sampling.selection.GridThinning;
import org.csmoe.sampling.selection.Selector;
import org.csmoe.sampling.selection.StratifiedRandom;
import picocli.CommandLine.Option;

/** What chooses from strata that have more members than are wanted. */
final class SelectorOptions {
  /** The selectors by their names on the command line. */
  enum Kind {
    GENETIC,
    RANDOM,
    FARTHEST_POINT,
    GRID_THINNING
  }

  /** The fitness functions by their names on the command line. */
  enum Goal {
    HISTOGRAM_ENTROPY,
    MEAN_DISTANCE,
    MEAN_LOG_DISTANCE,
    NEAREST_NEIGHBOUR_ENTROPY
  }

  @Option(
      names = "--selector",
      defaultValue = "genetic",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, the paper's Algorithm 2.")
  private Kind kind = Kind.GENETIC;

  @Option(
      names = "--fitness",
      defaultValue = "histogram_entropy",
      description = "Genetic: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Goal goal = Goal.HISTOGRAM_ENTROPY;

  @Option(
      names = "--bins",
      defaultValue = "64",
      description = "Genetic: bins of the histogram. Default: ${DEFAULT-VALUE}.")
  private int bins;

  @Option(
      names = "--generations",
      defaultValue = "2500",
      description = "Genetic: T. Default: ${DEFAULT-VALUE}.")
  private int generations;

  @Option(
      names = "--population",
      defaultValue = "10",
      description = "Genetic: N_p. Default: ${DEFAULT-VALUE}.")
  private int population;

  @Option(names = "--mutation-rate", description = "Genetic: r_m. Default: N_s / (25 n).")
  private OptionalDouble mutationRate = OptionalDouble.empty();

  @Option(
      names = "--crossover-rate",
      defaultValue = "0.5",
      description = "Genetic: r_c. Default: ${DEFAULT-VALUE}.")
  private double crossoverRate;

  @Option(
      names = "--stall",
      paramLabel = "GENERATIONS",
      description = "Genetic: stop a stratum when its best has not grown for so long.")
  private Optional<Integer> stall = Optional.empty();

  @Option(
      names = "--time-budget",
      paramLabel = "SECONDS",
      description = "Genetic: stop a stratum after this time; the result then depends on it.")
  private Optional<Double> timeBudget = Optional.empty();

  Selector selector() {
    return switch (kind) {
      case GENETIC -> genetic();
      case RANDOM -> new StratifiedRandom();
      case FARTHEST_POINT -> new FarthestPoint();
      case GRID_THINNING -> new GridThinning();
    };
  }

  /** How the selection is called in the report. */
  String title() {
    return switch (kind) {
      case GENETIC ->
          goal == Goal.HISTOGRAM_ENTROPY ? "Entropy-maximised" : "Genetic, " + fitness().name();
      case RANDOM -> "Stratified random";
      case FARTHEST_POINT -> "Farthest point";
      case GRID_THINNING -> "Grid thinning";
    };
  }

  private GeneticSelector genetic() {
    GeneticSelector.Builder builder =
        GeneticSelector.builder()
            .fitness(fitness())
            .generations(generations)
            .population(population)
            .crossoverRate(crossoverRate);
    mutationRate.ifPresent(builder::mutationRate);
    stall.ifPresent(limit -> builder.stall(limit, 0));
    timeBudget.ifPresent(
        seconds -> builder.timeBudget(Duration.ofNanos(Math.round(1e9 * seconds))));
    return builder.build();
  }

  private Fitness fitness() {
    return switch (goal) {
      case HISTOGRAM_ENTROPY -> Fitness.histogramEntropy(bins);
      case MEAN_DISTANCE -> Fitness.meanDistance();
      case MEAN_LOG_DISTANCE -> Fitness.meanLogDistance();
      case NEAREST_NEIGHBOUR_ENTROPY -> Fitness.nearestNeighbourEntropy();
    };
  }
}
