package org.csmoe.datasets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.csmoe.io.Failures;

/** Names of files and folders in a folder, in order, hidden ones left out. */
final class FolderListing {
  private FolderListing() {}

  /** Files whose name ends so; none when there is no such folder. */
  static List<String> files(Path folder, String ending) {
    return names(folder, path -> path.toString().endsWith(ending) && Files.isRegularFile(path));
  }

  /** Folders; none when there is no such folder. */
  static List<String> folders(Path folder) {
    return names(folder, Files::isDirectory);
  }

  /** Whether a folder holds a folder whose whole name matches. */
  static boolean hasFolder(Path folder, Pattern name) {
    return folders(folder).stream().anyMatch(found -> name.matcher(found).matches());
  }

  private static List<String> names(Path folder, Predicate<Path> wanted) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> !child.getFileName().toString().startsWith("."))
          .filter(wanted)
          .map(child -> child.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be listed", e);
    }
  }
}
