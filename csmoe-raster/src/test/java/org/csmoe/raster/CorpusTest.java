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
  private static final String EQUAL = "equal";
  private static final String REFUSED = "refused";

  /** A line of the manifest. */
  private record Row(String file, String compression, String gdal, String checksum) {
    static Row of(String line) {
      String[] cells = line.split(",(?=([^\"]*\"[^\"]*\")*[^\"]*$)", -1);
      String gdal = cells[16].replace("\"", "");
      String compression = cells[10].isEmpty() ? "None" : cells[10].replace("-old", "");
      return new Row(cells[0].replace("\"", ""), compression, gdal, cells[18]);
    }

    String project() {
      return file.substring(0, file.indexOf('/'));
    }
  }

  @Test
  void everyFileHasGdalsChecksumOrEndsInRasterFormatException() throws IOException {
    Path corpus = TestData.path("tiff-corpus");
    Map<String, Integer> outcomes = new TreeMap<>();
    Map<String, Integer> byCompression = new TreeMap<>();
    Map<String, Integer> byProject = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (String line : Files.readAllLines(corpus.resolve("MANIFEST.csv"))) {
      Row row = Row.of(line);
      if (row.file.equals("file")) {
        continue;
      }
      String outcome =
          Assertions.assertTimeoutPreemptively(
              Duration.ofSeconds(60), () -> outcome(corpus.resolve(row.file), row), row.file);
      outcomes.merge(row.gdal + ": " + outcome, 1, Integer::sum);
      if (row.gdal.equals("opens")) {
        byCompression.merge(row.compression + ": " + outcome, 1, Integer::sum);
        byProject.merge(row.project() + ": " + outcome, 1, Integer::sum);
      }
      if (outcome.startsWith("wrong")) {
        wrong.add(row.file + " " + outcome);
      }
    }
    for (Map<String, Integer> counts : List.of(outcomes, byCompression, byProject)) {
      counts.forEach((outcome, count) -> System.out.printf("corpus  %4d  %s%n", count, outcome));
    }
    assertThat(wrong).isEmpty();
    // The tables of docs/raster-formats.md.
    assertThat(outcomes)
        .hasToString(
            "{not tried: read, no checksum known=2, not tried: refused=76, opens,read error:"
                + " equal=1, opens,read error: refused=5, opens: equal=182, opens: refused=12}");
    assertThat(byCompression)
        .hasToString(
            "{CCITT-G3: refused=6, CCITT-G4: refused=3, Deflate: equal=22, JPEG: equal=12, LZW:"
                + " equal=24, None: equal=117, PackBits: equal=6, SGILog: refused=3, ZSTD:"
                + " equal=1}");
    assertThat(byProject)
        .hasToString(
            "{commons-imaging: equal=20, commons-imaging: refused=3, image-rs: equal=111, image-rs:"
                + " refused=8, libtiff: equal=14, libtiff: refused=1, pillow: equal=1, rasterio:"
                + " equal=18, rio-tiler: equal=18}");
  }

  private static String outcome(Path path, Row row) {
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
      if (row.checksum.isEmpty()) {
        return "read, no checksum known";
      }
      return checksum == Integer.parseInt(row.checksum)
          ? EQUAL
          : "wrong checksum " + checksum + " instead of " + row.checksum;
    } catch (RasterFormatException e) {
      if (System.getProperty("csmoe.corpus.verbose") != null) {
        System.out.println("refused " + e.getMessage());
      }
      return REFUSED;
    }
  }
}
