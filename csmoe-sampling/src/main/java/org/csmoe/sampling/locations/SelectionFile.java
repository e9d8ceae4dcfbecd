package org.csmoe.sampling.locations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Stratum;
import org.csmoe.sampling.parquet.ParquetType;
import org.csmoe.sampling.parquet.ParquetWriter;

/**
 * Selected locations with their descriptors in a file: CSV, GeoJSON points or Parquet, by the
 * ending of its name. The columns, or properties, are {@code id}, {@code longitude}, {@code
 * latitude} (degrees), {@code climate}, {@code climate_name}, {@code thematic}, {@code
 * thematic_name} and {@code stratum_members}, the number of locations of the whole archive with
 * these two classes. {@link Locations#open} reads all three kinds back. Of the Major TOM grid, the
 * id is the name of the cell.
 *
 * <p>Immutable and safe for use by several threads, if the names are.
 *
 * <pre>{@code
 * new SelectionFile(archive, climateLegend::name, thematicLegend::name)
 *     .write(Path.of("selection.csv"), sample.indexes());
 * }</pre>
 */
public final class SelectionFile {
  private static final String[] HEADER = {
    "id",
    "longitude",
    "latitude",
    "climate",
    "climate_name",
    "thematic",
    "thematic_name",
    "stratum_members"
  };
  private static final int ROWS_BETWEEN_CHECKS = 1024;

  private final DescribedArchive archive;
  private final IntFunction<String> climateNames;
  private final IntFunction<String> thematicNames;
  private final Map<Stratum, Integer> members = new HashMap<>();

  /** Writes one row. */
  @FunctionalInterface
  private interface RowWriter {
    void write(int index, Stratum stratum, int members) throws IOException;
  }

  /**
   * Prepares files of an archive.
   *
   * @param archive what was selected from
   * @param climateNames the name of each code of the climate product
   * @param thematicNames the name of each code of the thematic product
   */
  public SelectionFile(
      DescribedArchive archive,
      IntFunction<String> climateNames,
      IntFunction<String> thematicNames) {
    this.archive = archive;
    this.climateNames = climateNames;
    this.thematicNames = thematicNames;
    archive.strata().forEach((stratum, indexes) -> members.put(stratum, indexes.length));
  }

  /**
   * Writes a file, which appears whole or not at all.
   *
   * @param path the file to make or replace; its folder must exist
   * @param indexes the selected locations, written in this order
   * @throws UncheckedIOException when it cannot be written
   * @throws IllegalArgumentException when its name does not end in {@code .csv}, {@code .geojson}
   *     or {@code .parquet}
   * @throws IndexOutOfBoundsException when an index is not in the archive
   * @throws CsMoeException when the thread is interrupted
   */
  public void write(Path path, int[] indexes) {
    requireEnding(path);
    try {
      switch (Locations.ending(path)) {
        case "csv" -> writeCsv(path, indexes);
        case "geojson" -> writeGeoJson(path, indexes);
        default -> writeParquet(path, indexes);
      }
    } catch (IOException e) {
      throw Failures.of(path, "cannot be written", e);
    }
  }

  /**
   * Checks a name before long work.
   *
   * @param path the file to write later
   * @throws IllegalArgumentException when its name does not end in {@code .csv}, {@code .geojson}
   *     or {@code .parquet}
   */
  public static void requireEnding(Path path) {
    switch (Locations.ending(path)) {
      case "csv", "geojson", "parquet" -> {}
      default ->
          throw new IllegalArgumentException(
              path + ": the name of a file of a selection must end in .csv, .geojson or .parquet");
    }
  }

  private void each(Path path, int[] indexes, RowWriter writer) throws IOException {
    for (int i = 0; i < indexes.length; i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0 && Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("%s: interrupted at row %d".formatted(path, i));
      }
      int index = Objects.checkIndex(indexes[i], archive.size());
      Stratum stratum = archive.stratum(index);
      writer.write(index, stratum, Objects.requireNonNull(members.get(stratum)));
    }
  }

  private void writeCsv(Path path, int[] indexes) throws IOException {
    try (AtomicFile file = AtomicFile.create(path);
        BufferedWriter text = file.writer();
        CsvWriter csv = CsvWriter.builder().build(text)) {
      csv.writeRecord(HEADER);
      each(
          path,
          indexes,
          (index, stratum, count) ->
              csv.writeRecord(
                  archive.id(index),
                  String.valueOf(archive.longitude(index)),
                  String.valueOf(archive.latitude(index)),
                  String.valueOf(stratum.climate()),
                  climateNames.apply(stratum.climate()),
                  String.valueOf(stratum.thematic()),
                  thematicNames.apply(stratum.thematic()),
                  String.valueOf(count)));
      csv.flush();
      text.flush();
      file.commit();
    }
  }

  private void writeGeoJson(Path path, int[] indexes) throws IOException {
    try (AtomicFile file = AtomicFile.create(path);
        OutputStream stream = file.stream();
        JsonGenerator json = new JsonFactory().createGenerator(stream)) {
      json.writeStartObject();
      json.writeStringField("type", "FeatureCollection");
      json.writeArrayFieldStart("features");
      each(path, indexes, (index, stratum, count) -> feature(json, index, stratum, count));
      json.writeRaw('\n');
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
      json.flush();
      file.commit();
    }
  }

  private void feature(JsonGenerator json, int index, Stratum stratum, int count)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "Feature");
    json.writeStringField("id", archive.id(index));
    json.writeObjectFieldStart("geometry");
    json.writeStringField("type", "Point");
    json.writeArrayFieldStart("coordinates");
    json.writeNumber(archive.longitude(index));
    json.writeNumber(archive.latitude(index));
    json.writeEndArray();
    json.writeEndObject();
    json.writeObjectFieldStart("properties");
    json.writeStringField("id", archive.id(index));
    json.writeNumberField("longitude", archive.longitude(index));
    json.writeNumberField("latitude", archive.latitude(index));
    json.writeNumberField("climate", stratum.climate());
    json.writeStringField("climate_name", climateNames.apply(stratum.climate()));
    json.writeNumberField("thematic", stratum.thematic());
    json.writeStringField("thematic_name", thematicNames.apply(stratum.thematic()));
    json.writeNumberField("stratum_members", count);
    json.writeEndObject();
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void writeParquet(Path path, int[] indexes) throws IOException {
    try (ParquetWriter parquet =
        ParquetWriter.builder()
            .column(HEADER[0], ParquetType.TEXT)
            .column(HEADER[1], ParquetType.DOUBLE)
            .column(HEADER[2], ParquetType.DOUBLE)
            .column(HEADER[3], ParquetType.INT)
            .column(HEADER[4], ParquetType.TEXT)
            .column(HEADER[5], ParquetType.INT)
            .column(HEADER[6], ParquetType.TEXT)
            .column(HEADER[7], ParquetType.INT)
            .open(path)) {
      each(
          path,
          indexes,
          (index, stratum, count) ->
              parquet
                  .append(archive.id(index))
                  .append(archive.longitude(index))
                  .append(archive.latitude(index))
                  .append(stratum.climate())
                  .append(climateNames.apply(stratum.climate()))
                  .append(stratum.thematic())
                  .append(thematicNames.apply(stratum.thematic()))
                  .append(count));
      parquet.commit();
    }
  }
}
