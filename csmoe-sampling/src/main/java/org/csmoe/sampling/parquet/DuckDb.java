package org.csmoe.sampling.parquet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.csmoe.CsMoeException;
import org.duckdb.DuckDBDriver;

/** Connections that can do nothing but read or write one Parquet file. */
final class DuckDb {
  private static final String MEMORY_LIMIT = "2GiB";

  private DuckDb() {}

  /** A database in memory that may open the file, and no other file, network or extension. */
  static Connection connect(Path file) throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("threads", "1");
    settings.setProperty("memory_limit", MEMORY_LIMIT);
    settings.setProperty("temp_directory", "");
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    Connection connection = open(settings);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET allowed_paths = [" + text(file.toString()) + "]");
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Connection open(Properties settings) throws SQLException {
    try {
      return new DuckDBDriver().connect("jdbc:duckdb:", settings);
    } catch (LinkageError e) {
      throw new CsMoeException(
          "Parquet needs DuckDB's native library, which cannot be loaded on %s %s: %s; give the"
                  .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e)
              + " locations as CSV or GeoJSON instead",
          e);
    }
  }

  /** A text as SQL writes it. */
  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /** A column's name as SQL writes it. */
  static String name(String value) {
    return "\"" + value.replace("\"", "\"\"") + "\"";
  }

  /** The first line of what DuckDB says; the others show our own SQL. */
  static String message(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
