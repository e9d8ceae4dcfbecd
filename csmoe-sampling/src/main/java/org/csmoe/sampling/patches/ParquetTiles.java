package org.csmoe.sampling.patches;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.csmoe.raster.Scene;
import org.csmoe.sampling.parquet.ParquetFile;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.jspecify.annotations.Nullable;

/**
 * Tiles in Major TOM Core's Parquet files: one row per product, whole GeoTIFFs as binary columns. A
 * file is opened for every tile anew, so that nothing stays open.
 */
final class ParquetTiles extends TileArchive {
  private static final List<String> KEYS = List.of("grid_cell", "product_id");

  private final List<Path> files;

  /** The first row of every cell; made when a cell is first looked for. */
  private @Nullable Map<String, Row> index;

  private record Row(Path file, long number, String cell, String product) {}

  ParquetTiles(List<Path> files, Sensor sensor) {
    super(sensor);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("files must be at least one");
    }
    this.files = List.copyOf(files);
  }

  @Override
  public String name() {
    return files.size() == 1
        ? files.get(0).toString()
        : "%s and %d more".formatted(files.get(0), files.size() - 1);
  }

  @Override
  void forEach(Predicate<String> wanted, Consumer<Tile> visitor) {
    Set<String> seen = new HashSet<>();
    for (Path file : files) {
      for (Row row : rows(file, wanted)) {
        visitor.accept(tile(row, !seen.add(row.cell())));
      }
    }
  }

  @Override
  Optional<Tile> find(String cell) {
    Map<String, Row> rows = index;
    if (rows == null) {
      rows = new HashMap<>();
      for (Path file : files) {
        for (Row row : rows(file, name -> true)) {
          rows.putIfAbsent(row.cell(), row);
        }
      }
      index = rows;
    }
    return Optional.ofNullable(rows.get(cell)).map(row -> tile(row, false));
  }

  private static List<Row> rows(Path path, Predicate<String> wanted) {
    List<Row> rows = new ArrayList<>();
    try (ParquetFile file = ParquetFile.open(path)) {
      file.read(
          KEYS,
          row -> {
            String cell = row.text(0);
            if (isCell(cell) && wanted.test(cell)) {
              rows.add(new Row(path, row.index(), cell, row.text(1)));
            }
          });
    }
    return rows;
  }

  private Tile tile(Row row, boolean repeated) {
    return new Tile(row.cell(), row.product(), repeated, bands -> open(row, bands));
  }

  private Scene open(Row row, List<Band> bands) {
    Map<String, byte[]> contents = new HashMap<>();
    try (ParquetFile file = ParquetFile.open(row.file())) {
      List<String> columns =
          file.columns().keySet().stream()
              .filter(name -> Band.find(name).filter(bands::contains).isPresent())
              .toList();
      file.read(
          columns,
          row.number(),
          1,
          values -> {
            for (int i = 0; i < columns.size(); i++) {
              if (!values.isNull(i)) {
                contents.put(columns.get(i), values.bytes(i));
              }
            }
          });
    }
    String name = "%s row %d, %s".formatted(row.file(), row.number(), row.cell());
    return Scene.builder(name, sensor(), contents).bands(bands).cacheBytes(0).open();
  }
}
