package org.csmoe.retrieval;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.evaluation.Bootstrap;
import org.csmoe.evaluation.Interval;
import org.csmoe.evaluation.ResampledMetric;
import org.csmoe.sensor.Sensor;

/**
 * How well images with the labels of the query are found, within a sensor and across sensors, and
 * beside it what an archive item drawn at random would reach. The measure is that of CSMAE: with
 * labels q of a query and r of a hit, precision is |q and r| / |r| and recall |q and r| / |q|, both
 * averaged over the k hits and then over the queries; F1 is the harmonic mean of the two averages.
 * The mean of the F1 of each pair, a lower figure, stands beside it.
 *
 * <p>Chance is no small matter in multi-label archives: without it a figure says nothing. Nor does
 * it without an interval when queries are few.
 *
 * <pre>{@code
 * try (RetrievalIndex archive = RetrievalIndex.open(Path.of("test-split"))) {
 *   System.out.println(RetrievalEvaluation.of(archive, validationSplit, 10).toJson());
 * }
 * }</pre>
 *
 * @param k how many hits count
 * @param directions one for each pair of sensors that queries and archive have
 */
public record RetrievalEvaluation(int k, List<Direction> directions) {
  private static final int QUERIES_AT_ONCE = 256;

  /** Copies the list. */
  public RetrievalEvaluation {
    directions = List.copyOf(directions);
  }

  /**
   * Figures, each in 0 to 1.
   *
   * @param precision mean precision
   * @param recall mean recall
   * @param f1 harmonic mean of the two
   * @param meanPairF1 mean of the F1 of each pair of query and hit
   */
  public record Scores(double precision, double recall, double f1, double meanPairF1) {
    static Scores of(double precision, double recall, double meanPairF1) {
      return new Scores(precision, recall, harmonicMean(precision, recall), meanPairF1);
    }

    static double harmonicMean(double precision, double recall) {
      double sum = precision + recall;
      return sum == 0 ? 0 : 2 * precision * recall / sum;
    }
  }

  /**
   * Queries of one sensor in the archive of one sensor.
   *
   * @param query the queries' sensor
   * @param archive the archive's sensor
   * @param queries how many queries
   * @param archiveImages how many images the archive has
   * @param retrieved what the search reached
   * @param f1 the F1 of retrieved with its {@link Bootstrap#DEFAULT} interval, from which queries
   *     there are; too narrow when several show one place
   * @param chance what an image drawn at random reaches in expectation, exactly, over all pairs
   */
  public record Direction(
      Sensor query,
      Sensor archive,
      long queries,
      long archiveImages,
      Scores retrieved,
      Interval f1,
      Scores chance) {}

  /**
   * Searches for every query, exactly, among the images of each sensor apart. Memory holds some
   * hundred queries at a time, and 16 bytes of each for each direction. A query that is in the
   * archive finds itself.
   *
   * @param archive where to search; its images need labels
   * @param queries with labels; read once, closed by the caller
   * @param k how many hits count, at least 1
   * @return a direction for each sensor of the queries and each of the archive: up to four
   * @throws IllegalArgumentException when k is below 1, or a query has no labels or a vector that
   *     cannot be searched for
   * @throws CsMoeException when the archive has no images, an image without labels, or fewer than k
   *     of a sensor, or there are no queries
   */
  public static RetrievalEvaluation of(
      RetrievalIndex archive, Stream<IndexedVector> queries, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1 but was " + k);
    }
    Run run = new Run(archive, k);
    for (Iterator<IndexedVector> iterator = queries.sequential().iterator(); iterator.hasNext(); ) {
      run.add(iterator.next());
    }
    return run.finish();
  }

  /**
   * What images drawn at random from an archive reach in expectation: the mean over all pairs of a
   * query and an archive item. Exact; the time grows with the number of images, not of pairs.
   *
   * @param queries label sets, none empty
   * @param archive label sets, none empty
   * @return the scores
   * @throws IllegalArgumentException when there are no queries, no archive, or an empty set
   */
  public static Scores chance(Stream<Set<Integer>> queries, Stream<Set<Integer>> archive) {
    return LabelCounts.chance(counts("query", queries), counts("archive", archive));
  }

  private static LabelCounts counts(String name, Stream<Set<Integer>> sets) {
    LabelCounts counts = new LabelCounts();
    sets.forEachOrdered(
        labels -> {
          if (labels.isEmpty()) {
            throw new IllegalArgumentException(
                "%s %d: labels must not be empty".formatted(name, counts.images()));
          }
          counts.add(labels);
        });
    if (counts.images() == 0) {
      throw new IllegalArgumentException(name + ": label sets must be given but were none");
    }
    return counts;
  }

  /**
   * The evaluation as JSON, for people and programs.
   *
   * @return an object with {@code k} and a list of {@code directions}, each with its {@code chance}
   */
  public String toJson() {
    ObjectNode json = IndexFiles.JSON.createObjectNode().put("k", k);
    ArrayNode list = json.putArray("directions");
    for (Direction direction : directions) {
      ObjectNode node =
          list.addObject()
              .put("query", direction.query().shortName())
              .put("archive", direction.archive().shortName())
              .put("queries", direction.queries())
              .put("archiveImages", direction.archiveImages());
      put(node.putObject("retrieved"), direction.retrieved());
      Interval f1 = direction.f1();
      node.putObject("f1")
          .put("estimate", f1.estimate())
          .put("lower", f1.lower())
          .put("upper", f1.upper())
          .put("confidence", f1.confidence());
      put(node.putObject("chance"), direction.chance());
    }
    return json.toPrettyString();
  }

  private static void put(ObjectNode node, Scores scores) {
    node.put("precision", scores.precision())
        .put("recall", scores.recall())
        .put("f1", scores.f1())
        .put("meanPairF1", scores.meanPairF1());
  }

  /** Sums over the hits of one direction, of all queries and of each. */
  private static final class Sums {
    private final int k;
    private double pairF1;
    private double[] precisions = new double[QUERIES_AT_ONCE];
    private double[] recalls = new double[QUERIES_AT_ONCE];
    private int queries;

    Sums(int k) {
      this.k = k;
    }

    void add(Set<Integer> query, List<Hit> hits) {
      if (queries == precisions.length) {
        precisions = Arrays.copyOf(precisions, 2 * queries);
        recalls = Arrays.copyOf(recalls, 2 * queries);
      }
      for (Hit hit : hits) {
        Set<Integer> labels = hit.entry().labels();
        double shared = query.stream().filter(labels::contains).count();
        precisions[queries] += shared / labels.size();
        recalls[queries] += shared / query.size();
        pairF1 += 2 * shared / (query.size() + labels.size());
      }
      queries++;
    }

    Scores mean() {
      int[] once = new int[queries];
      Arrays.fill(once, 1);
      return Scores.of(
          mean(precisions, once), mean(recalls, once), pairF1 / ((double) queries * k));
    }

    Interval f1() {
      return Bootstrap.DEFAULT.interval(
          ResampledMetric.of(
              queries,
              weights -> Scores.harmonicMean(mean(precisions, weights), mean(recalls, weights))));
    }

    private double mean(double[] values, int[] weights) {
      double sum = 0;
      for (int i = 0; i < queries; i++) {
        sum += weights[i] * values[i];
      }
      return sum / ((double) queries * k);
    }
  }

  /** An evaluation under way. */
  private static final class Run {
    private final RetrievalIndex archive;
    private final int k;
    private final Map<Sensor, Selection> selections = new EnumMap<>(Sensor.class);
    private final Map<Sensor, LabelCounts> archiveCounts = new EnumMap<>(Sensor.class);
    private final Map<Sensor, LabelCounts> queryCounts = new EnumMap<>(Sensor.class);
    private final Map<Sensor, Map<Sensor, Sums>> sums = new EnumMap<>(Sensor.class);
    private final Map<Sensor, List<IndexedVector>> waiting = new EnumMap<>(Sensor.class);

    Run(RetrievalIndex archive, int k) {
      this.archive = archive;
      this.k = k;
      archive.entries().forEach(this::count);
      for (Map.Entry<Sensor, LabelCounts> counts : archiveCounts.entrySet()) {
        Sensor sensor = counts.getKey();
        if (counts.getValue().images() < k) {
          throw new CsMoeException(
              "%s: found %d images of %s, expected at least k = %d"
                  .formatted(archive, counts.getValue().images(), sensor.shortName(), k));
        }
        selections.put(sensor, archive.select(sensor));
      }
      if (selections.isEmpty()) {
        throw new CsMoeException(archive + ": found no images, expected an archive");
      }
    }

    private void count(IndexEntry entry) {
      if (entry.labels().isEmpty()) {
        throw new CsMoeException(
            "%s: found %s without labels, expected at least one".formatted(archive, entry.name()));
      }
      archiveCounts.computeIfAbsent(entry.sensor(), s -> new LabelCounts()).add(entry.labels());
    }

    void add(IndexedVector query) {
      IndexEntry entry = query.entry();
      if (entry.labels().isEmpty()) {
        throw new IllegalArgumentException(
            "query %s: labels must not be empty".formatted(entry.name()));
      }
      queryCounts.computeIfAbsent(entry.sensor(), s -> new LabelCounts()).add(entry.labels());
      List<IndexedVector> batch = waiting.computeIfAbsent(entry.sensor(), s -> new ArrayList<>());
      batch.add(
          new IndexedVector(
              entry, UnitVectors.of(query.vector(), archive.dimension(), "query " + entry.name())));
      if (batch.size() == QUERIES_AT_ONCE) {
        search(entry.sensor(), batch);
      }
    }

    private void search(Sensor sensor, List<IndexedVector> batch) {
      List<float[]> units = batch.stream().map(IndexedVector::vector).toList();
      Map<Sensor, Sums> bySensor = sums.computeIfAbsent(sensor, s -> new EnumMap<>(Sensor.class));
      for (Map.Entry<Sensor, Selection> selection : selections.entrySet()) {
        Sums sum = bySensor.computeIfAbsent(selection.getKey(), s -> new Sums(k));
        List<List<Hit>> hits = archive.searchUnits(units, k, selection.getValue());
        for (int q = 0; q < batch.size(); q++) {
          sum.add(batch.get(q).entry().labels(), hits.get(q));
        }
      }
      batch.clear();
    }

    RetrievalEvaluation finish() {
      waiting.forEach(this::search);
      if (sums.isEmpty()) {
        throw new CsMoeException(archive + ": found no queries, expected at least one");
      }
      List<Direction> directions = new ArrayList<>();
      sums.forEach(
          (query, bySensor) ->
              bySensor.forEach((found, sum) -> directions.add(direction(query, found, sum))));
      return new RetrievalEvaluation(k, directions);
    }

    private Direction direction(Sensor query, Sensor found, Sums sum) {
      LabelCounts queries = queryCounts.getOrDefault(query, new LabelCounts());
      LabelCounts images = archiveCounts.getOrDefault(found, new LabelCounts());
      return new Direction(
          query,
          found,
          queries.images(),
          images.images(),
          sum.mean(),
          sum.f1(),
          LabelCounts.chance(queries, images));
    }
  }
}
