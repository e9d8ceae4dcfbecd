package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbingExampleTest {
  @Test
  void theExampleOfTheDocumentationRuns(@TempDir Path folder) throws IOException {
    String text =
        ProbingExample.compare(
            Synthetic.matrix(Labelling.SINGLE, 200, 8, 3, 1),
            Synthetic.matrix(Labelling.SINGLE, 100, 8, 3, 2),
            Synthetic.matrix(Labelling.SINGLE, 100, 8, 3, 3),
            folder);
    assertThat(text).contains("average accuracy", "of 50, COMPLETED", "Interval[estimate=");
  }
}
