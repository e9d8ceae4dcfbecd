package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.csmoe.CsMoeException;

/**
 * One run of a genetic selection, to be watched and stopped as one likes: generations are bred as
 * {@link #stream()} is consumed.
 *
 * <p>Memory: two populations of subsets, about {@code 2 N_p (8 * 1.1 N_s + 4 * bins)} bytes,
 * whatever the number of members. Time of a generation: about {@code N_p} times the changes of a
 * child from its parent times N_s.
 *
 * <p>Not safe for use by several threads.
 *
 * <pre>{@code
 * Evolution evolution = GeneticSelector.builder().build().evolve(members, 100, 42);
 * evolution.stream().takeWhile(g -> g.bestEver() < 4).forEach(System.out::println);
 * int[] selected = evolution.best();
 * }</pre>
 */
public final class Evolution {
  private static final Comparator<Candidate> FITTEST_FIRST =
      Comparator.comparingDouble(Candidate::fitness).reversed();

  private final GeneticSelector settings;
  private final Members members;
  private final int target;
  private final int least;
  private final int most;
  private final double mutationRate;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final long begin;
  private final Difference difference = new Difference();
  private final Chords chords = new Chords();
  private final IntComparison fitter = this::isFitter;
  private final Candidate best;
  private Candidate[] population;
  private Candidate[] offspring;
  private int generation = -1;
  private int lastImprovement;
  private double reference = Double.NEGATIVE_INFINITY;

  Evolution(
      GeneticSelector settings, Members members, int target, long seed, LongSupplier nanoTime) {
    this.settings = settings;
    this.members = members;
    this.target = target;
    // In whole numbers: 0.9 times a multiple of ten may be a little more than it should.
    this.least = (int) ((9L * target + 9) / 10);
    this.most = (int) Math.min(members.size(), 11L * target / 10);
    this.mutationRate = settings.mutationRate(members.size(), target);
    this.random = new SplittableRandom(seed);
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
    this.best = candidate();
    this.population = new Candidate[settings.population()];
    this.offspring = new Candidate[settings.population()];
    for (int i = 0; i < population.length; i++) {
      population[i] = candidate();
      offspring[i] = candidate();
    }
  }

  private Candidate candidate() {
    return new Candidate(2 * most + 16, settings.fitness().newScore());
  }

  /**
   * Breeds generation after generation, the initial population first, until the selector's limit of
   * generations, of stalled generations or of time is reached. A second call goes on where the
   * first was left.
   *
   * @return a lazy sequential stream; consuming it throws {@link CsMoeException} when the thread is
   *     interrupted
   */
  public Stream<Generation> stream() {
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<Generation>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super Generation> action) {
            if (isOver()) {
              return false;
            }
            action.accept(advance());
            return true;
          }
        },
        false);
  }

  /**
   * The best subset so far.
   *
   * @return ascending indexes of members; empty before the first generation
   */
  public int[] best() {
    return best.subset.toArray();
  }

  private boolean isOver() {
    return generation >= settings.generations()
        || (generation >= 0 && generation - lastImprovement >= settings.stallGenerations())
        || (generation >= 0 && nanoTime.getAsLong() - begin >= settings.timeBudgetNanos());
  }

  private Generation advance() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CsMoeException("interrupted after generation " + generation);
    }
    if (generation < 0) {
      for (Candidate candidate : population) {
        candidate.subset.augment(target, members.size(), random);
        candidate.evaluate(members, chords);
      }
    } else {
      breed();
    }
    generation++;
    return statistics();
  }

  private void breed() {
    int elites = settings.elites();
    if (elites > 1) {
      Arrays.sort(population, FITTEST_FIRST);
    }
    for (int i = 0; i < elites; i++) {
      // The best ever is the one elite that matters; the others are the generation's best.
      offspring[i].copyFrom(i == 0 ? best : population[i]);
    }
    for (int i = elites; i < offspring.length; i++) {
      Candidate child = offspring[i];
      Candidate parent = tournament();
      if (random.nextDouble() < settings.crossoverRate()) {
        child.subset.cross(parent.subset, tournament().subset, random);
      } else {
        child.subset.copyFrom(parent.subset);
      }
      child.subset.mutate(mutationRate, members.size(), random);
      if (child.subset.size() > most) {
        child.subset.prune(target, random);
      } else if (child.subset.size() < least) {
        child.subset.augment(target, members.size(), random);
      }
      child.evaluate(members, parent, difference, chords);
    }
    Candidate[] parents = population;
    population = offspring;
    offspring = parents;
  }

  private Candidate tournament() {
    return population[tournament(random, population.length, settings.tournament(), fitter)];
  }

  private boolean isFitter(int a, int b) {
    return population[a].fitness() > population[b].fitness();
  }

  /** The best of some candidates drawn with replacement; of equals the first drawn. */
  static int tournament(RandomGenerator random, int population, int size, IntComparison better) {
    int winner = random.nextInt(population);
    for (int i = 1; i < size; i++) {
      int rival = random.nextInt(population);
      winner = better.test(rival, winner) ? rival : winner;
    }
    return winner;
  }

  /** Whether one candidate is better than another. */
  @FunctionalInterface
  interface IntComparison {
    boolean test(int a, int b);
  }

  private Generation statistics() {
    Candidate fittest = population[0];
    double worst = Double.POSITIVE_INFINITY;
    double sum = 0;
    for (Candidate candidate : population) {
      if (candidate.fitness() > fittest.fitness()) {
        fittest = candidate;
      }
      worst = Math.min(worst, candidate.fitness());
      sum += candidate.fitness();
    }
    if (generation == 0 || fittest.fitness() > best.fitness()) {
      best.copyFrom(fittest);
    }
    if (best.fitness() > reference + settings.stallEpsilon()) {
      reference = best.fitness();
      lastImprovement = generation;
    }
    return new Generation(
        generation,
        best.fitness(),
        fittest.fitness(),
        sum / population.length,
        worst,
        fittest.subset.size());
  }
}
