package org.csmoe.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.io.Failures;
import org.csmoe.sampling.parquet.ParquetFile;

/**
 * The table of BigEarthNet v2: the published {@code metadata.parquet}, or a CSV file with the
 * columns patch_id, labels (divided by semicolons), split and country.
 *
 * <pre>{@code
 * BigEarthNetMetadata.read(Path.of("metadata.parquet"), patch -> counts[patch.month()]++);
 * }</pre>
 */
public final class BigEarthNetMetadata {
  /** The 19 classes in the order of their indices, which is that of the alphabet. */
  public static final List<String> CLASSES =
      List.of(
          "Agro-forestry areas",
          "Arable land",
          "Beaches, dunes, sands",
          "Broad-leaved forest",
          "Coastal wetlands",
          "Complex cultivation patterns",
          "Coniferous forest",
          "Industrial or commercial units",
          "Inland waters",
          "Inland wetlands",
          "Land principally occupied by agriculture, with significant areas of natural vegetation",
          "Marine waters",
          "Mixed forest",
          "Moors, heathland and sclerophyllous vegetation",
          "Natural grassland and sparsely vegetated areas",
          "Pastures",
          "Permanent crops",
          "Transitional woodland, shrub",
          "Urban fabric");

  private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private final Consumer<BigEarthNetPatch> visitor;

  /** The distinct sets of labels, of which there are few thousand. */
  private final Map<List<String>, Target.Classes> labels = new HashMap<>();

  private final Map<String, String> countries = new HashMap<>();

  private BigEarthNetMetadata(Consumer<BigEarthNetPatch> visitor) {
    this.visitor = visitor;
  }

  /**
   * Reads the table row by row, in the order of the file.
   *
   * @param file a Parquet or CSV file
   * @param visitor receives every row
   * @throws CsMoeException when a column is missing, or a label, a split or a name is unknown
   * @throws UncheckedIOException when the file cannot be read
   */
  public static void read(Path file, Consumer<BigEarthNetPatch> visitor) {
    BigEarthNetMetadata reader = new BigEarthNetMetadata(visitor);
    if (isParquet(file)) {
      reader.readParquet(file);
    } else {
      reader.readCsv(file);
    }
  }

  private static boolean isParquet(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      return Arrays.equals(stream.readNBytes(PARQUET.length), PARQUET);
    } catch (IOException e) {
      throw Failures.of(file, "cannot be read", e);
    }
  }

  private void readParquet(Path path) {
    try (ParquetFile file = ParquetFile.open(path)) {
      file.read(
          List.of("patch_id", "s1_name", "labels", "split", "country"),
          row -> {
            String where = "%s row %d".formatted(path, row.index());
            accept(
                where,
                row.text(0),
                Optional.of(row.text(1)),
                row.texts(2),
                row.text(3),
                row.text(4));
          });
    }
  }

  private void readCsv(Path path) {
    CsvTable.read(
        path,
        List.of("patch_id", "labels", "split", "country"),
        row -> {
          String where = "%s line %d".formatted(path, row.line());
          List<String> values = row.values();
          List<String> names = List.of(values.get(1).split(";", -1));
          accept(where, values.get(0), Optional.empty(), names, values.get(2), values.get(3));
        });
  }

  private void accept(
      String where,
      String id,
      Optional<String> s1Name,
      List<String> names,
      String split,
      String country) {
    DatasetSplit known =
        DatasetSplit.find(split)
            .orElseThrow(
                () ->
                    new CsMoeException(
                        "%s: found split \"%s\", expected train, validation or test"
                            .formatted(where, split)));
    Target.Classes target = labels.computeIfAbsent(names, key -> indices(where, key));
    BigEarthNetPatch patch;
    try {
      patch =
          new BigEarthNetPatch(
              id, s1Name, target, known, countries.computeIfAbsent(country, key -> key));
    } catch (IllegalArgumentException e) {
      throw new CsMoeException(where + ": " + e.getMessage(), e);
    }
    visitor.accept(patch);
  }

  private static Target.Classes indices(String where, List<String> names) {
    int[] indices = names.stream().mapToInt(CLASSES::indexOf).toArray();
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0) {
        throw new CsMoeException(
            "%s: found label \"%s\", expected one of %s".formatted(where, names.get(i), CLASSES));
      }
    }
    return (Target.Classes) Target.classes(indices);
  }
}
