package org.csmoe.datasets;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** Files of tests: small ones in the repository, and real data, which is not. */
final class TestData {
  private TestData() {}

  /** A file beside the tests, written by the scripts in src/test/python. */
  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(TestData.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** A path in a data set; the test is skipped with a reason when the whole set is absent. */
  static Path path(String relative) {
    Path data = Path.of(System.getProperty("csmoe.data", "../shared/data"));
    Path set = data.resolve(Path.of(relative).getName(0));
    Assumptions.assumeTrue(
        Files.isDirectory(set), () -> set + " is absent; set -Dcsmoe.data to the data folder");
    return data.resolve(relative);
  }
}
