package org.csmoe.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.csmoe.CsMoeException;

/** Finds out that results cannot be written before hours of work are lost with them. */
final class Outputs {
  private Outputs() {}

  /**
   * Checks that an option names a folder, or nothing that exists, so that one can be made.
   *
   * @throws CsMoeException when there is a file in its place
   */
  static void requireFolder(String option, Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new CsMoeException(
          "%s %s: found a file, expected a folder or nothing".formatted(option, folder));
    }
  }

  /**
   * Checks that a file can be made where an option says.
   *
   * @throws CsMoeException when its folder does not exist, or it is a folder itself
   */
  static void requireFile(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null) {
      throw new CsMoeException("%s %s: found a folder, expected a file".formatted(option, file));
    }
    if (!Files.isDirectory(folder)) {
      throw new CsMoeException(
          "%s %s: found no folder %s, expected one; make it first".formatted(option, file, folder));
    }
    if (!Files.isWritable(folder)) {
      throw new CsMoeException(
          "%s %s: no file can be made in %s; choose another folder"
              .formatted(option, file, folder));
    }
  }

  /** The same for a file that may be asked for. */
  static void requireFile(String option, Optional<Path> file) {
    file.ifPresent(path -> requireFile(option, path));
  }
}
