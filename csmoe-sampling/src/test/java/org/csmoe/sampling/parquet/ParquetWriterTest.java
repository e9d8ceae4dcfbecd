package org.csmoe.sampling.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetWriterTest {
  private final Path folder;

  ParquetWriterTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static ParquetWriter.Builder table() {
    return ParquetWriter.builder()
        .column("id \"quoted\"", ParquetType.TEXT)
        .column("x", ParquetType.DOUBLE)
        .column("class", ParquetType.INT)
        .column("members", ParquetType.LONG)
        .column("shape", ParquetType.BYTES);
  }

  private static ParquetWriter row(ParquetWriter writer, int i) {
    return writer
        .append("Zelle äöü " + i)
        .append(i / 3.0)
        .append(-i)
        .append(1L << 40 | i)
        .append(new byte[] {(byte) i, 2});
  }

  @Test
  void rowsComeBackInOrderWithTheirBits() {
    Path path = folder.resolve("it's [1].parquet");
    try (ParquetWriter writer = table().open(path)) {
      for (int i = 0; i < 5000; i++) {
        row(writer, i);
      }
      writer.append("last").appendNull().appendNull().appendNull().appendNull();
      writer.commit();
    }
    try (ParquetFile file = ParquetFile.open(path)) {
      assertThat(file.rowCount()).isEqualTo(5001);
      file.read(
          List.copyOf(file.columns().keySet()),
          0,
          5000,
          row -> {
            int i = (int) row.index();
            assertThat(row.text(0)).isEqualTo("Zelle äöü " + i);
            assertThat(row.number(1)).isEqualTo(i / 3.0);
            assertThat(row.integer(2)).isEqualTo(-i);
            assertThat(row.integer(3)).isEqualTo(1L << 40 | i);
            assertThat(row.bytes(4)).containsExactly((byte) i, 2);
          });
      file.read(List.of("x"), 5000, 1, row -> assertThat(row.number(0)).isNaN());
    }
  }

  @Test
  void withoutCommitTheOldFileStaysAndNothingElse() throws IOException {
    Path path = Files.writeString(folder.resolve("a.parquet"), "old");
    try (ParquetWriter writer = table().open(path)) {
      row(writer, 1);
      assertThat(path).hasContent("old");
    }
    assertThat(path).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void aTableMayHaveNoRows() {
    Path path = folder.resolve("empty.parquet");
    try (ParquetWriter writer = table().open(path)) {
      writer.commit();
    }
    try (ParquetFile file = ParquetFile.open(path)) {
      assertThat(file.rowCount()).isZero();
      assertThat(file.columns()).hasSize(5);
    }
  }

  @Test
  void aValueOfTheWrongTypeAndAnIncompleteRowAreRefused() {
    try (ParquetWriter writer = table().open(folder.resolve("a.parquet"))) {
      row(writer, 1);
      writer.append("b");
      assertThatThrownBy(() -> writer.append("c"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("row 1: column x is of type DOUBLE, but a value of type TEXT");
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("row 1: has 1 values, expected 5");
    }
  }

  @Test
  void badTablesAndFoldersAreRefused() {
    assertThatThrownBy(() -> table().column("x", ParquetType.INT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("column x was already added");
    assertThatThrownBy(() -> ParquetWriter.builder().open(folder.resolve("a.parquet")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("at least one column");
    assertThatThrownBy(() -> table().open(folder.resolve("no/a.parquet")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> table().column("X", ParquetType.INT).open(folder.resolve("a.parquet")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("a.parquet");
    assertThat(folder).isEmptyDirectory();
  }
}
