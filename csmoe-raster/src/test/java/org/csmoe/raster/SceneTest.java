package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.csmoe.BandMismatchException;
import org.csmoe.RasterFormatException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneTest {
  private static final List<Band> FINE_AND_COARSE = List.of(Band.B11, Band.B02);

  private final Path folder;

  SceneTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static int[] ramp(int count, int first) {
    return IntStream.range(first, first + count).toArray();
  }

  private Path product(String fine, String coarse) throws IOException {
    Path product = Files.createDirectories(folder.resolve("product"));
    TestTiff.band(product.resolve(fine), 4, 10, 500_000, ramp(16, 1));
    TestTiff.band(product.resolve(coarse), 2, 20, 500_000, 100, 101, 102, 103);
    return product;
  }

  private static void floats(Path path, int bands, List<String> names, float... data) {
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(path, data.length / bands, 1, bands).bandNames(names).open()) {
      writer.write(new Window(0, 0, data.length / bands, 1), data);
      writer.commit();
    }
  }

  @Test
  void coarseBandsAreRepeatedOnTheFineGrid() throws IOException {
    for (String[] names :
        new String[][] {
          {"B02.tif", "B11.tif"}, {"B2.tif", "b11.TIF"}, {"x_B02.tif", "x_B11.tif"}
        }) {
      Path product = product(names[0], names[1]);
      try (Scene scene = Scene.open(product, Sensor.SENTINEL2, FINE_AND_COARSE)) {
        assertThat(scene.crs()).contains(Crs.projected(32632));
        assertThat(scene.transform()).contains(GeoTransform.northUp(500_000, 5_000_000, 10));
        SensorImage image = scene.read(new Window(1, 1, 3, 2));
        assertThat(image.bands()).isEqualTo(FINE_AND_COARSE);
        assertThat(image.data()).containsExactly(100, 101, 101, 102, 103, 103, 6, 7, 8, 10, 11, 12);
      }
      Files.delete(product.resolve(names[0]));
      Files.delete(product.resolve(names[1]));
    }
  }

  @Test
  void coarseBandsAloneStillLieOnTheGridOfTheFineOnes() throws IOException {
    try (Scene scene =
        Scene.open(product("B02.tif", "B11.tif"), Sensor.SENTINEL2, List.of(Band.B11))) {
      assertThat(scene.width()).isEqualTo(4);
      assertThat(scene.read(new Window(0, 0, 4, 1)).data()).containsExactly(100, 100, 101, 101);
    }
  }

  @Test
  void anEarthEngineProductWhoseFirstPixelCentresCoincideIsAligned() throws IOException {
    Path product = product("B2.tif", "B11.tif");
    TestTiff.write(
        product.resolve("B11.tif"),
        2,
        2,
        d -> {
          GeoReference.write(GeoTransform.northUp(499_995, 5_000_005, 20), d);
          GeoReference.write(Optional.of(Crs.projected(32632)), d);
        },
        new int[] {100, 101, 102, 103});
    try (Scene scene = Scene.open(product, Sensor.SENTINEL2, FINE_AND_COARSE)) {
      assertThat(scene.read(new Window(0, 0, 2, 1)).data()).containsExactly(100, 100, 1, 2);
    }
  }

  @Test
  void gridsThatDifferAreNamed() throws IOException {
    Path product = product("B02.tif", "B11.tif");
    TestTiff.band(product.resolve("B03.tif"), 4, 10, 500_010, ramp(16, 1));
    TestTiff.band(product.resolve("B04.tif"), 3, 10, 500_000, ramp(9, 1));
    TestTiff.band(product.resolve("B05.tif"), 2, 10, 500_000, ramp(4, 1));
    TestTiff.write(product.resolve("B06.tif"), 4, 4, d -> {}, ramp(16, 1));
    for (Band band : List.of(Band.B03, Band.B04, Band.B05, Band.B06)) {
      assertThatThrownBy(() -> Scene.open(product, Sensor.SENTINEL2, List.of(Band.B02, band)))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining(band.name() + ".tif")
          .hasMessageContaining("grid differs");
    }
  }

  @Test
  void missingBandsAreListed() throws IOException {
    assertThatThrownBy(() -> Scene.open(product("B02.tif", "B11.tif"), Sensor.SENTINEL2))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found bands [B02, B11]")
        .hasMessageContaining("expected [B02, B03");
    assertThatThrownBy(() -> Scene.open(folder.resolve("none.tif"), Sensor.SENTINEL2))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void twoFilesOfOneBandAreAmbiguous() throws IOException {
    Path product = product("a_B02.tif", "a_B11.tif");
    TestTiff.band(product.resolve("b_B02.tif"), 4, 10, 500_000, ramp(16, 1));
    assertThatThrownBy(() -> Scene.open(product, Sensor.SENTINEL2, FINE_AND_COARSE))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("a_B02.tif and b_B02.tif");
  }

  @Test
  void zeroIsNoDataInIntegersUnlessDeclaredOrTurnedOff() throws IOException {
    Path product = product("B02.tif", "B11.tif");
    List<Band> band = List.of(Band.B02);
    Window first = new Window(0, 0, 2, 1);
    TestTiff.band(product.resolve("B02.tif"), 2, 10, 500_000, 0, 5);
    try (Scene scene = Scene.open(product, Sensor.SENTINEL2, band)) {
      assertThat(scene.read(first).data()).containsExactly(Float.NaN, 5);
    }
    try (Scene scene =
        Scene.builder(product, Sensor.SENTINEL2).bands(band).zeroIsNoData(false).open()) {
      assertThat(scene.read(first).data()).containsExactly(0, 5);
    }
    TestTiff.write(
        product.resolve("B02.tif"), 2, 1, d -> d.text(TiffTag.GDAL_NO_DATA, "5"), new int[] {0, 5});
    try (Scene scene = Scene.open(product, Sensor.SENTINEL2, band)) {
      assertThat(scene.read(first).data()).containsExactly(0, Float.NaN);
    }
  }

  @Test
  void linearPowerBecomesDecibels() {
    float[] power = {1, 10, 0.01f, -32768, 0, Float.NaN};
    float[] decibels = {0, 10, -20, Float.NaN, Float.NaN, Float.NaN};
    floats(folder.resolve("vv.tif"), 1, List.of(""), power);
    floats(folder.resolve("vh.tif"), 1, List.of(""), power);
    Window window = new Window(0, 0, 6, 1);
    try (Scene scene = Scene.open(folder, Sensor.SENTINEL1, List.of(Band.VH))) {
      assertThat(scene.read(window).data()).containsExactly(decibels);
    }
    try (Scene scene =
        Scene.builder(folder, Sensor.SENTINEL1).backscatter(Backscatter.DECIBEL).open()) {
      assertThat(scene.read(window).data()).startsWith(power);
    }
  }

  @Test
  void bandFilesInMemoryMakeTheSameSceneAsOnDisk() throws IOException {
    Path product = product("B02.tif", "B11.tif");
    Map<String, byte[]> files =
        Map.of(
            "B02", Files.readAllBytes(product.resolve("B02.tif")),
            "B11", Files.readAllBytes(product.resolve("B11.tif")),
            "thumbnail", new byte[] {1});
    try (Scene disk = Scene.open(product, Sensor.SENTINEL2, FINE_AND_COARSE);
        Scene memory =
            Scene.builder("cell", Sensor.SENTINEL2, files).bands(FINE_AND_COARSE).open()) {
      assertThat(memory.crs()).isEqualTo(disk.crs());
      assertThat(memory.transform()).isEqualTo(disk.transform());
      assertThat(memory.read(memory.window()).data())
          .containsExactly(disk.read(disk.window()).data());
    }
    assertThatThrownBy(() -> Scene.builder("cell", Sensor.SENTINEL2, files).open())
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("cell: found bands [B02, B11]");
  }

  @Test
  void filesInMemoryAreLinearPowerWhenTheirNamesAreLowerCase() throws IOException {
    floats(folder.resolve("power.tif"), 1, List.of(""), 1, 10, -32768);
    byte[] power = Files.readAllBytes(folder.resolve("power.tif"));
    Map<String, byte[]> lower = Map.of("vv", power, "vh", power);
    try (Scene scene = Scene.builder("cell", Sensor.SENTINEL1, lower).open()) {
      assertThat(scene.read(scene.window()).data())
          .containsExactly(0, 10, Float.NaN, 0, 10, Float.NaN);
    }
    Map<String, byte[]> upper = Map.of("VV", power, "VH", power);
    try (Scene scene = Scene.builder("cell", Sensor.SENTINEL1, upper).open()) {
      assertThat(scene.read(scene.window()).data()).containsExactly(1, 10, -32768, 1, 10, -32768);
    }
  }

  @Test
  void aDamagedFileInMemoryIsNamed() throws IOException {
    Path product = product("B02.tif", "B11.tif");
    byte[] half = Arrays.copyOf(Files.readAllBytes(product.resolve("B02.tif")), 40);
    assertThatThrownBy(
            () ->
                Scene.builder("cell", Sensor.SENTINEL2, Map.of("B02", half))
                    .bands(List.of(Band.B02))
                    .open())
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("cell/B02");
  }

  @Test
  void upperCasePolarisationsAreDecibelsAlready() {
    floats(folder.resolve("x_VV.tif"), 1, List.of(""), -12.5f, 3);
    floats(folder.resolve("x_VH.tif"), 1, List.of(""), -20, Float.POSITIVE_INFINITY);
    try (Scene scene = Scene.open(folder, Sensor.SENTINEL1)) {
      assertThat(scene.read(scene.window()).data()).containsExactly(-12.5f, 3, -20, Float.NaN);
    }
  }

  @Test
  void namedBandsOfOneFileAreFoundByName() {
    Path path = folder.resolve("stack.tif");
    floats(path, 3, List.of("VH", "angle", "VV"), -20, -21, 38, 39, -12, -13);
    try (Scene scene = Scene.open(path, Sensor.SENTINEL1)) {
      assertThat(scene.read(scene.window()).data()).containsExactly(-12, -13, -20, -21);
    }
    assertThatThrownBy(() -> Scene.open(path, Sensor.SENTINEL2))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found bands [VH, VV]");
  }

  @Test
  void theOrderOfAnUnnamedFileIsNotGuessed() {
    Path path = folder.resolve("stack.tif");
    floats(path, 2, List.of("bands", "bands"), -20, -12);
    assertThatThrownBy(() -> Scene.open(path, Sensor.SENTINEL1))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found 2 bands named [bands]")
        .hasMessageContaining("bandOrder")
        .hasMessageContaining("[VV_VH, VH_VV]");
    try (Scene scene =
        Scene.builder(path, Sensor.SENTINEL1).bandOrder(BandOrder.VH_VV.bands()).open()) {
      assertThat(scene.read(scene.window()).data()).containsExactly(-12, -20);
    }
    assertThatThrownBy(
            () -> Scene.builder(path, Sensor.SENTINEL1).bandOrder(List.of(Band.VV)).open())
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found 2 bands, expected the 1");
  }

  @Test
  void twelveUnnamedBandsAreLevel2A() {
    Path path = folder.resolve("stack.tif");
    int[][] pixels =
        IntStream.rangeClosed(1, 12).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
    TestTiff.write(path, 1, 1, d -> {}, pixels);
    try (Scene scene = Scene.open(path, Sensor.SENTINEL2)) {
      assertThat(scene.read(scene.window()).data()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 11, 12);
    }
  }

  @Test
  void scenesAreFoundInFoldersOfFilesAndOfProducts() throws IOException {
    Path archive = Files.createDirectories(folder.resolve("archive"));
    Path second = Files.createDirectories(archive.resolve("b/patch"));
    TestTiff.band(second.resolve("p_B02.tif"), 2, 10, 500_000, 1, 2);
    floats(second.resolve("p_VV.tif"), 1, List.of(""), -12);
    floats(archive.resolve("a_s1.tif"), 2, List.of("", ""), -20, -12);
    TestTiff.write(archive.resolve("a_s2.tif"), 1, 1, d -> {}, new int[12][1]);
    Files.writeString(archive.resolve("readme.txt"), "no scene");
    TestTiff.band(archive.resolve("mask.tif"), 2, 10, 500_000, 1, 2);
    assertThat(Scene.find(archive, Sensor.SENTINEL1))
        .containsExactly(archive.resolve("a_s1.tif"), second);
    assertThat(Scene.find(archive, Sensor.SENTINEL2))
        .containsExactly(archive.resolve("a_s2.tif"), second);
    assertThat(Scene.find(second, Sensor.SENTINEL2)).containsExactly(second);
    assertThat(Scene.isScene(archive, Sensor.SENTINEL2)).isFalse();
    assertThat(Scene.isScene(second.resolve("p_B02.tif"), Sensor.SENTINEL2)).isFalse();
  }

  @Test
  void optionsAreCheckedAndSetOnce() {
    SceneBuilder builder = Scene.builder(folder, Sensor.SENTINEL1).zeroIsNoData(true);
    assertThatThrownBy(() -> builder.zeroIsNoData(true)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.bands(List.of(Band.B02)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.bands(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.cacheBytes(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
