package org.csmoe.sampling.descriptors;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.Rejections;
import org.jspecify.annotations.Nullable;

/**
 * Gives every location of an archive its climate and its thematic class, the paper's Algorithm 1:
 * D' from D. By default both are looked up at the centre.
 *
 * <p>A location without one of the classes is dropped and counted, under the first of these
 * reasons: {@link #OUTSIDE_CLIMATE}, {@link #NO_CLIMATE} (over the sea, for a climate map), {@link
 * #TOO_LARGE}, {@link #OUTSIDE_THEMATIC}, {@link #NO_THEMATIC}. Rows of the source that are no
 * location are counted under the source's own reasons, or refused when {@link Builder#strict}.
 *
 * <p>The result is in the order of the source, whatever the executor. The source is read as a
 * stream; beside the result, memory holds 8,192 locations and the rasters' blocks.
 *
 * <p>Immutable and safe for use by several threads, with a source that is. The rasters stay the
 * caller's to close.
 *
 * <pre>{@code
 * Descriptors descriptors =
 *     DescriptorExtractor.builder()
 *         .climate(climate)
 *         .thematic(landCover, DescriptorRule.MAJORITY)
 *         .executor(ForkJoinPool.commonPool())
 *         .build()
 *         .extract(source);
 * }</pre>
 */
public final class DescriptorExtractor {
  /** Reason: the climate raster does not cover the place. */
  public static final String OUTSIDE_CLIMATE = "outside the climate raster";

  /** Reason: the climate raster has no data there. */
  public static final String NO_CLIMATE = "no climate class";

  /** Reason: the thematic raster does not cover the place. */
  public static final String OUTSIDE_THEMATIC = "outside the thematic raster";

  /** Reason: the thematic raster has no data there. */
  public static final String NO_THEMATIC = "no thematic class";

  /** Reason: the footprint has more pixels than {@link CategoricalRaster} allows. */
  public static final String TOO_LARGE = "footprint of too many pixels";

  private static final int BATCH = 8192;
  private static final int SLICE = 256;

  private final CategoricalRaster climate;
  private final DescriptorRule climateRule;
  private final CategoricalRaster thematic;
  private final DescriptorRule thematicRule;
  private final Executor executor;
  private final ProgressListener progress;
  private final boolean strict;

  private DescriptorExtractor(
      Builder builder, CategoricalRaster climate, CategoricalRaster thematic) {
    this.climate = climate;
    this.thematic = thematic;
    climateRule = builder.climateRule;
    thematicRule = builder.thematicRule;
    executor = builder.executor;
    progress = builder.progress;
    strict = builder.strict;
  }

  /**
   * Begins an extractor.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a source once and describes its locations.
   *
   * @param source the archive D
   * @return the archive D', what was left out, and codes without a name
   * @throws CsMoeException when the thread is interrupted, which it stays; when a row is no
   *     location and the extractor is strict; or when a raster is malformed
   * @throws java.io.UncheckedIOException when a file cannot be read
   */
  public Descriptors extract(LocationSource source) {
    Run run = new Run(source.count());
    source.read(run);
    return run.finish();
  }

  /** One reading of one source. */
  private final class Run implements LocationSource.Visitor {
    private final long total;
    private final DescribedArchive.Builder archive = DescribedArchive.builder();
    private final Rejections rejections = new Rejections();
    private final SortedMap<Integer, Long> unnamedClimates = new TreeMap<>();
    private final SortedMap<Integer, Long> unnamedThematics = new TreeMap<>();
    private final Location[] batch = new Location[BATCH];
    private final int[] climates = new int[BATCH];
    private final int[] thematics = new int[BATCH];
    private int pending;
    private long rows;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    Run(OptionalLong total) {
      this.total = total.orElse(-1);
    }

    @Override
    public void accept(Location location) {
      batch[pending++] = location;
      rows++;
      if (pending == BATCH) {
        flush();
      }
    }

    @Override
    public void reject(String where, String reason, String detail) {
      if (strict) {
        throw new CsMoeException("%s: %s, %s".formatted(where, reason, detail));
      }
      rows++;
      rejections.add(reason, "%s: %s".formatted(where, detail));
    }

    Descriptors finish() {
      flush();
      return new Descriptors(archive.build(), rejections, unnamedClimates, unnamedThematics);
    }

    private void flush() {
      lookUp();
      for (int i = 0; i < pending; i++) {
        Location location = batch[i];
        String reason = reason(climates[i], thematics[i]);
        if (reason != null) {
          rejections.add(reason, example(location, reason));
        } else {
          archive.add(
              location.id(), location.longitude(), location.latitude(), climates[i], thematics[i]);
          note(climate.legend(), climates[i], unnamedClimates);
          note(thematic.legend(), thematics[i], unnamedThematics);
        }
      }
      pending = 0;
      progress.advanced("descriptors", rows, total);
    }

    private void note(Legend legend, int code, SortedMap<Integer, Long> unnamed) {
      if (!legend.has(code)) {
        unnamed.merge(code, 1L, Long::sum);
      }
    }

    private String example(Location location, String reason) {
      // Rejections keeps the first few; the text of the others would be made in vain.
      return rejections.examples(reason).size() == Rejections.EXAMPLES
          ? location.id()
          : "%s at longitude %s, latitude %s"
              .formatted(location.id(), location.longitude(), location.latitude());
    }

    /** Looks up the batch, slice by slice; returns when no slice is in work any more. */
    private void lookUp() {
      List<CompletableFuture<Void>> slices = new ArrayList<>();
      try {
        for (int from = 0; from < pending; from += SLICE) {
          int start = from;
          int end = Math.min(pending, from + SLICE);
          slices.add(CompletableFuture.runAsync(() -> lookUp(start, end), executor));
        }
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      }
      await(CompletableFuture.allOf(slices.toArray(CompletableFuture<?>[]::new)));
    }

    private void lookUp(int from, int to) {
      try {
        for (int i = from; i < to && failure.get() == null; i++) {
          if (Thread.currentThread().isInterrupted()) {
            throw new CsMoeException("interrupted while descriptors were looked up");
          }
          climates[i] = climate.classOf(batch[i], climateRule);
          if (climates[i] >= 0) {
            thematics[i] = thematic.classOf(batch[i], thematicRule);
          }
        }
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      }
    }

    private void await(CompletableFuture<Void> slices) {
      boolean interrupted = false;
      while (!slices.isDone()) {
        try {
          slices.get();
        } catch (InterruptedException e) {
          interrupted = true;
          failure.compareAndSet(
              null, new CsMoeException("interrupted while descriptors were looked up", e));
        } catch (ExecutionException e) {
          break;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      RuntimeException cause = failure.get();
      if (cause != null) {
        throw cause;
      }
      // Only an error of the virtual machine is left; join() throws it.
      slices.join();
    }
  }

  private static @Nullable String reason(int climate, int thematic) {
    if (climate == CategoricalRaster.TOO_LARGE) {
      return TOO_LARGE;
    }
    if (climate < 0) {
      return climate == CategoricalRaster.OUTSIDE ? OUTSIDE_CLIMATE : NO_CLIMATE;
    }
    if (thematic == CategoricalRaster.TOO_LARGE) {
      return TOO_LARGE;
    }
    if (thematic < 0) {
      return thematic == CategoricalRaster.OUTSIDE ? OUTSIDE_THEMATIC : NO_THEMATIC;
    }
    return null;
  }

  /** Settings of a {@link DescriptorExtractor}. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable CategoricalRaster climate;
    private DescriptorRule climateRule = DescriptorRule.CENTRE;
    private @Nullable CategoricalRaster thematic;
    private DescriptorRule thematicRule = DescriptorRule.CENTRE;
    private Executor executor = Runnable::run;
    private ProgressListener progress = ProgressListener.NONE;
    private boolean strict;

    private Builder() {}

    /**
     * The climate map, looked up at the centre. Required.
     *
     * @param raster for example Köppen-Geiger classes; stays open and the caller's
     * @return this builder
     */
    public Builder climate(CategoricalRaster raster) {
      return climate(raster, DescriptorRule.CENTRE);
    }

    /**
     * The climate map. Required.
     *
     * @param raster for example Köppen-Geiger classes; stays open and the caller's
     * @param rule how a location gets its class
     * @return this builder
     */
    public Builder climate(CategoricalRaster raster, DescriptorRule rule) {
      climate = Objects.requireNonNull(raster, "climate");
      climateRule = Objects.requireNonNull(rule, "rule");
      return this;
    }

    /**
     * The thematic product, looked up at the centre. Required.
     *
     * @param raster for example land cover; stays open and the caller's
     * @return this builder
     */
    public Builder thematic(CategoricalRaster raster) {
      return thematic(raster, DescriptorRule.CENTRE);
    }

    /**
     * The thematic product. Required.
     *
     * @param raster for example land cover; stays open and the caller's
     * @param rule how a location gets its class
     * @return this builder
     */
    public Builder thematic(CategoricalRaster raster, DescriptorRule rule) {
      thematic = Objects.requireNonNull(raster, "thematic");
      thematicRule = Objects.requireNonNull(rule, "rule");
      return this;
    }

    /**
     * What runs the lookups; it stays the caller's. Worth a pool where most locations need a block
     * of their own, as at 10 m, or for footprints. Default: the calling thread.
     *
     * @param value for example a fixed pool with a thread per core
     * @return this builder
     */
    public Builder executor(Executor value) {
      executor = Objects.requireNonNull(value, "executor");
      return this;
    }

    /**
     * Learns of every 8,192 rows, in the stage {@code descriptors}. Default: nobody.
     *
     * @param value the listener
     * @return this builder
     */
    public Builder progress(ProgressListener value) {
      progress = Objects.requireNonNull(value, "progress");
      return this;
    }

    /**
     * Whether the first row that is no location ends the work with an exception. Default: false,
     * such rows are counted. Locations without a class are counted in any case.
     *
     * @param value true to refuse bad rows
     * @return this builder
     */
    public Builder strict(boolean value) {
      strict = value;
      return this;
    }

    /**
     * Makes the extractor.
     *
     * @return the extractor; the builder can go on
     * @throws IllegalStateException when a raster was not set
     */
    public DescriptorExtractor build() {
      if (climate == null || thematic == null) {
        throw new IllegalStateException(
            "climate and thematic must be set before build, but %s was not"
                .formatted(climate == null ? "climate" : "thematic"));
      }
      return new DescriptorExtractor(this, climate, thematic);
    }
  }
}
