package org.csmoe.sampling.locations;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.csmoe.sampling.LocationSource;
import org.locationtech.jts.geom.Geometry;

/** Locations in the lines of a text file: a header, then commas, semicolons or tabs. */
record CsvLocations(Path file, Settings settings) implements LocationSource {
  private static final char[] SEPARATORS = {',', ';', '\t'};
  private static final int MAX_RECORD_CHARS = 1 << 24;

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public List<Path> files() {
    return List.of(file);
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.empty();
  }

  @Override
  public void read(Visitor visitor) {
    try (CsvReader<CsvRecord> reader = open(separator())) {
      Iterator<CsvRecord> records = reader.iterator();
      if (!records.hasNext()) {
        throw new CsMoeException(file + ": expected a header but the file is empty");
      }
      TableColumns columns = TableColumns.find(file, records.next().getFields(), settings);
      long[] line = {1};
      RowIntake intake = new RowIntake(settings, visitor, () -> file + " line " + line[0]);
      while (records.hasNext()) {
        CsvRecord row = records.next();
        line[0] = row.getStartingLineNumber();
        intake.next();
        read(row, columns, intake);
      }
    } catch (CsvParseException e) {
      throw new CsMoeException("%s: malformed CSV: %s".formatted(file, detail(e)), e);
    } catch (IOException e) {
      throw Failures.of(file, "cannot be read", e);
    }
  }

  private static String detail(CsvParseException e) {
    Throwable cause = e.getCause();
    return e.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
  }

  private static void read(CsvRecord row, TableColumns columns, RowIntake intake) {
    int expected =
        1
            + Math.max(
                Math.max(columns.id(), columns.footprint()),
                Math.max(columns.longitude(), columns.latitude()));
    if (row.getFieldCount() < expected) {
      intake.fault(
          "too few columns",
          "found %d, expected %d%s"
              .formatted(
                  row.getFieldCount(),
                  expected,
                  row.getFields().stream().anyMatch(field -> field.contains("\n"))
                      ? "; a quotation mark that is not closed takes in the lines after it"
                      : ""));
      return;
    }
    String id = row.getField(columns.id());
    double longitude = Double.NaN;
    double latitude = Double.NaN;
    if (columns.centred()) {
      longitude = intake.coordinate("longitude", row.getField(columns.longitude()));
      if (Double.isNaN(longitude)) {
        return;
      }
      latitude = intake.coordinate("latitude", row.getField(columns.latitude()));
      if (Double.isNaN(latitude)) {
        return;
      }
    }
    if (columns.footprint() < 0) {
      intake.point(id, longitude, latitude);
      return;
    }
    Geometry footprint = intake.geometry(row.getField(columns.footprint()));
    if (footprint != null) {
      intake.shape(id, longitude, latitude, footprint);
    }
  }

  /** The separator of which the header has most. */
  private char separator() throws IOException {
    try (CsvReader<CsvRecord> reader = open('\0')) {
      Iterator<CsvRecord> records = reader.iterator();
      String header = records.hasNext() ? String.join("", records.next().getFields()) : "";
      char separator = ',';
      for (char candidate : SEPARATORS) {
        if (count(header, candidate) > count(header, separator)) {
          separator = candidate;
        }
      }
      return separator;
    }
  }

  private static long count(String text, char wanted) {
    return text.chars().filter(c -> c == wanted).count();
  }

  private CsvReader<CsvRecord> open(char separator) throws IOException {
    return CsvReader.builder()
        .fieldSeparator(separator)
        .allowExtraFields(true)
        .allowMissingFields(true)
        .detectBomHeader(true)
        .maxBufferSize(MAX_RECORD_CHARS)
        .ofCsvRecord(file);
  }
}
