package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.csmoe.sensor.Sensor;

class RetrievalEvaluationProperties {

  // Some thousand terms in double, in another order.
  private static final double ROUNDING = 1e-12;

  private Path folder = Path.of("");
  private int tries;

  @BeforeProperty
  void makeFolder() {
    folder = Archives.temporaryFolder();
  }

  @AfterProperty
  void deleteFolder() {
    Archives.delete(folder);
  }

  @Property
  void chanceIsTheMeanOverAllPairs(
      @ForAll @Size(min = 1, max = 30)
          List<@Size(min = 1, max = 6) Set<@IntRange(max = 9) Integer>> queries,
      @ForAll @Size(min = 1, max = 30)
          List<@Size(min = 1, max = 6) Set<@IntRange(max = 9) Integer>> archive) {
    double precision = 0;
    double recall = 0;
    double pairF1 = 0;
    for (Set<Integer> q : queries) {
      for (Set<Integer> r : archive) {
        double shared = q.stream().filter(r::contains).count();
        double p = shared / r.size();
        double c = shared / q.size();
        precision += p;
        recall += c;
        pairF1 += p + c == 0 ? 0 : 2 * p * c / (p + c);
      }
    }
    double pairs = (double) queries.size() * archive.size();
    precision /= pairs;
    recall /= pairs;
    RetrievalEvaluation.Scores scores =
        RetrievalEvaluation.chance(queries.stream(), archive.stream());
    assertThat(scores.precision()).isCloseTo(precision, within(ROUNDING));
    assertThat(scores.recall()).isCloseTo(recall, within(ROUNDING));
    assertThat(scores.meanPairF1()).isCloseTo(pairF1 / pairs, within(ROUNDING));
    double sum = precision + recall;
    assertThat(scores.f1())
        .isCloseTo(sum == 0 ? 0 : 2 * precision * recall / sum, within(ROUNDING));
  }

  @Property(tries = 20)
  void retrievingTheWholeArchiveIsChance(
      @ForAll @IntRange(min = 1, max = 300) int queries,
      @ForAll @IntRange(min = 1, max = 30) int archive,
      @ForAll long seed) {
    List<IndexedVector> images = ofSensor(Archives.images(archive, 3, seed), Sensor.SENTINEL1);
    try (RetrievalIndex index =
        RetrievalIndex.open(Archives.write(folder.resolve("index" + tries++), images))) {
      RetrievalEvaluation evaluation =
          RetrievalEvaluation.of(index, Archives.images(queries, 3, seed + 1).stream(), archive);
      assertThat(evaluation.directions().stream().mapToLong(d -> d.queries()).sum())
          .isEqualTo(queries);
      for (RetrievalEvaluation.Direction direction : evaluation.directions()) {
        assertThat(direction.archive()).isEqualTo(Sensor.SENTINEL1);
        assertThat(direction.retrieved().precision())
            .isCloseTo(direction.chance().precision(), within(ROUNDING));
        assertThat(direction.retrieved().recall())
            .isCloseTo(direction.chance().recall(), within(ROUNDING));
        assertThat(direction.retrieved().meanPairF1())
            .isCloseTo(direction.chance().meanPairF1(), within(ROUNDING));
      }
    }
  }

  private static List<IndexedVector> ofSensor(List<IndexedVector> images, Sensor sensor) {
    return images.stream()
        .map(
            image ->
                new IndexedVector(
                    new IndexEntry(image.entry().id(), sensor, image.entry().labels(), Map.of()),
                    image.vector()))
        .toList();
  }
}
