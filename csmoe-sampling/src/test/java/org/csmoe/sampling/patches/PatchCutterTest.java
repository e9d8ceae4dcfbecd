package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.CsMoeException;
import org.csmoe.raster.GeoTransform;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchCutterTest {
  private static final String CELL = "199U_1099R";
  private static final List<Band> BOTH = List.of(Band.B02, Band.B11, Band.VV, Band.VH);

  private final Path folder;
  private final CoreTiles tiles;

  PatchCutterTest(@TempDir Path folder) {
    this.folder = folder;
    tiles = new CoreTiles(folder.resolve("core"));
  }

  private PatchCutterBuilder pairs() {
    return PatchCutter.builder()
        .s2(tiles.archive(Sensor.SENTINEL2))
        .s1(tiles.archive(Sensor.SENTINEL1))
        .bands(BOTH)
        .patchSize(8);
  }

  private PatchCutterBuilder optical() {
    return PatchCutter.builder()
        .s2(tiles.archive(Sensor.SENTINEL2))
        .bands(CoreTiles.BANDS)
        .patchSize(8);
  }

  private PatchSummary cut(PatchCutterBuilder builder) {
    return builder.build().cut(folder.resolve("out"), ProgressListener.NONE);
  }

  private List<String> ids() {
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < shards.size(); i++) {
        ids.add(shards.describe(i).id());
      }
      return ids;
    }
  }

  @Test
  void aPairIsCutIntoDigitalNumbersAndDecibelsOfTheSameGround() {
    tiles.s2(CELL, 20, 28);
    tiles.s1(CELL, 20, 28);
    PatchSummary summary = cut(pairs());
    assertThat(summary.tiles()).isEqualTo(1);
    assertThat(summary.patches()).isEqualTo(6);
    // 3 x 4 squares, of which the last row and column are cut off by the border
    assertThat(summary.patchesDropped())
        .containsExactly(Map.entry(PatchOutcome.BORDER.reason(), 6L));
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      assertThat(shards.size()).isEqualTo(6);
      assertThat(shards.bands(Sensor.SENTINEL1)).containsExactly(Band.VV, Band.VH);
      float[] s2 = new float[shards.values(Sensor.SENTINEL2)];
      float[] s1 = new float[shards.values(Sensor.SENTINEL1)];
      for (int i = 0; i < 6; i++) {
        shards.read(i, Sensor.SENTINEL2, s2, 0);
        shards.read(i, Sensor.SENTINEL1, s1, 0);
        for (int p = 0; p < 64; p++) {
          int x = i % 2 * 8 + p % 8;
          int y = i / 2 * 8 + p / 8;
          assertThat(s2[p]).isEqualTo(CoreTiles.number(x, y));
          assertThat(s2[64 + p]).isEqualTo(CoreTiles.number(x / 2, y / 2));
          assertThat(s1[p]).isEqualTo((float) (10 * Math.log10(CoreTiles.power(x, y))));
          assertThat(s1[64 + p]).isEqualTo(s1[p]);
        }
      }
      Patch patch = shards.describe(5);
      assertThat(patch.id()).isEqualTo(CELL + "_2_1");
      assertThat(patch.s2Product()).contains("S2A_" + CELL);
      assertThat(patch.s1Product()).contains("S1A_" + CELL);
      assertThat(patch.epsg()).isEqualTo(32648);
      assertThat(patch.x()).isEqualTo(CoreTiles.LEFT + 80);
      assertThat(patch.y()).isEqualTo(CoreTiles.TOP - 160);
    }
  }

  @Test
  void everyInvalidPixelDropsThePatchesItLiesInWithTheReasonOfItsSensor() {
    Path s2 = tiles.s2(CELL, 32, 24);
    Path s1 = tiles.s1(CELL, 32, 24);
    float[] fine = CoreTiles.numbers(32, 24);
    fine[0] = 0;
    fine[12 * 32 + 23] = 0;
    CoreTiles.write(s2.resolve("B02.tif"), 32, 10, fine);
    float[] coarse = CoreTiles.numbers(16, 12);
    // covers the pixels 30, 31 of rows 22, 23
    coarse[coarse.length - 1] = 0;
    CoreTiles.write(s2.resolve("B11.tif"), 16, 20, coarse);
    float[] power = CoreTiles.powers(32, 24);
    power[8] = -32768;
    power[16] = 0;
    power[24] = Float.POSITIVE_INFINITY;
    power[8 * 32] = Float.NaN;
    power[12 * 32 + 22] = -1;
    CoreTiles.write(s1.resolve("vh.tif"), 32, 10, power);
    PatchSummary summary = cut(pairs());
    assertThat(summary.patchesDropped())
        .containsOnly(
            Map.entry(PatchOutcome.NO_DATA_S2.reason(), 2L),
            Map.entry(PatchOutcome.NO_DATA_S1.reason(), 4L),
            Map.entry(PatchOutcome.NO_DATA_BOTH.reason(), 1L));
    assertThat(ids())
        .containsExactly(CELL + "_1_1", CELL + "_1_3", CELL + "_2_0", CELL + "_2_1", CELL + "_2_2");
  }

  @Test
  void invalidPixelsAreKeptUpToTheAllowedShareAsNaN() {
    Path s2 = tiles.s2(CELL, 16, 8);
    float[] fine = CoreTiles.numbers(16, 8);
    fine[0] = 0;
    fine[8] = 0;
    fine[9] = 0;
    CoreTiles.write(s2.resolve("B02.tif"), 16, 10, fine);
    assertThat(cut(optical().maxInvalid(1 / 64.0)).patches()).isEqualTo(1);
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      float[] values = new float[128];
      shards.read(0, Sensor.SENTINEL2, values, 0);
      assertThat(values[0]).isNaN();
      assertThat(values[1]).isEqualTo(CoreTiles.number(1, 0));
    }
    Path all = folder.resolve("all");
    assertThat(optical().maxInvalid(1).build().cut(all, ProgressListener.NONE).patches())
        .isEqualTo(2);
  }

  @Test
  void tilesOnDifferentGridsAreNoPairs() {
    float[] power = CoreTiles.powers(16, 16);
    List<String> cells = List.of("1U_0R", "1U_1R", "1U_2R", "1U_3R", "1U_4R", "1U_5R");
    for (String cell : cells) {
      tiles.s2(cell, 16, 16);
      tiles.s1(cell, 16, 16);
    }
    replaceS1(cells.get(1), GeoTransform.northUp(CoreTiles.LEFT + 10, CoreTiles.TOP, 10));
    replaceS1(cells.get(2), GeoTransform.northUp(CoreTiles.LEFT, CoreTiles.TOP, 7.5));
    for (String file : List.of("vv.tif", "vh.tif")) {
      CoreTiles.write(s1(cells.get(3)).resolve(file), 8, 10, Arrays.copyOf(power, 64));
      CoreTiles.write(
          s1(cells.get(4)).resolve(file),
          16,
          GeoTransform.northUp(CoreTiles.LEFT, CoreTiles.TOP, 10),
          32649,
          power);
      // a hundredth of a pixel is rounding, not another place
      CoreTiles.write(
          s1(cells.get(5)).resolve(file),
          16,
          GeoTransform.northUp(CoreTiles.LEFT + 0.05, CoreTiles.TOP, 10),
          32648,
          power);
    }
    PatchSummary summary = cut(pairs());
    assertThat(summary.tiles()).isEqualTo(2);
    assertThat(summary.tilesDropped())
        .containsOnly(
            Map.entry(TilePixels.OTHER_GRID, 3L), Map.entry(TilePixels.OTHER_PIXEL_SIZE, 1L));
    assertThat(ids()).allMatch(id -> id.startsWith("1U_0R") || id.startsWith("1U_5R")).hasSize(8);
  }

  private Path s1(String cell) {
    return tiles.product("S1RTC", cell, "S1A_" + cell);
  }

  private void replaceS1(String cell, GeoTransform transform) {
    for (String file : List.of("vv.tif", "vh.tif")) {
      CoreTiles.write(s1(cell).resolve(file), 16, transform, 32648, CoreTiles.powers(16, 16));
    }
  }

  @Test
  void eachSensorCanStandAlone() {
    tiles.s1("3D_2L", 16, 8);
    tiles.s2("3D_1L", 16, 8);
    PatchCutterBuilder radar =
        PatchCutter.builder().s1(tiles.archive(Sensor.SENTINEL1)).patchSize(8);
    assertThat(cut(radar).patches()).isEqualTo(2);
    assertThat(ids()).containsExactly("3D_2L_0_0", "3D_2L_0_1");
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      assertThat(shards.bands(Sensor.SENTINEL2)).isEmpty();
      assertThat(shards.describe(0).s2Product()).isEmpty();
      assertThatThrownBy(() -> shards.read(0, Sensor.SENTINEL2, new float[128], 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be one of [SENTINEL1]");
    }
  }

  @Test
  void aTileThatCannotBeUsedIsCountedOrAnErrorWhenStrict() throws IOException {
    tiles.s2("1U_0R", 8, 8);
    Path damaged = tiles.s2("1U_1R", 8, 8).resolve("B11.tif");
    Files.write(damaged, Arrays.copyOf(Files.readAllBytes(damaged), 300));
    Files.delete(tiles.s2("1U_2R", 8, 8).resolve("B11.tif"));
    CoreTiles.write(tiles.s2("1U_3R", 8, 8).resolve("B02.tif"), 8, 10, fill(64, 0.25f));
    CoreTiles.write(tiles.s2("1U_4R", 8, 8).resolve("B02.tif"), 8, 10, fill(64, 65536));
    Path other = tiles.s2("1U_5R", 8, 8);
    write(other, GeoTransform.northUp(0, 0, 7.5), 32648);
    write(tiles.s2("1U_6R", 8, 8), GeoTransform.northUp(0, 0, 10), 3857);
    tiles.product("S2L2A", "1U_7R", "empty");
    PatchSummary summary = cut(optical());
    assertThat(summary.tiles()).isEqualTo(1);
    assertThat(summary.tilesDropped())
        .containsOnly(
            Map.entry(TilePixels.DAMAGED, 1L),
            Map.entry(TilePixels.BANDS_MISSING, 2L),
            Map.entry(TilePixels.NO_NUMBERS, 2L),
            Map.entry(TilePixels.OTHER_PIXEL_SIZE, 1L),
            Map.entry(TilePixels.NO_PLACE, 1L));
    JsonNode dropped = PatchFolder.readJson(folder.resolve("out/provenance.json")).at("/dropped");
    assertThat(dropped.at("/damaged file/examples/0").asText()).contains("B11.tif");
    assertThat(dropped.at("/bands missing/examples/1").asText()).contains("found bands []");
    assertThatThrownBy(
            () -> optical().strict(true).build().cut(folder.resolve("o"), ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("1U_1R/S2A_1U_1R: damaged file:")
        .hasMessageContaining("B11.tif");
  }

  private static void write(Path product, GeoTransform transform, int epsg) {
    CoreTiles.write(product.resolve("B02.tif"), 8, transform, epsg, CoreTiles.numbers(8, 8));
    CoreTiles.write(
        product.resolve("B11.tif"), 4, transform.scaled(2), epsg, CoreTiles.numbers(4, 4));
  }

  private static float[] fill(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void onlyTheCellsOfTheSelectionAreCutAndTheFirstProductOfEach() throws IOException {
    for (String cell : List.of("1U_0R", "1U_1R", "2U_0R")) {
      tiles.s2(cell, 8, 8);
    }
    // comes after S2A_1U_1R
    Files.createDirectory(folder.resolve("core/S2L2A/1U/1U_1R/S2B_later"));
    Files.createDirectory(folder.resolve("core/S2L2A/1U/1U_1R/.hidden"));
    Files.createDirectories(folder.resolve("core/S2L2A/notes/1U_9R"));
    Files.createDirectories(folder.resolve("core/S2L2A/1U/2U_3R/product"));
    PatchSummary summary = cut(optical().cells(List.of("2U_0R", "1U_1R", "9U_9R")));
    assertThat(ids()).containsExactly("1U_1R_0_0", "2U_0R_0_0");
    assertThat(summary.tilesDropped())
        .containsOnly(
            Map.entry("further product of the cell", 1L), Map.entry("no tile of the cell", 1L));
    assertThatThrownBy(
            () ->
                optical()
                    .cells(List.of("9U_9R"))
                    .strict(true)
                    .build()
                    .cut(folder.resolve("strict"), ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("9U_9R: found no tile");
  }

  @Test
  void aCellWithoutSentinel1IsDroppedFromPairs() {
    tiles.s2("1U_0R", 8, 8);
    tiles.s2("1U_1R", 8, 8);
    tiles.s1("1U_1R", 8, 8);
    PatchSummary summary = cut(pairs());
    assertThat(ids()).containsExactly("1U_1R_0_0");
    assertThat(summary.tilesDropped())
        .containsExactly(Map.entry("no Sentinel-1 tile of the cell", 1L));
  }

  @Test
  void overlappingPatchesAreCutByTheStride() {
    tiles.s2(CELL, 12, 8);
    PatchSummary summary = cut(optical().stride(2));
    assertThat(summary.patches()).isEqualTo(3);
    assertThat(summary.patchesDropped()).isEmpty();
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      float[] values = new float[128];
      shards.read(2, Sensor.SENTINEL2, values, 0);
      assertThat(values[0]).isEqualTo(CoreTiles.number(4, 0));
      assertThat(shards.describe(2).x()).isEqualTo(CoreTiles.LEFT + 40);
    }
  }

  @Test
  void whereBlocksAreSplitNoBlockHasPatchesOfBoth() {
    // 4 x 4 km, so at least sixteen blocks are touched
    tiles.s2(CELL, 400, 400);
    SplitRule rule = SplitRule.blocks(0.4, 1);
    PatchSummary summary = cut(optical().split(rule));
    assertThat(summary.patches()).isEqualTo(2500);
    Map<String, Split> blocks = new HashMap<>();
    try (PatchShards shards = PatchShards.open(folder.resolve("out"))) {
      for (int i = 0; i < shards.size(); i++) {
        Patch patch = shards.describe(i);
        String block = rule.block(patch.longitude(), patch.latitude());
        assertThat(blocks.computeIfAbsent(block, key -> patch.split())).isEqualTo(patch.split());
      }
    }
    assertThat(blocks).hasSizeGreaterThan(15);
    assertThat(blocks.values()).contains(Split.TRAIN, Split.VALIDATION);
  }

  @Test
  void theSummaryAndTheProvenanceSayTheSame() throws IOException {
    tiles.s2(CELL, 20, 8);
    Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    PatchSummary summary =
        cut(optical().seed(7).split(SplitRule.random(1)).patchesPerShard(1).clock(clock));
    assertThat(summary.validation()).isEqualTo(2);
    assertThat(summary.shards()).isEqualTo(2);
    JsonNode json = PatchFolder.readJson(folder.resolve("out/provenance.json"));
    assertThat(json.at("/time").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.at("/parameters/result"))
        .isEqualTo(Patch.JSON.readTree(summary.toJson().toString()));
    assertThat(json.at("/parameters/settings/seed").asLong()).isEqualTo(7);
    assertThat(json.at("/parameters/settings/split").asText()).isEqualTo("random 1");
    assertThat(json.at("/parameters/settings/s2Bands/1").asText()).isEqualTo("B11");
    assertThat(json.at("/dropped").path(PatchOutcome.BORDER.reason()).path("count").asInt())
        .isEqualTo(1);
    assertThat(PatchSummary.fromJson(summary.toJson())).isEqualTo(summary);
  }

  @Test
  void aFolderWithOtherFilesIsLeftAlone() throws IOException {
    tiles.s2(CELL, 8, 8);
    Path out = Files.createDirectories(folder.resolve("out"));
    Files.writeString(out.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(() -> cut(optical()))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found thesis.tex but no settings.json");
    assertThat(out).isDirectoryContaining("glob:**thesis.tex");
    Files.delete(out.resolve("thesis.tex"));
    assertThat(cut(optical()).patches()).isEqualTo(1);
  }

  @Test
  void anOutputThatCannotBeWrittenIsNamed() throws IOException {
    tiles.s2(CELL, 8, 8);
    Files.writeString(folder.resolve("out"), "a file");
    assertThatThrownBy(() -> cut(optical()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("out: cannot be written");
  }

  @Test
  void noFolderOfTilesIsAnErrorThatSaysWhatWasExpected() throws IOException {
    assertThatThrownBy(() -> TileArchive.folder(folder.resolve("nowhere"), Sensor.SENTINEL2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("nowhere: found no folder");
    Files.createDirectories(folder.resolve("empty/x"));
    assertThatThrownBy(() -> TileArchive.folder(folder.resolve("empty"), Sensor.SENTINEL2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("199U/199U_1099R/<product>/<band>.tif");
  }

  @Test
  void anInterruptedThreadStopsAndStaysInterrupted() {
    tiles.s2(CELL, 8, 8);
    try {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> cut(optical()))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(cut(optical()).patches()).isEqualTo(1);
  }

  @Test
  void optionsAreCheckedAndSetOnce() {
    tiles.s2(CELL, 8, 8);
    PatchCutterBuilder builder = optical();
    assertThatThrownBy(() -> builder.patchSize(8)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.s1(tiles.archive(Sensor.SENTINEL2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("s1 must be an archive of SENTINEL1");
    assertThatThrownBy(() -> PatchCutter.builder().build())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                PatchCutter.builder()
                    .s2(tiles.archive(Sensor.SENTINEL2))
                    .bands(List.of(Band.VV))
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[SENTINEL2]");
    assertThatThrownBy(() -> PatchCutter.builder().stride(0))
        .hasMessage("stride must be in 1..4096 but was 0");
    assertThatThrownBy(() -> PatchCutter.builder().maxInvalid(Double.NaN))
        .hasMessageContaining("0..1");
    assertThatThrownBy(() -> PatchCutter.builder().cells(List.of("../etc")))
        .hasMessageContaining("\"../etc\"");
    assertThatThrownBy(() -> PatchCutter.builder().patchesPerShard(0))
        .hasMessageContaining("at least 1");
    assertThatThrownBy(() -> optical().patchesPerShard(Integer.MAX_VALUE).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("below 2 GiB");
    assertThat(Optional.of(optical().build())).isPresent();
  }
}
