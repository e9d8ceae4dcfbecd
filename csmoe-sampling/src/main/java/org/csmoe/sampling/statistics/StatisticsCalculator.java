package org.csmoe.sampling.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.ToIntFunction;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.Stratum;
import org.csmoe.sampling.internal.SharedWork;

/**
 * Computes {@link SampleStatistics}. Means over pairs are exact for sets, whole selections and
 * single strata alike, of at most {@link Builder#exactPairs} pairs; for larger ones they are means
 * over {@link Builder#sampledPairs} pairs of two different tiles, drawn uniformly with replacement,
 * with standard error s / sqrt(pairs). The closest pair is always exact.
 *
 * <p>The same seed gives the same figures to the last bit, whatever the number of threads and the
 * order of the indexes. Memory: about 36 bytes a tile. Immutable and safe for use by several
 * threads.
 *
 * <pre>{@code
 * StatisticsCalculator calculator =
 *     StatisticsCalculator.builder().executor(ForkJoinPool.commonPool()).build();
 * SampleStatistics full = calculator.statistics(archive);
 * SampleStatistics selected = calculator.statistics(archive, sample.indexes());
 * }</pre>
 */
public final class StatisticsCalculator {
  /** Pairs handled in one task. */
  private static final long TASK_PAIRS = 1L << 22;

  private final long exactPairs;
  private final long sampledPairs;
  private final long seed;
  private final Executor executor;
  private final ProgressListener progress;

  private StatisticsCalculator(Builder builder) {
    exactPairs = builder.exactPairs;
    sampledPairs = builder.sampledPairs;
    seed = builder.seed;
    executor = builder.executor;
    progress = builder.progress;
  }

  /**
   * Begins a calculator.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Up to how many pairs a mean is exact.
   *
   * @return pairs
   */
  public long exactPairs() {
    return exactPairs;
  }

  /**
   * How many pairs are drawn where a mean is not exact.
   *
   * @return pairs
   */
  public long sampledPairs() {
    return sampledPairs;
  }

  /**
   * What the drawn pairs follow from.
   *
   * @return the seed
   */
  public long seed() {
    return seed;
  }

  /**
   * Statistics of all locations.
   *
   * @param archive the locations
   * @return the statistics
   * @throws IllegalArgumentException when a coordinate is not finite
   * @throws org.csmoe.CsMoeException when the thread is interrupted, and stays so, or the executor
   *     refuses a task
   */
  public SampleStatistics statistics(DescribedArchive archive) {
    int[] all = new int[archive.size()];
    Arrays.setAll(all, i -> i);
    return statistics(archive, all);
  }

  /**
   * Statistics of a selection.
   *
   * @param archive all locations
   * @param indexes which of them, without repetition, in any order
   * @return the statistics
   * @throws IllegalArgumentException when an index is out of range or given twice, or a coordinate
   *     is not finite
   * @throws org.csmoe.CsMoeException when the thread is interrupted, and stays so, or the executor
   *     refuses a task
   */
  public SampleStatistics statistics(DescribedArchive archive, int[] indexes) {
    GroupedTiles tiles = GroupedTiles.of(archive, indexes);
    SplittableRandom random = new SplittableRandom(seed);
    PairTasks tasks = new PairTasks(executor, progress);
    boolean paired = tiles.size() > 1;
    Optional<SharedWork.Part<NearestPair>> nearest =
        paired
            ? Optional.of(tasks.add(tiles.size(), () -> ClosestPair.of(tiles)))
            : Optional.empty();
    Optional<Survey> all = survey(tasks, tiles, 0, tiles.size(), random);
    List<Optional<Survey>> within = new ArrayList<>();
    for (GroupedTiles.Group group : tiles.groups) {
      within.add(survey(tasks, tiles, group.from(), group.to(), random));
    }
    tasks.run();

    List<StratumStatistics> strata = new ArrayList<>();
    for (int g = 0; g < within.size(); g++) {
      GroupedTiles.Group group = tiles.groups.get(g);
      strata.add(
          new StratumStatistics(
              group.stratum(), group.size(), within.get(g).map(Survey::statistics)));
    }
    return new SampleStatistics(
        tiles.size(),
        Spread.of(perClass(tiles, Stratum::climate)),
        Spread.of(perClass(tiles, Stratum::thematic)),
        Spread.of(tiles.groups.stream().map(GroupedTiles.Group::size).toList()),
        all.map(Survey::statistics),
        nearest.map(SharedWork.Part::get),
        WithinStrata.of(strata),
        strata);
  }

  private static Collection<Integer> perClass(GroupedTiles tiles, ToIntFunction<Stratum> classOf) {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (GroupedTiles.Group group : tiles.groups) {
      counts.merge(classOf.applyAsInt(group.stratum()), group.size(), Integer::sum);
    }
    return counts.values();
  }

  /** The parts of one mean over pairs. */
  private record Survey(List<SharedWork.Part<PairSums>> parts, boolean exact) {
    PairStatistics statistics() {
      PairSums total = new PairSums();
      parts.forEach(part -> total.add(part.get()));
      return total.statistics(exact);
    }
  }

  private Optional<Survey> survey(
      PairTasks tasks, GroupedTiles tiles, int from, int to, SplittableRandom random) {
    // Split off even where nothing is drawn: what others draw does not depend on this set's size.
    SplittableRandom own = random.split();
    long size = (long) to - from;
    if (size < 2) {
      return Optional.empty();
    }
    boolean exact = size * (size - 1) / 2 <= exactPairs;
    List<SharedWork.Part<PairSums>> parts = new ArrayList<>();
    if (exact) {
      int start = from;
      while (start < to - 1) {
        int rows = (int) Math.max(1, Math.min(to - start, TASK_PAIRS / (to - start)));
        int first = start;
        int end = Math.min(to, start + rows);
        long pairs = (long) rows * (to - start);
        parts.add(tasks.add(pairs, () -> PairSums.exact(tiles, first, end, to)));
        start = end;
      }
    } else {
      for (long done = 0; done < sampledPairs; done += TASK_PAIRS) {
        long pairs = Math.min(TASK_PAIRS, sampledPairs - done);
        SplittableRandom part = own.split();
        parts.add(tasks.add(pairs, () -> PairSums.sampled(tiles, from, to, pairs, part)));
      }
    }
    return Optional.of(new Survey(parts, exact));
  }

  /** Settings of a calculator. Not safe for use by several threads. */
  public static final class Builder {
    private long exactPairs = 400_000_000;
    private long sampledPairs = 10_000_000;
    private long seed = 1;
    private Executor executor = task -> {};
    private ProgressListener progress = ProgressListener.NONE;

    private Builder() {}

    /**
     * Up to how many pairs a mean is exact; larger sets are estimated.
     *
     * @param pairs at least 0, by default 400,000,000, the pairs of 28,000 tiles
     * @return this builder
     * @throws IllegalArgumentException when negative
     */
    public Builder exactPairs(long pairs) {
      if (pairs < 0) {
        throw new IllegalArgumentException("exactPairs must be at least 0 but was " + pairs);
      }
      exactPairs = pairs;
      return this;
    }

    /**
     * How many pairs are drawn from a larger set. Distances on land have a standard deviation of
     * about 4,700 km, so that the default's standard error is 1.5 km for all tiles.
     *
     * @param pairs at least 2, by default 10,000,000
     * @return this builder
     * @throws IllegalArgumentException when below 2
     */
    public Builder sampledPairs(long pairs) {
      if (pairs < 2) {
        throw new IllegalArgumentException("sampledPairs must be at least 2 but was " + pairs);
      }
      sampledPairs = pairs;
      return this;
    }

    /**
     * What the drawn pairs follow from.
     *
     * @param value any number, by default 1
     * @return this builder
     */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Who helps. The calling thread always works too, and does all of the work when the executor
     * does none; by default it works alone.
     *
     * @param helpers an executor, which stays the caller's to shut down
     * @return this builder
     */
    public Builder executor(Executor helpers) {
      executor = helpers;
      return this;
    }

    /**
     * Who learns how far it has come, in pairs of the stage {@code distances}; called on the thread
     * that did them, one at a time.
     *
     * @param listener by default nobody
     * @return this builder
     */
    public Builder progress(ProgressListener listener) {
      progress = listener;
      return this;
    }

    /**
     * Makes the calculator.
     *
     * @return the calculator; the builder can go on
     */
    public StatisticsCalculator build() {
      return new StatisticsCalculator(this);
    }
  }
}
