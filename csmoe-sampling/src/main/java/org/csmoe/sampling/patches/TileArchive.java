package org.csmoe.sampling.patches;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Sensor;

/**
 * Tiles of one sensor by the cells of the Major TOM grid. Nothing is opened before it is needed. Of
 * several products of one cell the first is used.
 *
 * <p>An archive is read by one thread at a time.
 *
 * <pre>{@code
 * TileArchive s2 = TileArchive.folder(Path.of("Major-TOM-Core"), Sensor.SENTINEL2);
 * }</pre>
 */
public abstract sealed class TileArchive permits FolderTiles, ParquetTiles {
  private static final Pattern CELL = Pattern.compile("(\\d{1,9}[UD])_\\d{1,9}[LR]");

  private final Sensor sensor;

  TileArchive(Sensor sensor) {
    this.sensor = sensor;
  }

  /**
   * Tiles in Major TOM Core's folder layout: {@code <row>/<row>_<column>/<product>/<band>.tif},
   * such as {@code 199U/199U_1099R/S2B_MSIL2A_.../B02.tif}. Rows, cells and products come in the
   * order of their names; what is named otherwise is ignored.
   *
   * @param root the folder with the rows, or the one above it with {@code S2L2A} and {@code S1RTC}
   * @param sensor the sensor of the tiles
   * @return the archive
   * @throws org.csmoe.CsMoeException when there is no such folder or no row in it
   */
  public static TileArchive folder(Path root, Sensor sensor) {
    Path modality = root.resolve(sensor == Sensor.SENTINEL2 ? "S2L2A" : "S1RTC");
    return new FolderTiles(Files.isDirectory(modality) ? modality : root, sensor);
  }

  /**
   * Tiles in Major TOM Core's Parquet files: columns {@code grid_cell} and {@code product_id}, and
   * a whole GeoTIFF in a binary column per band, such as {@code B02} or {@code vv}. Rows come in
   * the order of the files; those whose cell is no name such as {@code 199U_1099R} are ignored. A
   * few hundred bytes per tile stay in memory.
   *
   * @param files at least one file
   * @param sensor the sensor of the tiles
   * @return the archive
   * @throws IllegalArgumentException when there is no file
   */
  public static TileArchive parquet(List<Path> files, Sensor sensor) {
    return new ParquetTiles(files, sensor);
  }

  /**
   * Tiles in either form: {@link #parquet Parquet files}, folders of them in the order of their
   * names, or one {@link #folder folder} of Core's layout.
   *
   * @param paths files ending in {@code .parquet} or folders, at least one
   * @param sensor the sensor of the tiles
   * @return the archive
   * @throws org.csmoe.CsMoeException when a path is neither
   * @throws UncheckedIOException when a folder cannot be listed
   */
  public static TileArchive open(List<Path> paths, Sensor sensor) {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new CsMoeException(
            path + ": found no such file or folder, expected tiles or Parquet files of tiles");
      }
      List<Path> inside = Files.isDirectory(path) ? parquetFiles(path) : List.of(path);
      if (inside.isEmpty() && paths.size() == 1) {
        return folder(path, sensor);
      }
      if (inside.isEmpty() || !isParquet(inside.get(0))) {
        throw new CsMoeException(
            path + ": found no Parquet file, expected one folder of tiles, or Parquet files only");
      }
      files.addAll(inside);
    }
    return parquet(files, sensor);
  }

  private static List<Path> parquetFiles(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(TileArchive::isParquet).sorted().toList();
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be listed", e);
    }
  }

  private static boolean isParquet(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  /**
   * The sensor.
   *
   * @return the sensor of all tiles
   */
  public Sensor sensor() {
    return sensor;
  }

  /**
   * Where the tiles are, for messages and provenance.
   *
   * @return a path, or the first of several and their number
   */
  public abstract String name();

  /** Every cell that is wanted, and its products, in an order that never changes. */
  abstract void forEach(Predicate<String> wanted, Consumer<Tile> visitor);

  /** The first product of a cell. */
  abstract Optional<Tile> find(String cell);

  static boolean isCell(String name) {
    return CELL.matcher(name).matches();
  }

  static String rowOf(String cell) {
    return cell.substring(0, cell.indexOf('_'));
  }
}
