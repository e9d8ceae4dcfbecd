package org.csmoe.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data, which is not part of the repository. */
final class TestData {
  private TestData() {}

  /** A path in a data set; the test is skipped with a reason when the whole set is absent. */
  static Path path(String relative) {
    Path data = Path.of(System.getProperty("csmoe.data", "../shared/data"));
    Path set = data.resolve(Path.of(relative).getName(0));
    Assumptions.assumeTrue(
        Files.isDirectory(set), () -> set + " is absent; set -Dcsmoe.data to the data folder");
    return data.resolve(relative);
  }
}
