package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphSearchTest {
  private static final int COUNT = 6000;
  private static final List<IndexedVector> IMAGES = Archives.images(COUNT, 32, 1);
  private static final List<float[]> QUERIES =
      Archives.images(200, 32, 1).stream().map(IndexedVector::vector).toList();

  private static Path temporary = Path.of("");
  private static Path folder = Path.of("");

  @BeforeAll
  static void build(@TempDir Path directory) {
    temporary = directory;
    folder = Archives.write(temporary.resolve("index"), IMAGES);
    try (IndexWriter writer = IndexWriter.open(folder)) {
      writer.buildGraph();
    }
  }

  private static double recall(RetrievalIndex index, Selection selection, int beamWidth) {
    int found = 0;
    for (float[] query : QUERIES) {
      List<Hit> exact = index.search(query, 10, selection);
      List<Hit> hits = index.searchGraph(query, 10, beamWidth, selection);
      assertThat(hits).hasSize(10);
      Set<Hit> same = new HashSet<>(exact);
      same.retainAll(hits);
      found += same.size();
    }
    return found / (10.0 * QUERIES.size());
  }

  @Test
  void theGraphFindsNearlyWhatTheExactSearchFindsWithTheSameSimilarities() {
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      assertThat(index.graphRows()).isEqualTo(COUNT);
      // 36e6 pairs of entries against 64 * beam * 6000: a beam of 93 would search exactly. Hits are
      // compared with their similarities, so that a hit counts only when both agree to the bit.
      assertThat(recall(index, index.all(), 20)).isBetween(0.9, 1.0);
      assertThat(recall(index, index.all(), 80)).isGreaterThan(0.99);
    }
  }

  @Test
  void hitsOfTheGraphAreOfTheSelection() {
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      Selection radar = index.select(Sensor.SENTINEL1);
      // Half the entries: a quarter of the pairs, so that a beam of 20 still walks.
      assertThat(recall(index, radar, 20)).isBetween(0.9, 1.0);
      for (float[] query : QUERIES) {
        assertThat(index.searchGraph(query, 10, 20, radar))
            .allMatch(hit -> hit.entry().sensor() == Sensor.SENTINEL1);
      }
      Selection few = index.select(entry -> entry.id().endsWith("123"));
      assertThat(index.searchGraph(QUERIES.get(0), 10, 20, few))
          .isEqualTo(index.search(QUERIES.get(0), 10, few))
          .hasSize(6);
    }
  }

  @Test
  void entriesAddedAndDeletedAfterTheGraphCount() {
    Path changed = Archives.write(temporary.resolve("changed"), IMAGES);
    try (IndexWriter writer = IndexWriter.open(changed)) {
      writer.buildGraph(8, 40);
      for (int i = 0; i < 20; i++) {
        IndexEntry entry = IMAGES.get(i).entry();
        writer.delete(entry.sensor(), entry.id());
        writer.add(IndexEntry.of("new" + i, Sensor.SENTINEL1), QUERIES.get(i));
      }
      writer.commit();
    }
    try (RetrievalIndex index = RetrievalIndex.open(changed)) {
      assertThat(index.graphRows()).isEqualTo(COUNT);
      assertThat(index.size()).isEqualTo(COUNT);
      for (int i = 0; i < 20; i++) {
        List<String> ids =
            index.searchGraph(QUERIES.get(i), 10, 20, index.all()).stream()
                .map(hit -> hit.entry().id())
                .toList();
        assertThat(ids).contains("new" + i).doesNotContain("image" + i);
      }
    }
    try (IndexWriter writer = IndexWriter.open(changed)) {
      writer.compact();
    }
    try (RetrievalIndex index = RetrievalIndex.open(changed)) {
      assertThat(index.graphRows()).isZero();
      assertThat(index.searchGraph(QUERIES.get(3), 10, 20, index.all()))
          .isEqualTo(index.search(QUERIES.get(3), 10));
    }
  }

  @Test
  void theSameEntriesGiveTheSameGraph() throws IOException {
    List<IndexedVector> some = IMAGES.subList(0, 1500);
    Path once = Archives.write(temporary.resolve("once"), some);
    Path again = Archives.write(temporary.resolve("again"), some);
    for (Path path : List.of(once, again)) {
      try (IndexWriter writer = IndexWriter.open(path)) {
        writer.buildGraph();
      }
    }
    assertThat(Files.mismatch(IndexFiles.graph(once, 2), IndexFiles.graph(again, 2))).isEqualTo(-1);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      assertThatThrownBy(() -> index.searchGraph(QUERIES.get(0), 10, 9, index.all()))
          .hasMessage("beamWidth must be at least k = 10 but was 9");
    }
    try (IndexWriter writer = IndexWriter.open(folder)) {
      assertThatThrownBy(() -> writer.buildGraph(1, 10))
          .hasMessage("connections must be in 2..256 but was 1");
      assertThatThrownBy(() -> writer.buildGraph(16, 10))
          .hasMessage("beamWidth must be at least connections = 16 but was 10");
    }
  }
}
