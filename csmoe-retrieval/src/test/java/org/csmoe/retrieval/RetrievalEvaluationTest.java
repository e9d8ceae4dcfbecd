package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.evaluation.Interval;
import org.csmoe.sampling.parquet.ParquetFile;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrievalEvaluationTest {
  private static final Path METADATA =
      Path.of(System.getProperty("csmoe.data", "../shared/data"))
          .resolve("bigearthnet-v2/metadata.parquet");
  // In the order of BigEarthNet-v2; none is a part of another's name.
  private static final List<String> CLASSES =
      List.of(
          "Agro-forestry areas",
          "Arable land",
          "Beaches, dunes, sands",
          "Broad-leaved forest",
          "Coastal wetlands",
          "Complex cultivation patterns",
          "Coniferous forest",
          "Industrial or commercial units",
          "Inland waters",
          "Inland wetlands",
          "Land principally occupied by agriculture",
          "Marine waters",
          "Mixed forest",
          "Moors, heathland and sclerophyllous vegetation",
          "Natural grassland and sparsely vegetated areas",
          "Pastures",
          "Permanent crops",
          "Transitional woodland, shrub",
          "Urban fabric");

  private final Path folder;

  RetrievalEvaluationTest(@TempDir Path temporary) {
    folder = temporary.resolve("index");
  }

  /** A patch of BigEarthNet-v2. */
  private record Patch(String split, String country, int month, Set<Integer> labels) {}

  private static List<Patch> patches() {
    assumeTrue(
        Files.exists(METADATA), METADATA + " is absent; set -Dcsmoe.data to the data folder");
    List<Patch> patches = new ArrayList<>();
    Map<String, Set<Integer>> sets = new HashMap<>();
    try (ParquetFile file = ParquetFile.open(METADATA)) {
      file.read(
          List.of("patch_id", "labels", "split", "country"),
          row ->
              patches.add(
                  new Patch(
                      row.text(2),
                      row.text(3),
                      // S2A_MSIL2A_20170613T101031_...
                      Integer.parseInt(row.text(0).split("_", -1)[2].substring(4, 6)),
                      sets.computeIfAbsent(row.text(1), RetrievalEvaluationTest::classes))));
    }
    assertThat(patches).hasSize(480_038);
    return patches;
  }

  private static Set<Integer> classes(String list) {
    Set<Integer> found = new HashSet<>();
    for (int i = 0; i < CLASSES.size(); i++) {
      if (list.contains(CLASSES.get(i))) {
        found.add(i);
      }
    }
    return found;
  }

  private static RetrievalEvaluation.Scores chance(List<Patch> subset, int queries, int archive) {
    List<Set<Integer>> asked =
        subset.stream().filter(p -> p.split().equals("validation")).map(Patch::labels).toList();
    List<Set<Integer>> found =
        subset.stream().filter(p -> p.split().equals("test")).map(Patch::labels).toList();
    assertThat(asked).hasSize(queries);
    assertThat(found).hasSize(archive);
    return RetrievalEvaluation.chance(asked.stream(), found.stream());
  }

  @Test
  void chanceOnTheSubsetsOfBigEarthNetIsThatOfCountingEveryPair() {
    List<Patch> all = patches();
    List<Patch> summerInSerbia =
        all.stream()
            .filter(p -> p.country().equals("Serbia") && p.month() >= 6 && p.month() <= 8)
            .toList();
    List<Patch> juneToNovember =
        all.stream().filter(p -> p.month() >= 6 && p.month() <= 11).toList();
    assertThat(summerInSerbia).hasSize(13_683);
    assertThat(juneToNovember).hasSize(243_130);
    RetrievalEvaluation.Scores small = chance(summerInSerbia, 3_255, 3_248);
    RetrievalEvaluation.Scores large = chance(juneToNovember, 62_171, 60_671);
    // By counting every pair, see src/test/python/bigearthnet_chance.py; to half of the last digit.
    assertThat(small.f1()).isCloseTo(0.411355, within(5e-7));
    assertThat(small.meanPairF1()).isCloseTo(0.363195, within(5e-7));
    assertThat(large.f1()).isCloseTo(0.267128, within(5e-7));
    assertThat(large.meanPairF1()).isCloseTo(0.246757, within(5e-7));
  }

  @Test
  void oneHitThatSharesOneOfTwoLabelsScoresByTheFormulas() {
    Archives.write(
        folder,
        List.of(
            new IndexedVector(IndexEntry.of("a", Sensor.SENTINEL1, 1, 2, 3, 4), v(1, 0)),
            new IndexedVector(IndexEntry.of("b", Sensor.SENTINEL1, 9), v(0, 1))));
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      RetrievalEvaluation evaluation =
          RetrievalEvaluation.of(
              index,
              Stream.of(new IndexedVector(IndexEntry.of("q", Sensor.SENTINEL2, 1, 7), v(5, 1))),
              1);
      assertThat(evaluation.directions())
          .containsExactly(
              new RetrievalEvaluation.Direction(
                  Sensor.SENTINEL2,
                  Sensor.SENTINEL1,
                  1,
                  2,
                  new RetrievalEvaluation.Scores(0.25, 0.5, 1 / 3.0, 1 / 3.0),
                  new Interval(1 / 3.0, 1 / 3.0, 1 / 3.0, 0.95),
                  new RetrievalEvaluation.Scores(0.125, 0.25, 1 / 6.0, 1 / 6.0)));
    }
  }

  /** Half of the queries find their label and half do not: F1 is binomial. */
  @Test
  void theIntervalIsThatOfTheQueries() {
    Archives.write(
        folder,
        List.of(
            new IndexedVector(IndexEntry.of("a", Sensor.SENTINEL1, 1), v(1, 0)),
            new IndexedVector(IndexEntry.of("b", Sensor.SENTINEL1, 2), v(0, 1))));
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      Stream<IndexedVector> queries =
          IntStream.range(0, 1000)
              .mapToObj(
                  i ->
                      new IndexedVector(
                          IndexEntry.of("q" + i, Sensor.SENTINEL2, 1), v(i % 2, 1 - i % 2)));
      Interval f1 = RetrievalEvaluation.of(index, queries, 1).directions().get(0).f1();
      assertThat(f1.estimate()).isEqualTo(0.5);
      double half = 1.96 * Math.sqrt(0.25 / 1000);
      // 1,000 resamples: the ends have a standard error of about 8 per cent of the half width.
      assertThat(f1.lower()).isCloseTo(0.5 - half, within(0.25 * half));
      assertThat(f1.upper()).isCloseTo(0.5 + half, within(0.25 * half));
    }
  }

  @Test
  void whatCannotBeScoredIsRefused() {
    Archives.write(
        folder, List.of(new IndexedVector(IndexEntry.of("a", Sensor.SENTINEL1, 1), v(1, 0))));
    IndexedVector query = new IndexedVector(IndexEntry.of("q", Sensor.SENTINEL2, 1), v(1, 1));
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      assertThatThrownBy(() -> RetrievalEvaluation.of(index, Stream.of(query), 2))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("found 1 images of s1, expected at least k = 2");
      assertThatThrownBy(() -> RetrievalEvaluation.of(index, Stream.of(), 1))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("found no queries");
      IndexedVector unlabelled =
          new IndexedVector(IndexEntry.of("q", Sensor.SENTINEL2), query.vector());
      assertThatThrownBy(() -> RetrievalEvaluation.of(index, Stream.of(unlabelled), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("query s2 q: labels must not be empty");
    }
    try (IndexWriter writer = IndexWriter.open(folder)) {
      writer.add(IndexEntry.of("bare", Sensor.SENTINEL1), v(1, 0));
      writer.commit();
    }
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      assertThatThrownBy(() -> RetrievalEvaluation.of(index, Stream.of(query), 1))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("found s1 bare without labels");
    }
  }

  private static float[] v(float... values) {
    return values;
  }
}
