package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** 278 TIFFs of other projects' test suites: either GDAL's checksum or a clear error. */
class CorpusTest {
  private static final int FILE = 0;
  private static final int GDAL = 16;
  private static final int CHECKSUM = 18;

  @Test
  void everyFileHasGdalsChecksumOrEndsInRasterFormatException() throws IOException {
    Path corpus = TestData.path("tiff-corpus");
    Map<String, Integer> outcomes = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (String line : Files.readAllLines(corpus.resolve("MANIFEST.csv"))) {
      String[] row = line.split(",(?=([^\"]*\"[^\"]*\")*[^\"]*$)", -1);
      row[FILE] = row[FILE].replace("\"", "");
      row[GDAL] = row[GDAL].replace("\"", "");
      if (row[FILE].equals("file")) {
        continue;
      }
      String outcome =
          Assertions.assertTimeoutPreemptively(
              Duration.ofSeconds(20), () -> outcome(corpus.resolve(row[FILE]), row), row[FILE]);
      outcomes.merge(row[GDAL] + ": " + outcome, 1, Integer::sum);
      if (outcome.startsWith("wrong")) {
        wrong.add(row[FILE] + " " + outcome);
      }
    }
    outcomes.forEach((outcome, count) -> System.out.printf("corpus  %4d  %s%n", count, outcome));
    assertThat(wrong).isEmpty();
    assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(278);
    assertThat(outcomes).containsEntry("opens: GDAL's checksum", 107);
  }

  private static String outcome(Path path, String[] row) {
    try (GeoTiff tiff = GeoTiff.open(path)) {
      RasterInfo info = tiff.info();
      if ((long) info.width() * info.height() > 1 << 26) {
        tiff.readRaw(0, new Window(0, 0, Math.min(64, info.width()), Math.min(64, info.height())));
        return "read in part";
      }
      int checksum = GdalChecksum.of(tiff, 0);
      for (int band = 1; band < info.bands(); band++) {
        tiff.summarize(band);
      }
      if (row[CHECKSUM].isEmpty()) {
        return "read, no checksum known";
      }
      return checksum == Integer.parseInt(row[CHECKSUM])
          ? "GDAL's checksum"
          : "wrong checksum " + checksum + " instead of " + row[CHECKSUM];
    } catch (RasterFormatException e) {
      if (System.getProperty("csmoe.corpus.verbose") != null) {
        System.out.println("refused " + e.getMessage());
      }
      return "RasterFormatException";
    }
  }
}
