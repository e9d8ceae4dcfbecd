package org.csmoe.sampling.parquet;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.csmoe.CsMoeException;

/**
 * The row at which a reader of a {@link ParquetFile} stands. Valid only until the visitor returns.
 * Columns are numbered from 0 in the order asked for.
 */
public final class ParquetRow {
  private final ParquetFile file;
  private final List<String> columns;
  private final ResultSet result;
  private long index;

  ParquetRow(ParquetFile file, List<String> columns, ResultSet result, long start) {
    this.file = file;
    this.columns = columns;
    this.result = result;
    this.index = start - 1;
  }

  boolean next() throws SQLException {
    index++;
    return result.next();
  }

  /**
   * Which row of the file this is.
   *
   * @return from 0
   */
  public long index() {
    return index;
  }

  /**
   * Whether a value is missing.
   *
   * @param column from 0
   * @return whether it is null
   */
  public boolean isNull(int column) {
    try {
      result.getObject(column + 1);
      return result.wasNull();
    } catch (SQLException e) {
      throw failure(column, "a value", e);
    }
  }

  /**
   * A value as text.
   *
   * @param column from 0
   * @return the text; numbers, times and lists as DuckDB writes them
   * @throws CsMoeException when the value is null
   */
  public String text(int column) {
    try {
      String value = result.getString(column + 1);
      if (value == null) {
        throw missing(column, "a text");
      }
      return value;
    } catch (SQLException e) {
      throw failure(column, "a text", e);
    }
  }

  /**
   * A list of texts.
   *
   * @param column from 0
   * @return the texts, an immutable list
   * @throws CsMoeException when the value or one of its texts is null, or it is no list of texts
   */
  public List<String> texts(int column) {
    try {
      Array value = result.getArray(column + 1);
      if (value == null) {
        throw missing(column, "a list of texts");
      }
      List<String> texts = new ArrayList<>();
      for (Object element : (Object[]) value.getArray()) {
        if (element == null) {
          throw missing(column, "a list of texts without null");
        }
        texts.add((String) element);
      }
      return List.copyOf(texts);
    } catch (SQLException | ClassCastException e) {
      throw failure(column, "a list of texts", e);
    }
  }

  /**
   * A value as a number.
   *
   * @param column from 0
   * @return the number; NaN when the value is null
   * @throws CsMoeException when the value is no number
   */
  public double number(int column) {
    try {
      double value = result.getDouble(column + 1);
      return result.wasNull() ? Double.NaN : value;
    } catch (SQLException | NumberFormatException | ClassCastException e) {
      throw failure(column, "a number", e);
    }
  }

  /**
   * A value as an integer.
   *
   * @param column from 0
   * @return the integer
   * @throws CsMoeException when the value is null, or no integer of 64 bits
   */
  public long integer(int column) {
    try {
      long value = result.getLong(column + 1);
      if (result.wasNull()) {
        throw missing(column, "an integer");
      }
      return value;
    } catch (SQLException | NumberFormatException | ClassCastException e) {
      throw failure(column, "an integer", e);
    }
  }

  /**
   * A binary value.
   *
   * @param column from 0
   * @return a copy, the caller's
   * @throws CsMoeException when the value is null or not binary
   */
  public byte[] bytes(int column) {
    try {
      byte[] value = result.getBytes(column + 1);
      if (value == null) {
        throw missing(column, "bytes");
      }
      return value;
    } catch (SQLException | ClassCastException e) {
      throw failure(column, "bytes", e);
    }
  }

  private CsMoeException missing(int column, String expected) {
    return new CsMoeException(
        "%s row %d: column %s is null, expected %s"
            .formatted(file.path(), index, columns.get(column), expected));
  }

  private CsMoeException failure(int column, String expected, Exception cause) {
    String name = columns.get(column);
    return new CsMoeException(
        "%s row %d: column %s is %s, expected %s"
            .formatted(file.path(), index, name, file.columns().get(name), expected),
        cause);
  }
}
