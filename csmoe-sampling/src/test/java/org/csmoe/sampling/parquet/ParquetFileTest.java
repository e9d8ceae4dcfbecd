package org.csmoe.sampling.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads a file that pyarrow wrote; see src/test/python/parquet_golden.py. */
class ParquetFileTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  private final Path folder;

  ParquetFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Path golden() {
    try {
      return Path.of(
          Objects.requireNonNull(ParquetFileTest.class.getResource("core.parquet")).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void columnsAndRowsAreWhatPyarrowWrote() {
    try (ParquetFile file = ParquetFile.open(golden())) {
      assertThat(file.columns().toString())
          .isEqualTo(
              "{grid_cell=VARCHAR, grid_row_u=INTEGER, cloud cover=FLOAT, note=VARCHAR, B02=BLOB}");
      assertThat(file.rowCount()).isEqualTo(5);
      List<Long> rows = new ArrayList<>();
      file.read(
          List.of("B02", "note", "cloud cover", "grid_row_u", "grid_cell"),
          row -> {
            int i = (int) row.index();
            rows.add(row.index());
            assertThat(row.bytes(0)).hasSize(10 + i).containsOnly((byte) (200 + i));
            assertThat(row.isNull(1)).isEqualTo(i % 2 == 1);
            if (i % 2 == 0) {
              assertThat(row.text(1)).isEqualTo("it's " + i);
            }
            assertThat(row.number(2)).isEqualTo(i / 8.0);
            assertThat(row.integer(3)).isEqualTo(-i);
            assertThat(row.text(4)).isEqualTo(i + "U_" + i + "L");
          });
      assertThat(rows).containsExactly(0L, 1L, 2L, 3L, 4L);
    }
  }

  @Test
  void listsOfTextsAreReadWhateverTheirTextsHold() throws SQLException {
    Path path = folder.resolve("lists.parquet");
    String values = "(0, ['a, b', 'it''s', '[c]']), (1, []), (2, NULL), (3, ['a', NULL])";
    String query = "SELECT l, i FROM (VALUES " + values + ") t(i, l) ORDER BY i";
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (" + query + ") TO " + DuckDb.text(path.toString()) + " (FORMAT parquet)");
    }
    try (ParquetFile file = ParquetFile.open(path)) {
      file.read(
          List.of("l", "i"),
          row -> {
            if (row.index() < 2) {
              assertThat(row.texts(0))
                  .isEqualTo(row.index() == 0 ? List.of("a, b", "it's", "[c]") : List.of());
            } else {
              assertThatThrownBy(() -> row.texts(0))
                  .isInstanceOf(CsMoeException.class)
                  .hasMessageContaining("row %d: column l is null".formatted(row.index()));
            }
            assertThatThrownBy(() -> row.texts(1))
                .isInstanceOf(CsMoeException.class)
                .hasMessageContaining("column i is INTEGER, expected a list of texts");
          });
    }
  }

  @Test
  void someRowsAreReadWithTheirIndexes() {
    try (ParquetFile file = ParquetFile.open(golden())) {
      List<String> rows = new ArrayList<>();
      file.read(List.of("grid_cell"), 3, 2, row -> rows.add(row.index() + " " + row.text(0)));
      file.read(List.of("grid_cell"), 5, 0, row -> rows.add("none"));
      assertThat(rows).containsExactly("3 3U_3L", "4 4U_4L");
      assertThatThrownBy(() -> file.read(List.of("grid_cell"), 4, 2, row -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rows must be in 0..5 but were 2 rows from 4");
    }
  }

  @Test
  void oneRowGroupIsReadThoughItsNeighbourIsDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(golden());
    byte[] third = new byte[12];
    Arrays.fill(third, (byte) 202);
    int at = indexOf(bytes, third);
    Arrays.fill(bytes, at - 6, at + 6, (byte) 0xff);
    Path damaged = Files.write(folder.resolve("damaged.parquet"), bytes);
    try (ParquetFile file = ParquetFile.open(damaged)) {
      file.read(List.of("B02"), 3, 1, row -> assertThat(row.bytes(0)).hasSize(13));
      assertThatThrownBy(() -> file.read(List.of("B02"), row -> {}))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("damaged.parquet");
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  @Test
  void aNullIsNamedWithItsRowAndColumn() {
    try (ParquetFile file = ParquetFile.open(golden())) {
      assertThatThrownBy(() -> file.read(List.of("note"), row -> row.text(0)))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("core.parquet row 1: column note is null, expected a text");
    }
  }

  @Test
  void aValueOfAnotherTypeIsNamedWithItsRowAndColumn() {
    try (ParquetFile file = ParquetFile.open(golden())) {
      assertThatThrownBy(() -> file.read(List.of("B02"), row -> row.number(0)))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("core.parquet row 0: column B02 is BLOB, expected a number");
      assertThatThrownBy(() -> file.read(List.of("grid_cell"), row -> row.integer(0)))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("column grid_cell is VARCHAR, expected an integer");
      assertThatThrownBy(() -> file.read(List.of("grid_row_u"), row -> row.bytes(0)))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("column grid_row_u is INTEGER, expected bytes");
    }
  }

  @Test
  void aMissingColumnIsNamedWithThoseFound() {
    try (ParquetFile file = ParquetFile.open(golden())) {
      assertThatThrownBy(() -> file.read(List.of("centre_lat"), row -> {}))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("expected a column centre_lat")
          .hasMessageContaining("[grid_cell, grid_row_u, cloud cover, note, B02]");
    }
  }

  @Test
  void aNameWithQuotesAndWildcardsIsTakenLiterally() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("a=1'); DROP")).resolve("x[1]*?'\".parquet");
    Files.copy(golden(), odd);
    try (ParquetFile file = ParquetFile.open(odd)) {
      assertThat(file.rowCount()).isEqualTo(5);
      assertThat(file.columns()).doesNotContainKey("a");
      file.read(List.of("grid_cell"), 1, 1, row -> assertThat(row.text(0)).isEqualTo("1U_1L"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 8, 200, 4000, 4866})
  void aTruncatedFileIsNamed(int length) throws IOException {
    byte[] bytes = Files.readAllBytes(golden());
    Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(bytes, length));
    assertThatThrownBy(() -> ParquetFile.open(cut))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("cut.parquet: cannot be read as Parquet");
  }

  @Test
  void anotherFormatAFolderAndAMissingFileAreNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text.parquet"), "id,lon,lat\n".repeat(100));
    assertThatThrownBy(() -> ParquetFile.open(text))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("text.parquet: cannot be read as Parquet");
    assertThatThrownBy(() -> ParquetFile.open(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found a folder");
    assertThatThrownBy(() -> ParquetFile.open(folder.resolve("gone.parquet")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone.parquet");
  }

  @Test
  void anInterruptedThreadStopsReading() {
    try (ParquetFile file = ParquetFile.open(golden())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> file.read(List.of("grid_cell"), row -> {}))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void theConnectionReachesNoOtherFile() throws IOException, SQLException {
    Path other = Files.copy(golden(), folder.resolve("other.parquet"));
    try (Connection connection = DuckDb.connect(golden().toAbsolutePath())) {
      for (String sql :
          List.of(
              "SELECT * FROM read_parquet(" + DuckDb.text(other.toString()) + ")",
              "COPY (SELECT 1) TO " + DuckDb.text(folder.resolve("x.csv").toString()),
              "ATTACH " + DuckDb.text(folder.resolve("x.db").toString()),
              "SET enable_external_access = true")) {
        try (Statement statement = connection.createStatement()) {
          assertThatThrownBy(() -> statement.execute(sql))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("configuration");
        }
      }
    }
  }

  @Test
  void theMetadataOfBigEarthNetIsReadInItsOrder() {
    Path path = DATA.resolve("bigearthnet-v2/metadata.parquet");
    assumeTrue(Files.exists(path), () -> "needs " + path);
    try (ParquetFile file = ParquetFile.open(path)) {
      assertThat(file.rowCount()).isEqualTo(480_038);
      int[] train = {0};
      long[] next = {0};
      file.read(
          List.of("split", "labels"),
          row -> {
            assertThat(row.index() == next[0]++).isTrue();
            train[0] += row.text(0).equals("train") ? 1 : 0;
          });
      assertThat(train[0]).isEqualTo(237_871);
      assertThat(next[0]).isEqualTo(480_038);
    }
  }
}
