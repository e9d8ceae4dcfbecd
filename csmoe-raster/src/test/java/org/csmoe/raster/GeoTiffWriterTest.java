package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoTiffWriterTest {
  private final Path folder;

  GeoTiffWriterTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** The file that src/test/python/check_writer.py read with GDAL. */
  static void writeGolden(Path path) {
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(path, 40, 35, 3)
            .tileSize(16)
            .crs(Crs.projected(32632))
            .transform(GeoTransform.northUp(600000, 5300040, 160))
            .noData(-9999)
            .bandNames(List.of("token 0", "B8A", ""))
            .open()) {
      float[] data = new float[3 * 40 * 35];
      for (int i = 0; i < data.length; i++) {
        data[i] = i % 11 == 0 ? Float.NaN : (i - 2000) / 16f;
      }
      writer.write(new Window(0, 0, 40, 35), data);
      writer.commit();
    }
  }

  @Test
  void theFileThatGdalReadHoldsWhatIsWrittenToday() {
    Path golden = GoldenReadTest.folder().resolve("../written.tif");
    Path today = folder.resolve("today.tif");
    writeGolden(today);
    try (GeoTiff before = GeoTiff.open(golden);
        GeoTiff now = GeoTiff.open(today)) {
      assertThat(now.info()).isEqualTo(before.info());
      for (int band = 0; band < 3; band++) {
        assertThat(now.readRaw(band, now.info().window()))
            .isEqualTo(before.readRaw(band, now.info().window()));
      }
    }
  }

  @Test
  void gdalReadsTheValuesThatWeWrote() throws IOException {
    // band, checksum, minimum, maximum, valid pixels: as GDAL saw them.
    Path golden = GoldenReadTest.folder().resolve("../written.tif");
    List<String> seen = Files.readAllLines(golden.resolveSibling("written-gdal.csv"));
    assertThat(seen.get(0))
        .isEqualTo("EPSG:32632 600000.0 160.0 0.0 5300040.0 0.0 -160.0 DEFLATE BAND 16x16");
    try (GeoTiff tiff = GeoTiff.open(golden)) {
      for (int band = 0; band < 3; band++) {
        BandSummary summary = tiff.summarize(band);
        assertThat(
                "%d,%s,%d,%s,%s,%s,%d"
                    .formatted(
                        band,
                        tiff.info().bandNames().get(band),
                        GdalChecksum.of(tiff, band),
                        tiff.info().noData().getAsDouble(),
                        summary.min(),
                        summary.max(),
                        summary.validCount()))
            .isEqualTo(seen.get(1 + band));
      }
    }
  }

  @Test
  void withoutCommitNothingIsLeftAndTheOldFileStays() throws IOException {
    Path path = folder.resolve("old.tif");
    Files.writeString(path, "old");
    try (GeoTiffWriter writer = GeoTiffWriter.builder(path, 4, 4, 1).open()) {
      writer.write(new Window(0, 0, 4, 4), new float[16]);
      assertThat(files()).hasSize(2);
    }
    assertThat(files()).containsExactly(path);
    assertThat(path).hasContent("old");
  }

  @Test
  void commitReplacesTheOldFileAndLeavesNoTemporary() throws IOException {
    Path path = folder.resolve("old.tif");
    Files.writeString(path, "old");
    writeGolden(path);
    assertThat(files()).containsExactly(path);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.info().bands()).isEqualTo(3);
    }
  }

  @Test
  void aFailedCommitLeavesNoTemporary() throws IOException {
    Path path = folder.resolve("taken.tif");
    Files.createDirectories(path.resolve("child"));
    assertThatThrownBy(() -> writeGolden(path))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("taken.tif");
    assertThat(files()).containsExactly(path);
  }

  @Test
  void aMissingTileIsNamedAtCommit() {
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(folder.resolve("a.tif"), 40, 16, 1).tileSize(16).open()) {
      writer.write(new Window(0, 0, 16, 16), new float[256]);
      writer.write(new Window(32, 0, 8, 16), new float[128]);
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("column 1, row 0");
    }
  }

  @Test
  void wrongWindowsAndArraysAreRefused() {
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(folder.resolve("a.tif"), 40, 40, 1).tileSize(16).open()) {
      assertThatThrownBy(() -> writer.write(new Window(8, 0, 16, 16), new float[256]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tileSize 16");
      assertThatThrownBy(() -> writer.write(new Window(0, 0, 16, 12), new float[192]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.write(new Window(32, 32, 16, 16), new float[256]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("40 x 40");
      assertThatThrownBy(() -> writer.write(new Window(0, 0, 16, 16), new float[255]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("256 values");
      writer.write(new Window(0, 0, 16, 16), new float[256]);
      assertThatThrownBy(() -> writer.write(new Window(0, 0, 16, 16), new float[256]))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void optionsAreCheckedAndSetOnce() {
    Path path = folder.resolve("a.tif");
    assertThatThrownBy(() -> GeoTiffWriter.builder(path, 0, 1, 1))
        .hasMessage("width must be in 1..2147483647 but was 0");
    GeoTiffWriterBuilder builder = GeoTiffWriter.builder(path, 4, 4, 2).tileSize(32);
    assertThatThrownBy(() -> builder.tileSize(32)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> GeoTiffWriter.builder(path, 4, 4, 2).tileSize(20))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.bandNames(List.of("a")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.noData(0.1).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("noData must be a value of FLOAT32 but was 0.1");
    assertThatThrownBy(
            () ->
                GeoTiffWriter.builder(path, 4, 4, 2).pixelType(PixelType.UINT8).noData(256).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("noData must be a value of UINT8 but was 256.0");
    assertThatThrownBy(
            () ->
                GeoTiffWriter.builder(path, 4, 4, 2)
                    .pixelType(PixelType.INT16)
                    .predictor(Predictor.FLOATING_POINT)
                    .open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("predictor must be NONE or HORIZONTAL for INT16");
    assertThatThrownBy(() -> builder.metadata(Map.of("a=b", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a=b");
  }

  @Test
  void tilesAreNoLargerThanTheRasterNeeds() {
    int[][] sizes = {{1, 1, 16}, {76, 66, 80}, {300, 2, 256}, {240, 250, 256}};
    for (int[] size : sizes) {
      try (GeoTiffWriter writer =
          GeoTiffWriter.builder(folder.resolve("a.tif"), size[0], size[1], 1).open()) {
        assertThat(writer.tileSize()).isEqualTo(size[2]);
      }
    }
  }

  @Test
  void aFolderThatDoesNotExistIsNamed() {
    Path path = folder.resolve("none").resolve("a.tif");
    assertThatThrownBy(() -> GeoTiffWriter.builder(path, 4, 4, 1).open())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(path.toString());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
