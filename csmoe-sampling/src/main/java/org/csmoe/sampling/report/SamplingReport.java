package org.csmoe.sampling.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.io.AtomicFile;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Rejections;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.statistics.Estimate;
import org.csmoe.sampling.statistics.SampleStatistics;
import org.csmoe.sampling.statistics.StatisticsCalculator;
import org.csmoe.sampling.statistics.WithinStrata;
import org.locationtech.jts.geom.Geometry;

/**
 * What a selection gained, as one HTML page that needs nothing else: the paper's Table II with its
 * published values beside ours, the gain over random selection within strata, density maps (Fig.
 * 3), convergence, entropy per stratum, what was dropped, and provenance.
 *
 * <pre>{@code
 * SamplingReport report =
 *     SamplingReport.builder()
 *         .archive("Major TOM on land", archive)
 *         .baseline("Stratified random", random)
 *         .selection("Entropy-maximised", evolved)
 *         .climateNames(Map.of(26, "Dfb"))
 *         .thematicNames(Map.of(10, "Tree cover"))
 *         .coastLines(land)
 *         .rejections(dropped)
 *         .provenance(Map.of("seed", "1"))
 *         .build();
 * report.write(Path.of("report.html"));
 * }</pre>
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SamplingReport {
  private final ReportData data;

  private SamplingReport(ReportData data) {
    this.data = data;
  }

  /**
   * Begins a report.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Writes the page.
   *
   * @param file made or replaced in one step; its folder must exist
   * @throws UncheckedIOException when it cannot be written; an older file is then still there
   */
  public void write(Path file) {
    try {
      AtomicFile.write(file, html());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the report " + file, e);
    }
  }

  /**
   * The page. Maps are drawn anew with each call, which takes a second or two.
   *
   * @return HTML with pictures inside, some megabytes
   */
  public String html() {
    return new ReportPage(data).html();
  }

  /**
   * All figures as nested maps, lists, strings, numbers and booleans, ready for any JSON writer;
   * all numbers are finite.
   *
   * @return a map in a fixed order; the caller's
   */
  public Map<String, Object> statistics() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("perStratum", data.perStratum());
    tree.put("archive", data.archive().toMap());
    data.baseline().ifPresent(b -> tree.put("baseline", b.toMap()));
    tree.put("selection", data.selection().toMap());
    tree.put("others", data.others().stream().map(ReportColumn::toMap).toList());
    gain().ifPresent(gain -> tree.put("gainWithinStrata", gain));
    tree.put("dropped", data.dropped());
    tree.put("provenance", data.provenance());
    return tree;
  }

  private Optional<Map<String, Object>> gain() {
    Optional<WithinStrata> after = data.selection().statistics().withinStrata();
    Optional<WithinStrata> before = data.baseline().flatMap(b -> b.statistics().withinStrata());
    if (before.isEmpty() || after.isEmpty()) {
      return Optional.empty();
    }
    WithinStrata was = before.orElseThrow();
    WithinStrata is = after.orElseThrow();
    Map<String, Object> gain = new LinkedHashMap<>();
    ratio(gain, "perStratum", is.perStratum(), was.perStratum());
    ratio(gain, "perTile", is.perTile(), was.perTile());
    ratio(gain, "perPair", is.perPair(), was.perPair());
    gain.put("published", PublishedTable.GAIN);
    return Optional.of(gain);
  }

  /** Nothing where all tiles of every stratum lie at one place. */
  private static void ratio(Map<String, Object> gain, String name, Estimate is, Estimate was) {
    if (was.value() > 0) {
      gain.put(name, is.value() / was.value());
    }
  }

  /** Collects what the page shows. Not safe for use by several threads. */
  public static final class Builder {
    private record Named<T>(String name, T value) {}

    private String title = "Thematic-climatic sampling";
    private Optional<Named<DescribedArchive>> archive = Optional.empty();
    private Optional<Named<Sample>> baseline = Optional.empty();
    private Optional<Named<Sample>> selection = Optional.empty();
    private final List<Named<Sample>> others = new ArrayList<>();
    private int perStratum = 100;
    private Map<Integer, String> climateNames = Map.of();
    private Map<Integer, String> thematicNames = Map.of();
    private List<Geometry> coastLines = List.of();
    private Map<String, Long> dropped = Map.of();
    private final Map<String, List<String>> examples = new LinkedHashMap<>();
    private final Map<String, String> provenance = new LinkedHashMap<>();
    private StatisticsCalculator calculator = StatisticsCalculator.builder().build();
    private MapProjection projection = MapProjection.EQUAL_EARTH;
    private double cellDegrees = 1;
    private boolean published = true;

    private Builder() {}

    /**
     * The page's title.
     *
     * @param text by default "Thematic-climatic sampling"
     * @return this builder
     */
    public Builder title(String text) {
      title = text;
      return this;
    }

    /**
     * All locations; without them there is no report.
     *
     * @param name what to call them
     * @param locations the archive that all selections are from
     * @return this builder
     * @throws IllegalStateException when set twice
     */
    public Builder archive(String name, DescribedArchive locations) {
      requireUnset("archive", archive);
      archive = Optional.of(new Named<>(name, locations));
      return this;
    }

    /**
     * The selection that others are measured against, as a rule the stratified random one; without
     * it the page shows no gain.
     *
     * @param name what to call it
     * @param sample the selection
     * @return this builder
     * @throws IllegalStateException when set twice
     */
    public Builder baseline(String name, Sample sample) {
      requireUnset("baseline", baseline);
      baseline = Optional.of(new Named<>(name, sample));
      return this;
    }

    /**
     * The selection that the page is about; without it there is no report.
     *
     * @param name what to call it
     * @param sample the selection, with the history of its search if there was one
     * @return this builder
     * @throws IllegalStateException when set twice
     */
    public Builder selection(String name, Sample sample) {
      requireUnset("selection", selection);
      selection = Optional.of(new Named<>(name, sample));
      return this;
    }

    /**
     * One more selection to compare with, in the table and as a map.
     *
     * @param name what to call it
     * @param sample the selection
     * @return this builder
     */
    public Builder other(String name, Sample sample) {
      others.add(new Named<>(name, sample));
      return this;
    }

    /**
     * How many tiles were wanted per stratum, N_s of the paper. Combinations with more than 90 % of
     * it have a row of their own.
     *
     * @param tiles at least 1, by default 100
     * @return this builder
     * @throws IllegalArgumentException when below 1
     */
    public Builder perStratum(int tiles) {
      if (tiles < 1) {
        throw new IllegalArgumentException("perStratum must be at least 1 but was " + tiles);
      }
      perStratum = tiles;
      return this;
    }

    /**
     * Names of climate classes.
     *
     * @param names by code; classes without a name are shown by their code; by default none
     * @return this builder
     */
    public Builder climateNames(Map<Integer, String> names) {
      climateNames = Map.copyOf(names);
      return this;
    }

    /**
     * Names of thematic classes.
     *
     * @param names by code; classes without a name are shown by their code; by default none
     * @return this builder
     */
    public Builder thematicNames(Map<Integer, String> names) {
      thematicNames = Map.copyOf(names);
      return this;
    }

    /**
     * Land or coasts for the maps, as in {@link MapPicture.Builder#coastLines}.
     *
     * @param geometries in degrees, x = longitude, y = latitude; by default none
     * @return this builder
     */
    public Builder coastLines(List<? extends Geometry> geometries) {
      coastLines = List.copyOf(geometries);
      return this;
    }

    /**
     * What was dropped on the way to the archive.
     *
     * @param rejections copied
     * @return this builder
     */
    public Builder rejections(Rejections rejections) {
      dropped = rejections.counts();
      examples.clear();
      dropped.keySet().forEach(reason -> examples.put(reason, rejections.examples(reason)));
      return this;
    }

    /**
     * What shaped the result: inputs, hashes, parameters, versions. Adds to what is there.
     *
     * @param entries shown in their order
     * @return this builder
     */
    public Builder provenance(Map<String, String> entries) {
      provenance.putAll(entries);
      return this;
    }

    /**
     * What computes the statistics.
     *
     * @param value by default one with its default settings, on the calling thread
     * @return this builder
     */
    public Builder calculator(StatisticsCalculator value) {
      calculator = value;
      return this;
    }

    /**
     * Projection of the maps.
     *
     * @param value by default Equal Earth
     * @return this builder
     */
    public Builder projection(MapProjection value) {
      projection = value;
      return this;
    }

    /**
     * Side of the maps' cells.
     *
     * @param degrees 0.05 to 90, by default 1 as in the paper
     * @return this builder
     */
    public Builder cellDegrees(double degrees) {
      cellDegrees = degrees;
      return this;
    }

    /**
     * Whether the paper's own figures stand beside ours.
     *
     * @param shown by default yes
     * @return this builder
     */
    public Builder published(boolean shown) {
      published = shown;
      return this;
    }

    /**
     * Computes all statistics, which takes some seconds for a million tiles; see {@link
     * StatisticsCalculator}.
     *
     * @return the report
     * @throws IllegalStateException when there is no archive or no selection
     * @throws IllegalArgumentException when the archive is empty, a selection is not from it, or
     *     cells or coordinates are out of range
     * @throws org.csmoe.CsMoeException when the thread is interrupted
     */
    public SamplingReport build() {
      Named<DescribedArchive> all =
          archive.orElseThrow(() -> new IllegalStateException("archive must be set"));
      Named<Sample> main =
          selection.orElseThrow(() -> new IllegalStateException("selection must be set"));
      if (all.value().size() == 0) {
        throw new IllegalArgumentException(
            "archive must have locations but %s was empty; were all of them dropped? %s"
                .formatted(all.name(), dropped));
      }
      ReportColumn full =
          new ReportColumn(
              all.name(),
              Optional.empty(),
              calculator.statistics(all.value()),
              DensityMap.of(all.value(), cellDegrees),
              Optional.of(PublishedTable.ARCHIVE).filter(t -> published));
      Optional<ReportColumn> random =
          baseline.map(b -> column(b, all.value(), Optional.of(PublishedTable.RANDOM)));
      ReportColumn evolved = column(main, all.value(), Optional.of(PublishedTable.ENTROPY));
      List<ReportColumn> more =
          others.stream().map(o -> column(o, all.value(), Optional.empty())).toList();
      return new SamplingReport(
          new ReportData(
              title,
              full,
              random,
              evolved,
              more,
              perStratum,
              climateNames,
              thematicNames,
              coastLines,
              dropped,
              Map.copyOf(examples),
              new LinkedHashMap<>(provenance),
              calculator,
              projection));
    }

    private ReportColumn column(
        Named<Sample> named, DescribedArchive locations, Optional<PublishedTable> table) {
      int[] indexes = named.value().indexes();
      Optional<Sample> sample = Optional.of(named.value());
      SampleStatistics statistics = calculator.statistics(locations, indexes);
      DensityMap map = DensityMap.of(locations, indexes, cellDegrees);
      return new ReportColumn(named.name(), sample, statistics, map, table.filter(t -> published));
    }

    private static void requireUnset(String name, Optional<?> value) {
      if (value.isPresent()) {
        throw new IllegalStateException(name + " is set already");
      }
    }
  }
}
