package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.csmoe.RasterFormatException;
import org.csmoe.raster.WriterGoldens.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudOptimizedTest {
  private final Path folder;

  CloudOptimizedTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Path golden() {
    return GoldenReadTest.folder().resolve("../cog");
  }

  static List<Golden> goldens() {
    return WriterGoldens.all();
  }

  /** What GDAL and its validator saw; see src/test/python/check_cog.py. */
  @Test
  void gdalValidatesTheFilesAndSeesOurPixelsAtEveryLevel() throws IOException {
    List<String> seen = Files.readAllLines(golden().resolve("cog-gdal.csv"));
    assertThat(seen).filteredOn(line -> line.contains(",valid COG,")).hasSize(3);
    for (String line : seen.stream().filter(text -> text.contains(",checksum,")).toList()) {
      String[] row = line.split(",", -1);
      int level = Integer.parseInt(row[2]);
      int band = Integer.parseInt(row[3]);
      try (GeoTiff tiff = GeoTiff.open(golden().resolve(row[0]))) {
        GeoTiff image = level == 0 ? tiff : tiff.overviews().get(level - 1);
        assertThat(image.info().width() + "x" + image.info().height()).isEqualTo(row[4]);
        assertThat(GdalChecksum.of(image, band)).as(line).isEqualTo(Integer.parseInt(row[5]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void theFilesThatGdalReadHoldWhatIsWrittenToday(Golden golden) {
    golden.write(folder);
    try (GeoTiff before = GeoTiff.open(golden().resolve(golden.name()));
        GeoTiff now = GeoTiff.open(folder.resolve(golden.name()))) {
      assertThat(now.info()).isEqualTo(before.info());
      assertThat(now.overviews()).hasSameSizeAs(before.overviews());
      for (int band = 0; band < golden.bands(); band++) {
        assertThat(now.readRaw(band, now.info().window()))
            .isEqualTo(before.readRaw(band, now.info().window()));
        for (int level = 0; level < now.overviews().size(); level++) {
          GeoTiff coarse = now.overviews().get(level);
          assertThat(coarse.readRaw(band, coarse.info().window()))
              .isEqualTo(before.overviews().get(level).readRaw(band, coarse.info().window()));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyTypeAndPredictorReadsAsItWasWritten(Golden golden) {
    golden.write(folder);
    try (GeoTiff tiff = GeoTiff.open(folder.resolve(golden.name()))) {
      double[] written = golden.name().startsWith("cog") ? golden.holed() : golden.pixels();
      double noData = tiff.info().noData().orElse(Double.NaN);
      int size = golden.width() * golden.height();
      for (int band = 0; band < golden.bands(); band++) {
        double[] read = tiff.readRaw(band, tiff.info().window());
        for (int i = 0; i < size; i++) {
          double value = written[band * size + i];
          assertThat(read[i]).isEqualTo(Double.isNaN(value) ? noData : value);
        }
      }
    }
  }

  @Test
  void directoriesComeFirstAndCoarseTilesBeforeFineOnes() throws IOException {
    new Golden("cog_a.tif", 150, 77, 2, PixelType.FLOAT32).write(folder);
    Path path = folder.resolve("cog_a.tif");
    TiffSource source = TiffSource.of(path);
    try (source) {
      TiffDirectory directory = new TiffDirectory(source);
      assertThat(directory.start()).isEqualTo(8);
      long tiles = Files.size(path);
      while (true) {
        int count = tiles(directory);
        long[] offsets = directory.integers(TiffTag.TILE_OFFSETS, count, count);
        assertThat(offsets).isSorted();
        assertThat(directory.start()).isLessThan(offsets[0]);
        assertThat(offsets[count - 1]).isLessThan(tiles);
        tiles = offsets[0];
        if (directory.nextStart() == 0) {
          break;
        }
        assertThat(directory.nextStart()).isGreaterThan(directory.start());
        directory = directory.at(directory.nextStart());
      }
    }
  }

  private static int tiles(TiffDirectory directory) {
    RasterInfo info = new TiffHeader(directory).info();
    return info.blocksAcross() * info.blocksDown() * info.bands();
  }

  @Test
  void averagesLeaveOutPixelsWithoutDataAndNeverBecomeIt() {
    Path path = folder.resolve("a.tif");
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(path, 32, 32, 1)
            .tileSize(16)
            .pixelType(PixelType.INT16)
            .noData(0)
            .cloudOptimized(OverviewResampling.AVERAGE)
            .open()) {
      float[] pixels = new float[32 * 32];
      Arrays.fill(pixels, Float.NaN);
      // The mean of -1 and 1 is the no-data value; 5 stands alone; 1, 2, -2 and -7 give -1.5.
      pixels[0] = -1;
      pixels[1] = 1;
      pixels[2] = 5;
      pixels[4] = 1;
      pixels[5] = 2;
      pixels[32 + 4] = -2;
      pixels[32 + 5] = -7;
      writer.write(new Window(0, 0, 32, 32), pixels);
      writer.commit();
    }
    try (GeoTiff tiff = GeoTiff.open(path)) {
      GeoTiff coarse = tiff.overviews().get(0);
      assertThat(coarse.readRaw(0, new Window(0, 0, 4, 1))).containsExactly(1, 5, -2, 0);
    }
  }

  @Test
  void valuesThatTheTypeDoesNotHoldAreNamed() {
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(folder.resolve("a.tif"), 2, 1, 1).pixelType(PixelType.UINT8).open()) {
      assertThatThrownBy(() -> writer.write(new Window(0, 0, 2, 1), new float[] {0, 255.5f}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("data[1] must be in 0..255 for UINT8 but was 255.5");
      assertThatThrownBy(() -> writer.write(new Window(0, 0, 2, 1), new float[] {Float.NaN, 0}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("data[0] is NaN")
          .hasMessageContaining("set noData");
    }
  }

  @Test
  void anInterruptedCommitLeavesNothing() throws IOException {
    try (GeoTiffWriter writer = half(folder.resolve("a.tif"))) {
      writer.write(new Window(0, 32, 64, 32), new float[64 * 32]);
      Thread.currentThread().interrupt();
      assertThatThrownBy(writer::commit)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("a.tif");
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void withoutCommitNothingIsLeft() throws IOException {
    half(folder.resolve("a.tif")).close();
    assertThat(files()).isEmpty();
  }

  private static GeoTiffWriter half(Path path) {
    GeoTiffWriter writer =
        GeoTiffWriter.builder(path, 64, 64, 1)
            .tileSize(16)
            .cloudOptimized(OverviewResampling.AVERAGE)
            .open();
    writer.write(new Window(0, 0, 64, 32), new float[64 * 32]);
    return writer;
  }

  /** The process that the next test kills: it says how far it is, and waits to be killed. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws InterruptedException {
      Path path = Path.of(arguments[0]);
      boolean commit = arguments[1].equals("commit");
      try (GeoTiffWriter writer =
          GeoTiffWriter.builder(path, 2048, 2048, 1)
              .tileSize(64)
              .cloudOptimized(OverviewResampling.AVERAGE)
              .open()) {
        for (int y = 0; y < (commit ? 2048 : 1024); y += 64) {
          writer.write(new Window(0, y, 2048, 64), new float[2048 * 64]);
        }
        System.out.println("here");
        if (commit) {
          writer.commit();
        }
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"half", "commit"})
  void aKilledProcessLeavesNothingThatLooksComplete(String how)
      throws IOException, InterruptedException {
    Path target = folder.resolve("a.tif");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                target.toString(),
                how)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).isEqualTo("here");
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    for (Path path : files()) {
      if (path.equals(target)) {
        // The commit may have been faster than the signal; then the file must be whole.
        assertThat(how).isEqualTo("commit");
        try (GeoTiff tiff = GeoTiff.open(path)) {
          assertThat(tiff.summarize(0).validCount()).isEqualTo(2048 * 2048);
          assertThat(tiff.overviews()).hasSize(5);
        }
      } else {
        assertThat(path.getFileName().toString()).startsWith(".").endsWith(".part");
        assertThatThrownBy(() -> GeoTiff.open(path)).isInstanceOf(RasterFormatException.class);
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
