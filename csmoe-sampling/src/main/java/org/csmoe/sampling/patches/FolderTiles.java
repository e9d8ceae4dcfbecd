package org.csmoe.sampling.patches;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.csmoe.raster.Scene;
import org.csmoe.sensor.Sensor;

/** Tiles in Major TOM Core's folder layout. */
final class FolderTiles extends TileArchive {
  private static final Pattern ROW = Pattern.compile("\\d{1,9}[UD]");

  private final Path root;

  FolderTiles(Path root, Sensor sensor) {
    super(sensor);
    this.root = root;
    if (!Files.isDirectory(root)) {
      throw new CsMoeException(
          root + ": found no folder, expected one of tiles such as 199U/199U_1099R/<product>");
    }
    if (folders(root).stream().noneMatch(name -> ROW.matcher(name).matches())) {
      throw new CsMoeException(
          root
              + ": found no folder of a grid row such as 199U, expected tiles of Major TOM Core's"
              + " layout, 199U/199U_1099R/<product>/<band>.tif");
    }
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  void forEach(Predicate<String> wanted, Consumer<Tile> visitor) {
    for (String row : folders(root)) {
      if (!ROW.matcher(row).matches()) {
        continue;
      }
      for (String cell : folders(root.resolve(row))) {
        if (isCell(cell) && rowOf(cell).equals(row) && wanted.test(cell)) {
          visit(cell, visitor);
        }
      }
    }
  }

  private void visit(String cell, Consumer<Tile> visitor) {
    boolean repeated = false;
    for (String product : folders(folder(cell))) {
      visitor.accept(tile(cell, product, repeated));
      repeated = true;
    }
  }

  @Override
  Optional<Tile> find(String cell) {
    if (!isCell(cell) || !Files.isDirectory(folder(cell))) {
      return Optional.empty();
    }
    return folders(folder(cell)).stream().findFirst().map(product -> tile(cell, product, false));
  }

  private Tile tile(String cell, String product, boolean repeated) {
    Path path = folder(cell).resolve(product);
    return new Tile(
        cell,
        product,
        repeated,
        bands -> Scene.builder(path, sensor()).bands(bands).cacheBytes(0).open());
  }

  private Path folder(String cell) {
    return root.resolve(rowOf(cell)).resolve(cell);
  }

  /** Names of the folders in a folder, links followed, hidden ones not, in order. */
  private static List<String> folders(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(Files::isDirectory)
          .map(child -> child.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be listed", e);
    }
  }
}
