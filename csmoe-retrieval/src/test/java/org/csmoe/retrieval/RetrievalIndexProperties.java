package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.csmoe.sensor.Sensor;

class RetrievalIndexProperties {
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

  private Path fresh() {
    return folder.resolve("index" + tries++);
  }

  /** Everything compared and sorted, stable, so that ties stay in the order of insertion. */
  private static List<String> bySorting(
      List<IndexedVector> images, float[] query, int k, Predicate<IndexEntry> condition) {
    int dimension = query.length;
    float[] unit = UnitVectors.of(query, dimension, "query");
    float[] scores = new float[images.size()];
    for (int i = 0; i < scores.length; i++) {
      float[] row = UnitVectors.of(images.get(i).vector(), dimension, "row");
      scores[i] = DotProducts.row(unit, row, dimension);
    }
    return IntStream.range(0, scores.length)
        .boxed()
        .filter(i -> condition.test(images.get(i).entry()))
        .sorted((a, b) -> Float.compare(scores[b], scores[a]))
        .limit(k)
        .map(i -> images.get(i).entry().id() + " " + Math.max(-1, Math.min(1, scores[i])))
        .toList();
  }

  private static List<String> names(List<Hit> hits) {
    return hits.stream().map(hit -> hit.entry().id() + " " + hit.similarity()).toList();
  }

  @Property(tries = 60)
  void theBestOfASelectionAreThoseThatSortingFindsHoweverManyQueriesAndThreads(
      @ForAll @IntRange(min = 1, max = 1400) int count,
      @ForAll @IntRange(min = 1, max = 70) int dimension,
      @ForAll @IntRange(min = 1, max = 70) int queries,
      @ForAll @IntRange(min = 1, max = 30) int k,
      @ForAll @IntRange(min = 1, max = 4) int threads,
      @ForAll boolean filtered,
      @ForAll long seed) {
    List<IndexedVector> images = Archives.images(count, dimension, seed);
    List<float[]> asked =
        Archives.images(queries, dimension, seed + 1).stream().map(IndexedVector::vector).toList();
    Predicate<IndexEntry> condition =
        filtered ? entry -> entry.sensor() == Sensor.SENTINEL1 : entry -> true;
    try (RetrievalIndex index = RetrievalIndex.open(Archives.write(fresh(), images), threads)) {
      Selection selection = index.select(condition);
      List<List<Hit>> found = index.searchAll(asked, k, selection);
      assertThat(found).hasSize(queries);
      for (int q = 0; q < queries; q++) {
        assertThat(names(found.get(q))).isEqualTo(bySorting(images, asked.get(q), k, condition));
        assertThat(index.search(asked.get(q), k, selection)).isEqualTo(found.get(q));
      }
    }
  }

  @Property(tries = 60)
  void addingAndDeletingInAnyOrderAndCompactingGiveTheIndexOfWhatIsLeft(
      @ForAll List<@IntRange(max = 25) Integer> steps, @ForAll long seed) {
    List<IndexedVector> images = Archives.images(26, 5, seed);
    List<IndexedVector> left = new ArrayList<>();
    Path path = fresh();
    try (IndexWriter writer = IndexWriter.create(path, 5)) {
      for (int step : steps) {
        IndexedVector image = images.get(step);
        IndexEntry entry = image.entry();
        if (writer.delete(entry.sensor(), entry.id())) {
          assertThat(left.remove(image)).isTrue();
        } else {
          writer.add(entry, image.vector());
          left.add(image);
        }
        if (step % 5 == 0) {
          writer.commit();
        }
      }
      writer.commit();
      assertThat(writer.size()).isEqualTo(left.size());
      float[] query = images.get(0).vector();
      List<String> expected = bySorting(left, query, 26, entry -> true);
      try (RetrievalIndex index = RetrievalIndex.open(path, 2)) {
        assertThat(names(index.search(query, 26))).isEqualTo(expected);
      }
      writer.compact();
      assertThat(writer.deletedRows()).isZero();
      try (RetrievalIndex index = RetrievalIndex.open(path, 2)) {
        assertThat(names(index.search(query, 26))).isEqualTo(expected);
        assertThat(index.entries()).isEqualTo(left.stream().map(IndexedVector::entry).toList());
      }
    }
    try (IndexWriter writer = IndexWriter.open(path)) {
      assertThat(writer.size()).isEqualTo(left.size());
    }
  }
}
