package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that somebody damaged or made up. */
class IndexRefusalTest {
  private final Path temporary;
  private final Path folder;

  IndexRefusalTest(@TempDir Path temporary) {
    this.temporary = temporary;
    folder = temporary.resolve("index");
  }

  @BeforeEach
  void write() {
    List<IndexedVector> images = Archives.images(300, 6, 1);
    Archives.write(folder, images);
    try (IndexWriter writer = IndexWriter.open(folder)) {
      writer.delete(images.get(3).entry().sensor(), images.get(3).entry().id());
      writer.buildGraph(4, 20);
    }
  }

  private static void search(Path folder) {
    try (RetrievalIndex index = RetrievalIndex.open(folder, 2)) {
      float[] query = {1, 2, 3, 4, 5, 6};
      index.search(query, 5);
      // Beam 4 lets so small an index walk its graph.
      index.searchGraph(query, 4, 4, index.all());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "csmoe-retrieval"    | "other"           | found format "other"
          "version" : 1        | "version" : 2     | found version 2, expected 1
          "dimension" : 6      | "dimension" : 0   | found dimension = 0, expected an integer in 1..65536
          "dimension" : 6      | "dimension" : 7   | expected 8464 for 300 rows of 7 values
          "rows" : 300         | "rows" : 2147483647 | expected 51539607592 for 2147483647 rows
          "rows" : 300         | "rows" : -1       | found rows = -1
          "rows" : 300         | "rows" : 3e2      | found rows = 300.0
          "number" : 1,        | "number" : 9,     | found number = 9
          "segments"           | "parts"           | expected segments
          "next" : 4           | "next" : 4 } {    | found no JSON
          """)
  void aManifestThatSaysOtherThingsIsRefused(String from, String to, String message)
      throws IOException {
    Path manifest = folder.resolve("index.json");
    String text = Files.readString(manifest);
    assertThat(text).contains(from);
    Files.writeString(manifest, text.replaceFirst(Pattern.quote(from), to));
    assertThatThrownBy(() -> search(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"id":"x"}                                          | found other fields
          {"id":"x","sensor":"s3","labels":[]}                | found other fields
          {"id":"","sensor":"s1","labels":[]}                 | id must not be empty
          {"id":"x","sensor":"s1","labels":[-1]}              | label must not be negative but was -1
          {"id":"x","sensor":"s1","labels":[1.5]}             | found label 1.5
          {"id":"x","sensor":"s1","labels":[],"metadata":{"a":1}} | found a = 1, expected a text
          {"id":"x","sensor":"s1","labels":[],"id":"y"}       | Duplicate field
          [[[[                                                | expected an entry as JSON
          """)
  void anEntryThatIsNoneIsRefusedWithItsLine(String line, String message) throws IOException {
    Path entries = IndexFiles.entries(folder, 1);
    List<String> lines = new ArrayList<>(Files.readAllLines(entries));
    lines.set(4, line);
    Files.write(entries, lines);
    assertThatThrownBy(() -> search(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining(entries + " line 5")
        .hasMessageContaining(message);
  }

  @Test
  void anIdThatOccursTwiceIsRefused() throws IOException {
    Path entries = IndexFiles.entries(folder, 1);
    List<String> lines = new ArrayList<>(Files.readAllLines(entries));
    lines.set(10, lines.get(11));
    Files.write(entries, lines);
    assertThatThrownBy(() -> search(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("in rows 10 and 11, expected it once");
  }

  @Test
  void aLineWithoutEndIsNotReadIntoTheHeap() throws IOException {
    Path entries = IndexFiles.entries(folder, 1);
    Files.write(entries, new byte[3 << 20]);
    assertThatThrownBy(() -> search(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found a longer line");
  }

  @Test
  void filesThatAreShortLongOrMissingAreRefused() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> !f.endsWith("writer.lock")).toList()) {
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
          if (file.endsWith("index.json") && length == whole.length - 1) {
            continue; // Only its line end is gone.
          }
          Files.write(file, Arrays.copyOf(whole, length));
          assertThatThrownBy(() -> search(folder))
              .as(file + " %d", length)
              .isInstanceOf(CsMoeException.class)
              .hasMessageContaining(folder.toString());
        }
        Files.write(file, whole);
        Files.write(file, "four".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        assertThatThrownBy(() -> search(folder)).isInstanceOf(CsMoeException.class);
        Files.delete(file);
        assertThatThrownBy(() -> search(folder))
            .isInstanceOf(CsMoeException.class)
            .hasMessageContaining(file.getFileName().toString());
        Files.write(file, whole);
      }
    }
    search(folder);
  }

  @Test
  void whateverBytesAreChangedAnIndexIsReadOrRefused() throws IOException {
    Random random = new Random(7);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> !f.endsWith("writer.lock")).toList()) {
        byte[] whole = Files.readAllBytes(file);
        for (int attempt = 0; attempt < 150; attempt++) {
          byte[] damaged = whole.clone();
          for (int i = random.nextInt(4); i >= 0; i--) {
            int range = random.nextBoolean() ? Math.min(64, whole.length) : whole.length;
            damaged[random.nextInt(range)] = (byte) random.nextInt(256);
          }
          Files.write(file, damaged);
          try {
            search(folder);
          } catch (CsMoeException e) {
            assertThat(e).hasMessageContaining(folder.toString());
          }
        }
        Files.write(file, whole);
      }
    }
  }

  @Test
  void aFolderThatIsNoIndexSaysHowToMakeOne() {
    assertThatThrownBy(() -> RetrievalIndex.open(temporary))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("IndexWriter.create makes one");
    assertThatThrownBy(() -> IndexWriter.create(temporary, 3))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("expected an empty folder");
    assertThatThrownBy(() -> IndexWriter.create(temporary.resolve("new"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dimension must be in 1..65536 but was 0");
  }
}
