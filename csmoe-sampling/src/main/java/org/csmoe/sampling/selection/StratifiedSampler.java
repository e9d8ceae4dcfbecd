package org.csmoe.sampling.selection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.Stratum;
import org.jspecify.annotations.Nullable;

/**
 * Samples an archive stratum by stratum (paper section II.C, Algorithm 2): strata with at most N_s
 * members are kept whole, from larger ones a {@link Selector} chooses.
 *
 * <p>Each stratum's random choices follow from the seed and its two classes alone, so that the same
 * seed gives the same sample whatever the executor, and a stratum's sample does not depend on the
 * others. Memory beside the archive: 40 bytes per member of the strata in work.
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
   * Samples an archive. When this thread is interrupted or a stratum fails, the others are stopped
   * at their next generation and waited for.
   *
   * @param archive locations with descriptors
   * @return what was selected from every stratum
   * @throws CsMoeException when the thread is interrupted; it stays interrupted
   */
  public Sample sample(DescribedArchive archive) {
    Map<Stratum, int[]> strata = archive.strata();
    Run run = new Run(archive, strata.size());
    List<CompletableFuture<StratumSample>> work = new ArrayList<>();
    // The largest first: they take longest, and no thread should meet one at the end.
    strata.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> -entry.getValue().length))
        .forEach(
            entry ->
                work.add(
                    CompletableFuture.supplyAsync(
                        () -> run.sample(entry.getKey(), entry.getValue()), executor)));
    await(work, run);
    List<StratumSample> samples =
        work.stream()
            .map(CompletableFuture::join)
            .sorted(Comparator.comparing(StratumSample::stratum))
            .toList();
    return new Sample(selector.name(), seed, samples);
  }

  /** Waits for all strata, those that are being stopped too, and then tells what went wrong. */
  private static void await(List<CompletableFuture<StratumSample>> work, Run run) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(work.toArray(CompletableFuture<?>[]::new));
    boolean interrupted = false;
    while (!all.isDone()) {
      try {
        all.get();
      } catch (InterruptedException e) {
        interrupted = true;
        run.fail(new CsMoeException("interrupted while strata were sampled", e));
      } catch (ExecutionException e) {
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    RuntimeException failure = run.failure.get();
    if (failure != null) {
      throw failure;
    }
  }

  /** The sampling of one archive; its strata may be in work on several threads. */
  private final class Run {
    private final DescribedArchive archive;
    private final int strata;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private int done;

    Run(DescribedArchive archive, int strata) {
      this.archive = archive;
      this.strata = strata;
    }

    /** Keeps the first failure and stops the strata in work. */
    void fail(RuntimeException cause) {
      failure.compareAndSet(null, cause);
    }

    StratumSample sample(Stratum stratum, int[] indexes) {
      try {
        requireGoing();
        History history = new History();
        int[] chosen = indexes.length <= perStratum ? indexes : choose(stratum, indexes, history);
        synchronized (this) {
          progress.advanced("strata", ++done, strata);
        }
        return new StratumSample(stratum, indexes.length, chosen, history.toList());
      } catch (RuntimeException e) {
        fail(e);
        throw e;
      }
    }

    private int[] choose(Stratum stratum, int[] indexes, History history) {
      double[] longitudes = new double[indexes.length];
      double[] latitudes = new double[indexes.length];
      for (int i = 0; i < indexes.length; i++) {
        longitudes[i] = archive.longitude(indexes[i]);
        latitudes[i] = archive.latitude(indexes[i]);
      }
      int[] chosen =
          selector.select(
              new Members(longitudes, latitudes),
              perStratum,
              seedOf(stratum),
              generation -> {
                requireGoing();
                history.add(generation);
              });
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = indexes[chosen[i]];
      }
      return chosen;
    }

    private void requireGoing() {
      if (failure.get() != null) {
        throw new CsMoeException("stopped, since another stratum failed");
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
     * What runs the strata; it stays the caller's. Default: the calling thread.
     *
     * @param executor for example a fixed pool with a thread per core
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
