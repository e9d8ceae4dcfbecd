package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.Window;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one whole cell of Major TOM Core at hand. */
class RealCellTest {
  private static final Path CORE =
      Path.of(System.getProperty("csmoe.data", "../shared/data"), "major-tom-core");
  private static final String PRODUCT =
      "S2L2A/199U/199U_1099R/S2B_MSIL2A_20200223T032739_N9999_R018_T48QUE_20230924T183543";

  private final Path folder;

  RealCellTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void requireData() {
    assumeTrue(Files.isDirectory(CORE), CORE + " is absent; set -Dcsmoe.data to the data folder");
  }

  private static PatchCutter cutter(Path root) {
    return PatchCutter.builder().s2(TileArchive.folder(root, Sensor.SENTINEL2)).build();
  }

  @Test
  void theCellGives64PatchesOfItsDigitalNumbers() {
    PatchSummary summary = cutter(CORE).cut(folder.resolve("out"), ProgressListener.NONE);
    assertThat(summary.tiles()).isEqualTo(1);
    assertThat(summary.patches()).isEqualTo(64);
    assertThat(summary.patchesDropped())
        .containsExactly(Map.entry(PatchOutcome.BORDER.reason(), 17L));
    // cell 0U_199R has only its cloud mask here
    assertThat(summary.tilesDropped()).containsExactly(Map.entry(TilePixels.BANDS_MISSING, 1L));
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      float[] values = new float[shards.values(Sensor.SENTINEL2)];
      List<Band> bands = shards.bands(Sensor.SENTINEL2);
      assertThat(bands).isEqualTo(Sensor.SENTINEL2.defaultBands());
      for (int b = 0; b < bands.size(); b++) {
        int coarse = bands.get(b).resolution() / 10;
        try (GeoTiff tiff = GeoTiff.open(CORE.resolve(PRODUCT).resolve(bands.get(b) + ".tif"))) {
          double[] raw = tiff.readRaw(0, tiff.info().window());
          for (int patch = 0; patch < 64; patch += 9) {
            shards.read(patch, Sensor.SENTINEL2, values, 0);
            for (int i = 0; i < 14_400; i++) {
              int x = patch % 8 * 120 + i % 120;
              int y = patch / 8 * 120 + i / 120;
              assertThat(values[b * 14_400 + i])
                  .isEqualTo((float) raw[y / coarse * tiff.info().width() + x / coarse]);
            }
          }
        }
      }
      Patch first = shards.describe(0);
      assertThat(first.x()).isCloseTo(362612.2, within(0.05));
      // pyproj 3.7 at (363212.2, 1986488.2); the tie point has one decimal more, 1e-6 is 0.1 m
      assertThat(first.longitude()).isCloseTo(103.7082380178, within(1e-6));
      assertThat(first.latitude()).isCloseTo(17.9622823125, within(1e-6));
    }
  }

  @Test
  void zeroedPixelsDropExactlyTheirPatches() throws IOException {
    Path product = Files.createDirectories(folder.resolve("core").resolve(PRODUCT));
    try (Stream<Path> files = Files.list(CORE.resolve(PRODUCT))) {
      for (Path file : files.toList()) {
        Files.copy(file, product.resolve(file.getFileName()));
      }
    }
    tamper(product.resolve("B04.tif"), 130, 5);
    tamper(product.resolve("B08.tif"), 959, 959);
    // a 20 m pixel that covers 118, 119 of rows 480, 481
    tamper(product.resolve("B11.tif"), 59, 240);
    // in the border, and in a band that is not used
    tamper(product.resolve("B02.tif"), 960, 3);
    tamper(product.resolve("B01.tif"), 40, 40);
    PatchSummary summary =
        cutter(folder.resolve("core")).cut(folder.resolve("out"), ProgressListener.NONE);
    assertThat(summary.patches()).isEqualTo(61);
    assertThat(summary.patchesDropped())
        .containsOnly(
            Map.entry(PatchOutcome.BORDER.reason(), 17L),
            Map.entry(PatchOutcome.NO_DATA_S2.reason(), 3L));
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      List<String> missing = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        missing.add("199U_1099R_%d_%d".formatted(i / 8, i % 8));
      }
      for (int i = 0; i < shards.size(); i++) {
        missing.remove(shards.describe(i).id());
      }
      assertThat(missing).containsExactly("199U_1099R_0_1", "199U_1099R_4_0", "199U_1099R_7_7");
    }
  }

  private static void tamper(Path file, int x, int y) {
    try (GeoTiff tiff = GeoTiff.open(file)) {
      Window window = tiff.info().window();
      float[] pixels = tiff.readFloats(0, window);
      pixels[y * window.width() + x] = 0;
      try (GeoTiffWriter writer =
          GeoTiffWriter.builder(file, window.width(), window.height(), 1)
              .crs(tiff.info().crs().orElseThrow())
              .transform(tiff.info().transform().orElseThrow())
              .open()) {
        writer.write(window, pixels);
        writer.commit();
      }
    }
  }
}
