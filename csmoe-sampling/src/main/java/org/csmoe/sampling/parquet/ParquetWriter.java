package org.csmoe.sampling.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Writes a table to a Parquet file, which appears whole or not at all. Values are appended row by
 * row, from the first column to the last, and kept outside the Java heap until {@link #commit()}:
 * about as many bytes as they have, at most 2 GiB.
 *
 * <p>For use by one thread at a time. Whoever opens one closes it.
 *
 * <pre>{@code
 * try (ParquetWriter writer =
 *     ParquetWriter.builder()
 *         .column("id", ParquetType.TEXT)
 *         .column("longitude", ParquetType.DOUBLE)
 *         .open(Path.of("selection.parquet"))) {
 *   writer.append("199U_1099R").append(103.706);
 *   writer.commit();
 * }
 * }</pre>
 */
public final class ParquetWriter implements AutoCloseable {
  private final Path path;
  private final AtomicFile file;
  private final Connection connection;
  private final DuckDBAppender appender;
  private final List<String> names;
  private final List<ParquetType> types;
  private int column;
  private long rows;

  private ParquetWriter(Path path, AtomicFile file, Connection connection, Builder builder)
      throws SQLException {
    this.path = path;
    this.file = file;
    this.connection = connection;
    this.names = List.copyOf(builder.columns.keySet());
    this.types = List.copyOf(builder.columns.values());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          builder.columns.entrySet().stream()
              .map(entry -> DuckDb.name(entry.getKey()) + " " + entry.getValue().sql())
              .collect(Collectors.joining(", ", "CREATE TABLE written (", ")")));
    }
    this.appender = connection.unwrap(DuckDBConnection.class).createAppender("main", "written");
  }

  /**
   * Begins a description of the table.
   *
   * @return a builder without columns
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Appends a text.
   *
   * @param value the value of the next column
   * @return this writer
   * @throws IllegalStateException when the next column is not of type {@link ParquetType#TEXT}
   */
  public ParquetWriter append(String value) {
    return append(ParquetType.TEXT, () -> appender.append(value));
  }

  /**
   * Appends a number.
   *
   * @param value the value of the next column
   * @return this writer
   * @throws IllegalStateException when the next column is not of type {@link ParquetType#DOUBLE}
   */
  public ParquetWriter append(double value) {
    return append(ParquetType.DOUBLE, () -> appender.append(value));
  }

  /**
   * Appends an integer of 32 bits.
   *
   * @param value the value of the next column
   * @return this writer
   * @throws IllegalStateException when the next column is not of type {@link ParquetType#INT}
   */
  public ParquetWriter append(int value) {
    return append(ParquetType.INT, () -> appender.append(value));
  }

  /**
   * Appends an integer of 64 bits.
   *
   * @param value the value of the next column
   * @return this writer
   * @throws IllegalStateException when the next column is not of type {@link ParquetType#LONG}
   */
  public ParquetWriter append(long value) {
    return append(ParquetType.LONG, () -> appender.append(value));
  }

  /**
   * Appends bytes.
   *
   * @param value the value of the next column; copied
   * @return this writer
   * @throws IllegalStateException when the next column is not of type {@link ParquetType#BYTES}
   */
  public ParquetWriter append(byte[] value) {
    return append(ParquetType.BYTES, () -> appender.append(value));
  }

  /**
   * Appends a null.
   *
   * @return this writer
   */
  public ParquetWriter appendNull() {
    return append(types.get(column), appender::appendNull);
  }

  private interface Step {
    @SuppressWarnings("unused")
    Object run() throws SQLException;
  }

  private ParquetWriter append(ParquetType type, Step step) {
    if (types.get(column) != type) {
      throw new IllegalStateException(
          "%s row %d: column %s is of type %s, but a value of type %s was appended"
              .formatted(path, rows, names.get(column), types.get(column), type));
    }
    try {
      if (column == 0) {
        appender.beginRow();
      }
      step.run();
      column++;
      if (column == types.size()) {
        appender.endRow();
        column = 0;
        rows++;
      }
      return this;
    } catch (SQLException e) {
      throw failure(path, e);
    }
  }

  /**
   * Writes the file and puts it in its place.
   *
   * @throws IllegalStateException when the last row is not complete
   * @throws UncheckedIOException when the file cannot be put in its place
   * @throws CsMoeException when it cannot be written
   */
  public void commit() {
    if (column != 0) {
      throw new IllegalStateException(
          "%s row %d: has %d values, expected %d".formatted(path, rows, column, types.size()));
    }
    try (Statement statement = connection.createStatement()) {
      appender.flush();
      statement.execute(
          "COPY written TO %s (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
              .formatted(DuckDb.text(file.temporary().toString())));
      file.commit();
    } catch (SQLException e) {
      String message = DuckDb.message(e);
      throw message.startsWith("IO Error")
          ? new CsMoeException(String.valueOf(file.failure(message, e).getMessage()), e)
          : failure(path, e);
    } catch (IOException e) {
      throw Failures.of(path, "cannot be written", e);
    }
  }

  /** Deletes a file that was not committed; otherwise does nothing. */
  @Override
  public void close() {
    try (file) {
      appender.close();
      connection.close();
    } catch (SQLException e) {
      throw failure(path, e);
    } catch (IOException e) {
      throw Failures.of(path, "cannot be written", e);
    }
  }

  private static CsMoeException failure(Path path, Exception e) {
    return new CsMoeException(
        "%s: cannot be written as Parquet: %s".formatted(path, DuckDb.message(e)), e);
  }

  /** Describes the table. Not safe for use by several threads. */
  public static final class Builder {
    private final Map<String, ParquetType> columns = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a column.
     *
     * @param name its name
     * @param type what it holds
     * @return this builder
     * @throws IllegalStateException when there is a column of this name already
     */
    public Builder column(String name, ParquetType type) {
      if (columns.putIfAbsent(name, type) != null) {
        throw new IllegalStateException("column %s was already added".formatted(name));
      }
      return this;
    }

    /**
     * Begins the file.
     *
     * @param path the file to make or replace; its folder must exist
     * @return the writer; the caller closes it
     * @throws IllegalStateException when no column was added
     * @throws UncheckedIOException when no file can be made there
     * @throws CsMoeException when the columns cannot be written as Parquet
     */
    public ParquetWriter open(Path path) {
      if (columns.isEmpty()) {
        throw new IllegalStateException(path + ": a table needs at least one column");
      }
      AtomicFile file;
      try {
        file = AtomicFile.create(path);
      } catch (IOException e) {
        throw Failures.of(path, "cannot be written", e);
      }
      try {
        return open(path, file);
      } catch (SQLException | CsMoeException e) {
        CsMoeException failure = failure(path, e);
        try {
          file.close();
        } catch (IOException unclosed) {
          failure.addSuppressed(unclosed);
        }
        throw failure;
      }
    }

    private ParquetWriter open(Path path, AtomicFile file) throws SQLException {
      Connection connection = DuckDb.connect(file.temporary());
      try {
        return new ParquetWriter(path, file, connection, this);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    }
  }
}
