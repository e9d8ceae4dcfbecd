package org.csmoe.sampling.selection;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The paper's genetic algorithm (section II.C, Algorithm 2): candidates are subsets of a stratum's
 * members; tournament selection, uniform crossover, a flip of every bit with the mutation rate, and
 * a size held between 90 and 110 % of the target by pruning or augmenting at random, back to the
 * target. The best subset ever seen is returned, so its size may differ from the target by 10 %.
 *
 * <p>The paper gives T = 2500, N_p = 10, a crossover rate of 0.5 and the sizes. It leaves open how
 * parents are chosen (here: tournaments of 3), the kind of crossover (uniform), elitism (1), and
 * prints the mutation rate as N_s / n^25, which we read as {@code N_s / (25 n)}: N_s/25 expected
 * flips per child whatever the size of the stratum.
 *
 * <p>Immutable and safe for use by several threads. The same members, target and seed give the same
 * choice on every machine, unless a time budget ends the search.
 *
 * <pre>{@code
 * int[] selected =
 *     GeneticSelector.builder().generations(2500).population(10).build()
 *         .select(members, 100, 42, generation -> {});
 * }</pre>
 */
public final class GeneticSelector implements Selector {
  private final Builder settings;
  private final LongSupplier nanoTime;

  private GeneticSelector(Builder settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  /**
   * Begins a selector with the paper's settings.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return "genetic(fitness=%s, generations=%d, population=%d, mutationRate=%s, crossoverRate=%s, tournament=%d, elites=%d%s%s)"
        .formatted(
            settings.fitness.name(),
            settings.generations,
            settings.population,
            settings.mutationRate == Builder.BY_SIZE ? "N_s/(25n)" : settings.mutationRate,
            settings.crossoverRate,
            settings.tournament,
            settings.elites,
            settings.stallGenerations == Integer.MAX_VALUE
                ? ""
                : ", stallGenerations=%d, stallEpsilon=%s"
                    .formatted(settings.stallGenerations, settings.stallEpsilon),
            settings.timeBudgetNanos == Long.MAX_VALUE
                ? ""
                : ", timeBudget=" + Duration.ofNanos(settings.timeBudgetNanos));
  }

  @Override
  public int[] select(Members members, int target, long seed, Consumer<Generation> observer) {
    Evolution evolution = evolve(members, target, seed);
    evolution.stream().forEach(observer);
    return evolution.best();
  }

  /**
   * Prepares a search that is watched and stopped by its user.
   *
   * @param members where the members lie, more than {@code target}
   * @param target how many to choose, N_s, at least 1
   * @param seed where all random choices come from
   * @return the search, not begun
   * @throws IllegalArgumentException when target is out of range
   */
  public Evolution evolve(Members members, int target, long seed) {
    Selectors.requireTarget(members, target);
    return new Evolution(this, members, target, seed, nanoTime);
  }

  Fitness fitness() {
    return settings.fitness;
  }

  int generations() {
    return settings.generations;
  }

  int population() {
    return settings.population;
  }

  int tournament() {
    return settings.tournament;
  }

  int elites() {
    return settings.elites;
  }

  double crossoverRate() {
    return settings.crossoverRate;
  }

  double mutationRate(int members, int target) {
    return settings.mutationRate == Builder.BY_SIZE
        ? Math.min(0.5, target / (25.0 * members))
        : settings.mutationRate;
  }

  int stallGenerations() {
    return settings.stallGenerations;
  }

  double stallEpsilon() {
    return settings.stallEpsilon;
  }

  long timeBudgetNanos() {
    return settings.timeBudgetNanos;
  }

  /** Settings of a {@link GeneticSelector}. Not safe for use by several threads. */
  public static final class Builder {
    private static final double BY_SIZE = -1;

    private Fitness fitness = Fitness.histogramEntropy();
    private int generations = 2500;
    private int population = 10;
    private int tournament = 3;
    private int elites = 1;
    private double crossoverRate = 0.5;
    private double mutationRate = BY_SIZE;
    private int stallGenerations = Integer.MAX_VALUE;
    private double stallEpsilon;
    private long timeBudgetNanos = Long.MAX_VALUE;

    private Builder() {}

    private Builder(Builder other) {
      fitness = other.fitness;
      generations = other.generations;
      population = other.population;
      tournament = other.tournament;
      elites = other.elites;
      crossoverRate = other.crossoverRate;
      mutationRate = other.mutationRate;
      stallGenerations = other.stallGenerations;
      stallEpsilon = other.stallEpsilon;
      timeBudgetNanos = other.timeBudgetNanos;
    }

    /**
     * What to maximise. Default: {@link Fitness#histogramEntropy()}.
     *
     * @param fitness the fitness
     * @return this builder
     */
    public Builder fitness(Fitness fitness) {
      this.fitness = Objects.requireNonNull(fitness, "fitness");
      return this;
    }

    /**
     * Generations after the initial population, T. Default: 2500.
     *
     * @param generations at least 1
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder generations(int generations) {
      this.generations = atLeast("generations", generations, 1);
      return this;
    }

    /**
     * Candidates per generation, N_p. Default: 10.
     *
     * @param population at least 2
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder population(int population) {
      this.population = atLeast("population", population, 2);
      return this;
    }

    /**
     * How many candidates a parent is the best of. Default: 3.
     *
     * @param tournament at least 1
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder tournament(int tournament) {
      this.tournament = atLeast("tournament", tournament, 1);
      return this;
    }

    /**
     * How many go into the next generation unchanged: the best ever, then the best of the
     * generation. Default: 1.
     *
     * @param elites at least 0, less than the population
     * @return this builder
     * @throws IllegalArgumentException when negative
     */
    public Builder elites(int elites) {
      this.elites = atLeast("elites", elites, 0);
      return this;
    }

    /**
     * Probability that a child has two parents, r_c. Default: 0.5.
     *
     * @param crossoverRate 0 to 1
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder crossoverRate(double crossoverRate) {
      this.crossoverRate = share("crossoverRate", crossoverRate, 1);
      return this;
    }

    /**
     * Probability of a flip for every member of the stratum, r_m. Default: {@code N_s / (25 n)}, at
     * most 0.5.
     *
     * @param mutationRate 0 to 0.5
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder mutationRate(double mutationRate) {
      this.mutationRate = share("mutationRate", mutationRate, 0.5);
      return this;
    }

    /**
     * Ends a search when the best fitness has not grown for so many generations. Default: never.
     *
     * @param generations at least 1
     * @param epsilon what counts as growth: more than this, at least 0
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder stall(int generations, double epsilon) {
      this.stallGenerations = atLeast("stall generations", generations, 1);
      if (!(epsilon >= 0)) {
        throw new IllegalArgumentException("stall epsilon must be at least 0 but was " + epsilon);
      }
      this.stallEpsilon = epsilon;
      return this;
    }

    /**
     * Ends a search after this time; what is chosen then depends on the machine. Default: never.
     *
     * @param timeBudget more than zero, for each stratum
     * @return this builder
     * @throws IllegalArgumentException when not positive
     */
    public Builder timeBudget(Duration timeBudget) {
      if (timeBudget.isNegative() || timeBudget.isZero()) {
        throw new IllegalArgumentException("timeBudget must be positive but was " + timeBudget);
      }
      this.timeBudgetNanos = timeBudget.toNanos();
      return this;
    }

    /**
     * Makes the selector.
     *
     * @return the selector; the builder can go on
     * @throws IllegalArgumentException when elites are not fewer than the population
     */
    public GeneticSelector build() {
      return build(System::nanoTime);
    }

    GeneticSelector build(LongSupplier nanoTime) {
      if (elites >= population) {
        throw new IllegalArgumentException(
            "elites must be less than the population of %d but was %d"
                .formatted(population, elites));
      }
      return new GeneticSelector(new Builder(this), nanoTime);
    }

    private static int atLeast(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            "%s must be at least %d but was %d".formatted(name, least, value));
      }
      return value;
    }

    private static double share(String name, double value, double most) {
      if (!(value >= 0 && value <= most)) {
        throw new IllegalArgumentException(
            "%s must be in 0..%s but was %s".formatted(name, most, value));
      }
      return value;
    }
  }
}
