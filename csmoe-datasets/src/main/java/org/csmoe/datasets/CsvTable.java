package org.csmoe.datasets;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;

/** A text file of comma-separated values whose first line names the columns. */
final class CsvTable {
  private CsvTable() {}

  /**
   * A line.
   *
   * @param values of the columns asked for, in that order
   */
  record Row(Path file, long line, List<String> values) {
    CsMoeException malformed(String found, String expected) {
      return new CsMoeException(
          "%s line %d: found %s, expected %s".formatted(file, line, found, expected));
    }
  }

  /** Reads some columns of all lines. */
  static void read(Path file, List<String> columns, Consumer<Row> visitor) {
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder().maxBufferSize(1 << 20).ofCsvRecord(file)) {
      Iterator<CsvRecord> records = reader.iterator();
      List<String> header = records.hasNext() ? records.next().getFields() : List.of();
      int[] indices = columns.stream().mapToInt(header::indexOf).toArray();
      if (!header.containsAll(columns)) {
        throw new CsMoeException(
            "%s line 1: found the columns %s, expected %s".formatted(file, header, columns));
      }
      while (records.hasNext()) {
        CsvRecord csv = records.next();
        List<String> values = Arrays.stream(indices).mapToObj(csv::getField).toList();
        visitor.accept(new Row(file, csv.getStartingLineNumber(), values));
      }
    } catch (CsvParseException e) {
      Throwable cause = e.getCause();
      String detail = e.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
      throw new CsMoeException("%s: malformed CSV: %s".formatted(file, detail), e);
    } catch (IOException e) {
      throw Failures.of(file, "cannot be read", e);
    }
  }
}
