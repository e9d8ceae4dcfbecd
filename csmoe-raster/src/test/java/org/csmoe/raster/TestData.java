package org.csmoe.raster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data, which is not part of the repository. */
final class TestData {
  private TestData() {}

  /** A path below the data folder; the test is skipped with a reason when it is absent. */
  static Path path(String relative) {
    Path path = Path.of(System.getProperty("csmoe.data", "../shared/data")).resolve(relative);
    Assumptions.assumeTrue(
        Files.exists(path), () -> path + " is absent; set -Dcsmoe.data to the data folder");
    return path;
  }
}
