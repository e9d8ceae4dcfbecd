package org.csmoe.sampling.patches;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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
public abstract sealed class TileArchive permits FolderTiles {
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
