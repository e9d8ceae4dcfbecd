package org.csmoe.sampling.parquet;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.csmoe.CsMoeException;

/**
 * A Parquet file to read: its columns, and rows in the order of the file, one at a time. Memory
 * holds a few thousand rows of the columns asked for; row groups without a row asked for are not
 * decoded.
 *
 * <p>For use by one thread at a time. Whoever opens one closes it.
 *
 * <pre>{@code
 * try (ParquetFile file = ParquetFile.open(Path.of("metadata.parquet"))) {
 *   file.read(
 *       List.of("grid_cell", "centre_lon", "centre_lat"),
 *       row -> System.out.println(row.text(0) + " " + row.number(1) + " " + row.number(2)));
 * }
 * }</pre>
 */
public final class ParquetFile implements AutoCloseable {
  private static final int ROWS_BETWEEN_CHECKS = 1024;

  private final Path path;
  private final Connection connection;
  private final Map<String, String> columns;
  private final long rowCount;

  private ParquetFile(Path path, Connection connection) throws SQLException {
    this.path = path;
    this.connection = connection;
    this.columns = Collections.unmodifiableMap(describe());
    this.rowCount = count();
  }

  /** Receives rows one by one. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * The next row.
     *
     * @param row the row; valid only during this call
     */
    void accept(ParquetRow row);
  }

  /**
   * Opens a file and reads its description.
   *
   * @param path the file; local, its name is taken literally
   * @return the file; the caller closes it
   * @throws UncheckedIOException when there is no such file
   * @throws CsMoeException when it is not a Parquet file, or is damaged
   */
  public static ParquetFile open(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (!Files.exists(absolute)) {
      throw new UncheckedIOException(new NoSuchFileException(path.toString()));
    }
    if (!Files.isRegularFile(absolute)) {
      throw new CsMoeException(path + ": expected a Parquet file but found a folder");
    }
    Connection connection;
    try {
      connection = DuckDb.connect(absolute);
    } catch (SQLException e) {
      throw failure(path, e);
    }
    try {
      return new ParquetFile(absolute, connection);
    } catch (SQLException e) {
      close(path, connection);
      throw failure(path, e);
    }
  }

  /**
   * The file.
   *
   * @return its absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * The columns.
   *
   * @return name to type, in file order; types as DuckDB names them, such as {@code VARCHAR},
   *     {@code DOUBLE}, {@code BIGINT}, {@code BLOB}
   */
  public Map<String, String> columns() {
    return columns;
  }

  /**
   * How many rows there are.
   *
   * @return the number of rows, from the file's description
   */
  public long rowCount() {
    return rowCount;
  }

  /**
   * Reads all rows.
   *
   * @param columns the columns to read
   * @param visitor receives every row in the order of the file
   * @throws CsMoeException when the file lacks a column or is damaged, or when the thread is
   *     interrupted
   */
  public void read(List<String> columns, Visitor visitor) {
    read(columns, 0, rowCount, visitor);
  }

  /**
   * Reads some rows. Only row groups that hold one of them are decoded, so that one row of a file
   * with one row per group, as Major TOM Core has, costs no more than its own bytes.
   *
   * @param columns the columns to read
   * @param start index of the first row, from 0
   * @param count how many rows
   * @param visitor receives every row in the order of the file
   * @throws IllegalArgumentException when the rows are not all in the file
   * @throws CsMoeException when the file lacks a column or is damaged, or when the thread is
   *     interrupted
   */
  public void read(List<String> columns, long start, long count, Visitor visitor) {
    if (start < 0 || count < 0 || start > rowCount - count) {
      throw new IllegalArgumentException(
          "%s: rows must be in 0..%d but were %d rows from %d"
              .formatted(path, rowCount, count, start));
    }
    requireColumns(columns);
    String names = columns.stream().map(DuckDb::name).collect(Collectors.joining(", "));
    boolean all = count == rowCount;
    String sql =
        "SELECT %s FROM %s%s"
            .formatted(
                names.isEmpty() ? "NULL" : names,
                source(!all),
                all ? "" : " WHERE file_row_number >= ? AND file_row_number < ?");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, path.toString());
      if (!all) {
        statement.setLong(2, start);
        statement.setLong(3, start + count);
      }
      try (ResultSet result = statement.executeQuery()) {
        visit(new ParquetRow(this, List.copyOf(columns), result, start), visitor);
      }
    } catch (SQLException e) {
      throw failure(path, e);
    }
  }

  private void visit(ParquetRow row, Visitor visitor) throws SQLException {
    while (row.next()) {
      if (row.index() % ROWS_BETWEEN_CHECKS == 0 && Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("%s: interrupted at row %d".formatted(path, row.index()));
      }
      visitor.accept(row);
    }
  }

  private void requireColumns(List<String> names) {
    for (String name : names) {
      if (!columns.containsKey(name)) {
        throw new CsMoeException(
            "%s: expected a column %s but found the columns %s"
                .formatted(path, name, columns.keySet()));
      }
    }
  }

  private Map<String, String> describe() throws SQLException {
    Map<String, String> described = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("DESCRIBE SELECT * FROM " + source(false))) {
      statement.setString(1, path.toString());
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          described.put(result.getString(1), result.getString(2));
        }
      }
    }
    return described;
  }

  private long count() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT count(*) FROM " + source(false))) {
      statement.setString(1, path.toString());
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  private static String source(boolean numbered) {
    return "read_parquet(?, hive_partitioning = false, file_row_number = %s)".formatted(numbered);
  }

  private static CsMoeException failure(Path path, SQLException e) {
    return new CsMoeException(
        "%s: cannot be read as Parquet: %s".formatted(path, DuckDb.message(e)), e);
  }

  private static void close(Path path, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(path, e);
    }
  }

  /** Closes the file. */
  @Override
  public void close() {
    close(path, connection);
  }
}
