package org.csmoe.sampling.selection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.Stratum;
import org.csmoe.sampling.internal.SharedWork;

/**
 * Samples an archive stratum by stratum (paper section II.C, Algorithm 2): strata with at most N_s
 * members are kept whole, from larger ones a {@link Selector} chooses.
 *
 * <p>Each stratum's random choices follow from the seed and its two classes alone, so that the same
 * seed gives the same sample whatever the executor and on every machine, and a stratum's sample
 * does not depend on the others. Memory beside the archive: 40 bytes per member of the strata in
 * work.
 *
 * <p>Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * Sample sample =
 *     StratifiedSampler.builder()
 *         .perStratum(100)
 *         .selector(GeneticSelector.builder().build())
 *         .seed(42)
 *         .executor(ForkJoinPool.commonPool())
 *         .build()
 *         .sample(archive);
 * }</pre>
 */
public final class StratifiedSampler {
  private final int perStratum;
  private final Selector selector;
  private final long seed;
  private final Executor executor;
  private final ProgressListener progress;

  private StratifiedSampler(Builder builder) {
    perStratum = builder.perStratum;
    selector = builder.selector;
    seed = builder.seed;
    executor = builder.executor;
    progress = builder.progress;
  }

  /**
   * Begins a sampler.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Samples an archive. When this thread is interrupted or a stratum fails, no other stratum
   * begins, those in work are stopped, and no thread works on any of them when this method has
   * thrown.
   *
   * @param archive locations with descriptors
   * @return what was selected from every stratum
   * @throws CsMoeException when the thread is interrupted, and stays so; when the executor refuses
   *     a task or interrupts one; when the selector returns what is no choice of members. What a
   *     selector throws is thrown as it is
   */
  public Sample sample(DescribedArchive archive) {
    Map<Stratum, int[]> strata = archive.strata();
    SharedWork work = new SharedWork("the sampling of strata", executor);
    Run run = new Run(archive, strata.size(), work);
    List<SharedWork.Part<StratumSample>> parts = new ArrayList<>();
    // The largest first: they take longest, and no thread should meet one at the end.
    strata.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> -entry.getValue().length))
        .forEach(entry -> parts.add(work.add(() -> run.sample(entry.getKey(), entry.getValue()))));
    work.run();
    List<StratumSample> samples =
        parts.stream()
            .map(SharedWork.Part::get)
            .sorted(Comparator.comparing(StratumSample::stratum))
            .toList();
    return new Sample(selector.name(), seed, samples);
  }

  /** The sampling of one archive; its strata may be in work on several threads. */
  private final class Run {
    private final DescribedArchive archive;
    private final int strata;
    private final SharedWork work;
    private int done;

    Run(DescribedArchive archive, int strata, SharedWork work) {
      this.archive = archive;
      this.strata = strata;
      this.work = work;
    }

    StratumSample sample(Stratum stratum, int[] indexes) {
      History history = new History();
      int[] chosen = indexes.length <= perStratum ? indexes : choose(stratum, indexes, history);
      synchronized (this) {
        progress.advanced("strata", ++done, strata);
      }
      return new StratumSample(stratum, indexes.length, chosen, history.toList());
    }

    private int[] choose(Stratum stratum, int[] indexes, History history) {
      int[] chosen =
          selector.select(
              Members.of(archive, indexes),
              perStratum,
              seedOf(stratum),
              generation -> {
                work.requireGoing();
                history.add(generation);
              });
      requireChoice(stratum, chosen, indexes.length);
      return Arrays.stream(chosen).map(member -> indexes[member]).toArray();
    }

    private void requireChoice(Stratum stratum, int[] chosen, int members) {
      for (int i = 0; i < chosen.length; i++) {
        if (chosen[i] < 0 || chosen[i] >= members || (i > 0 && chosen[i] <= chosen[i - 1])) {
          throw new CsMoeException(
              "selector %s must return ascending members in 0..%d without repetition for %s but returned %d at place %d"
                  .formatted(selector.name(), members - 1, stratum, chosen[i], i));
        }
      }
    }
  }

  /**
   * Two rounds of the finaliser of SplitMix64, so that neighbouring seeds and classes part ways.
   */
  private long seedOf(Stratum stratum) {
    return mix(mix(seed) ^ ((long) stratum.climate() << 32 | stratum.thematic()));
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Settings of a {@link StratifiedSampler}. Not safe for use by several threads. */
  public static final class Builder {
    private int perStratum = 100;
    private Selector selector = GeneticSelector.builder().build();
    private long seed;
    private Executor executor = Runnable::run;
    private ProgressListener progress = ProgressListener.NONE;

    private Builder() {}

    /**
     * How many to take from each stratum, N_s. Default: 100.
     *
     * @param perStratum at least 1
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder perStratum(int perStratum) {
      if (perStratum < 1) {
        throw new IllegalArgumentException("perStratum must be at least 1 but was " + perStratum);
      }
      this.perStratum = perStratum;
      return this;
    }

    /**
     * What chooses from strata with more members. Default: {@link GeneticSelector} with the paper's
     * settings.
     *
     * @param selector the selector
     * @return this builder
     */
    public Builder selector(Selector selector) {
      this.selector = Objects.requireNonNull(selector, "selector");
      return this;
    }

    /**
     * Where all random choices come from. Default: 0.
     *
     * @param seed any number
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Who helps with the strata; it stays the caller's. The calling thread always works too, and
     * does all of the work when the executor does none. Default: it works alone.
     *
     * @param executor for example a fixed pool with a thread less than there are cores
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Learns of every finished stratum, on the thread that finished it, one at a time.
     *
     * @param progress the listener
     * @return this builder
     */
    public Builder progress(ProgressListener progress) {
      this.progress = Objects.requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Makes the sampler.
     *
     * @return the sampler; the builder can go on
     */
    public StratifiedSampler build() {
      return new StratifiedSampler(this);
    }
  }
}
