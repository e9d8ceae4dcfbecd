package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexWriterTest {
  private final Path temporary;

  IndexWriterTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  private Path folder() {
    return temporary.resolve("index");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatWasCommittedIsReadWithAllItsFields() {
    IndexEntry entry =
        new IndexEntry(
            "\u00e9\n\"<tile>\"",
            Sensor.SENTINEL1,
            Set.of(3, 1),
            Map.of("country", "\u65e5\u672c", "snow", ""));
    try (IndexWriter writer = IndexWriter.create(folder(), 3)) {
      writer.add(entry, new float[] {3, 0, 4});
      writer.commit();
    }
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThat(index.entries()).containsExactly(entry);
      assertThat(index.find(Sensor.SENTINEL1, entry.id()).orElseThrow().vector())
          .containsExactly(0.6f, 0, 0.8f);
      assertThat(index.find(Sensor.SENTINEL2, entry.id())).isEmpty();
    }
  }

  @Test
  void entriesLongerThanAReadersBufferAreReadAndTooLongOnesRefused() {
    List<IndexEntry> entries =
        Stream.of(10, 65_500, 65_536, 200_000, 10, 1_000_000)
            .map(
                length ->
                    new IndexEntry(
                        "of" + length + "." + length % 7,
                        Sensor.SENTINEL1,
                        Set.of(),
                        Map.of("text", "x".repeat(length))))
            .distinct()
            .toList();
    try (IndexWriter writer = IndexWriter.create(folder(), 1)) {
      entries.forEach(entry -> writer.add(entry, new float[] {1}));
      IndexEntry tooLong =
          new IndexEntry("long", Sensor.SENTINEL1, Set.of(), Map.of("text", "x".repeat(1 << 20)));
      assertThatThrownBy(() -> writer.add(tooLong, new float[] {1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("s1 long: an entry must take at most 1048576 bytes");
      writer.commit();
    }
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThat(index.entries()).isEqualTo(entries);
    }
  }

  @Test
  void whatWasNotCommittedLeavesNoTrace() throws IOException {
    List<IndexedVector> images = Archives.images(10, 4, 1);
    Archives.write(folder(), images);
    List<String> before = files();
    try (IndexWriter writer = IndexWriter.open(folder())) {
      writer.add(IndexEntry.of("new", Sensor.SENTINEL2), new float[] {1, 2, 3, 4});
      writer.delete(images.get(0).entry().sensor(), images.get(0).entry().id());
      try (RetrievalIndex index = RetrievalIndex.open(folder())) {
        assertThat(index.size()).isEqualTo(10);
      }
    }
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void theFilesOfAKilledWriterDoNotCountAndGoWithTheNextOne() throws IOException {
    Archives.write(folder(), Archives.images(10, 4, 1));
    List<String> before = files();
    // Killed after the segment was in place and before the manifest was; and while writing.
    Files.writeString(IndexFiles.rows(folder(), 2), "half a segment");
    Files.writeString(IndexFiles.entries(folder(), 2), "{");
    Files.writeString(
        folder().resolve(".rows-00000003.f32.6f8c2f5e-0000-4000-8000-123456789abc.part"), "x");
    Files.writeString(folder().resolve("notes.txt"), "not ours");
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThat(index.size()).isEqualTo(10);
    }
    IndexWriter.open(folder()).close();
    assertThat(files())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(before.stream(), Stream.of("notes.txt")).toList());
  }

  @Test
  void anOpenIndexKeepsItsStateWhileAWriterDeletesAndCompacts() {
    List<IndexedVector> images = Archives.images(50, 8, 2);
    Archives.write(folder(), images);
    float[] query = images.get(7).vector();
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      List<Hit> before = index.search(query, 50);
      try (IndexWriter writer = IndexWriter.open(folder())) {
        images.subList(0, 40).stream()
            .map(IndexedVector::entry)
            .forEach(entry -> writer.delete(entry.sensor(), entry.id()));
        writer.compact();
      }
      assertThat(index.search(query, 50)).isEqualTo(before);
    }
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThat(index.search(query, 50)).hasSize(10);
    }
  }

  @Test
  void oneWriterAtATime() {
    try (IndexWriter writer = IndexWriter.create(folder(), 4)) {
      assertThatThrownBy(() -> IndexWriter.open(folder()))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("another writer");
      assertThat(writer.size()).isZero();
    }
    IndexWriter.open(folder()).close();
  }

  @Test
  void vectorsWithoutADirectionAreRefusedWithTheirIdAndTheWriterGoesOn() {
    try (IndexWriter writer = IndexWriter.create(folder(), 2)) {
      IndexEntry entry = IndexEntry.of("tile7", Sensor.SENTINEL1);
      assertThatThrownBy(() -> writer.add(entry, new float[] {0, -0f}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("s1 tile7");
      for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        assertThatThrownBy(() -> writer.add(entry, new float[] {1, value}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("s1 tile7")
            .hasMessageContaining("value 1 was " + value);
      }
      assertThatThrownBy(() -> writer.add(entry, new float[] {1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 values but had 1");
      // Squares of these leave the range of a float.
      writer.add(entry, new float[] {Float.MIN_VALUE, 0});
      writer.add(IndexEntry.of("large", Sensor.SENTINEL1), new float[] {0, Float.MAX_VALUE});
      assertThatThrownBy(() -> writer.add(entry, new float[] {1, 1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("s1 tile7: id must be new");
      writer.commit();
    }
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThat(index.find(Sensor.SENTINEL1, "tile7").orElseThrow().vector())
          .containsExactly(1, 0);
      assertThat(index.search(new float[] {0, 1}, 5)).hasSize(2);
      assertThatThrownBy(() -> index.search(new float[] {0, 0}, 5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("query 0");
    }
  }

  @Test
  void anEmptyIndexFindsNothing() {
    IndexWriter.create(folder(), 2).close();
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThat(index.search(new float[] {1, 1}, 5)).isEmpty();
      assertThat(index.searchGraph(new float[] {1, 1}, 5, 10, index.all())).isEmpty();
    }
  }

  @Test
  void aSelectionOfAnotherIndexAndAClosedIndexAreRefused() {
    IndexWriter.create(folder(), 2).close();
    RetrievalIndex closed = RetrievalIndex.open(folder());
    closed.close();
    assertThatThrownBy(() -> closed.search(new float[] {1, 1}, 1))
        .isInstanceOf(IllegalStateException.class);
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      assertThatThrownBy(() -> index.search(new float[] {1, 1}, 1, closed.all()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> index.search(new float[] {1, 1}, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k must be at least 1 but was 0");
    }
  }

  @Test
  void anInterruptEndsASearch() {
    Archives.write(folder(), Archives.images(1000, 4, 1));
    try (RetrievalIndex index = RetrievalIndex.open(folder())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> index.search(new float[] {1, 1, 1, 1}, 1))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(index.search(new float[] {1, 1, 1, 1}, 1)).hasSize(1);
    }
  }

  @Test
  void anInterruptEndsASearchWhoseRowsHelpersHaveDoneAlready() throws IOException {
    Archives.write(folder(), Archives.images(1000, 4, 1));
    BitSet all = new BitSet();
    all.set(0, 1000);
    ExactSearch search =
        new ExactSearch(
            Snapshot.read(folder()).rows(), List.of(new float[] {1, 1, 1, 1}), 1, all, 0);
    List<Boolean> asked = new ArrayList<>();
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () ->
                search.run(
                    helper -> {
                      CompletableFuture.runAsync(helper).join();
                      asked.add(true);
                    },
                    2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(asked).hasSize(1);
  }
}
