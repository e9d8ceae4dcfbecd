package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.parquet.ParquetType;
import org.csmoe.sampling.parquet.ParquetWriter;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles out of Parquet files with the columns of Major TOM Core. */
class ParquetTilesTest {
  private final Path folder;
  private final CoreTiles tiles;

  ParquetTilesTest(@TempDir Path folder) {
    this.folder = folder;
    tiles = new CoreTiles(folder.resolve("core"));
  }

  private static ParquetWriter s2(Path path) {
    return ParquetWriter.builder()
        .column("product_id", ParquetType.TEXT)
        .column("grid_cell", ParquetType.TEXT)
        .column("product_datetime", ParquetType.TEXT)
        .column("thumbnail", ParquetType.BYTES)
        .column("B02", ParquetType.BYTES)
        .column("B11", ParquetType.BYTES)
        .open(path);
  }

  private static ParquetWriter s1(Path path) {
    return ParquetWriter.builder()
        .column("product_id", ParquetType.TEXT)
        .column("grid_cell", ParquetType.TEXT)
        .column("product_datetime", ParquetType.TEXT)
        .column("thumbnail", ParquetType.BYTES)
        .column("vv", ParquetType.BYTES)
        .column("vh", ParquetType.BYTES)
        .open(path);
  }

  private static void row(ParquetWriter writer, Path product, String... files) throws IOException {
    writer
        .append(product.getFileName().toString())
        .append(product.getName(product.getNameCount() - 2).toString())
        .append("2020-02-23T03:27:39")
        .append(new byte[] {1, 2});
    for (String file : files) {
      writer.append(Files.readAllBytes(product.resolve(file)));
    }
  }

  private PatchCutter cutter(TileArchive s2, TileArchive s1) {
    return PatchCutter.builder()
        .s2(s2)
        .s1(s1)
        .bands(List.of(Band.B02, Band.B11, Band.VV, Band.VH))
        .patchSize(8)
        .patchesPerShard(3)
        .build();
  }

  @Test
  void theSamePatchesComeOutOfParquetAsOutOfFolders() throws IOException {
    Path parts = Files.createDirectories(folder.resolve("S2L2A/images"));
    Path radar = folder.resolve("part_00000.parquet");
    try (ParquetWriter first = s2(parts.resolve("part_00000.parquet"));
        ParquetWriter second = s2(parts.resolve("part_00001.parquet"));
        ParquetWriter s1 = s1(radar)) {
      for (int i = 0; i < 4; i++) {
        String cell = "1U_%dR".formatted(i);
        row(i < 2 ? first : second, tiles.s2(cell, 20, 16), "B02.tif", "B11.tif");
        // Sentinel-1 has cells of its own in an order of its own
        String other = "1U_%dR".formatted(5 - i);
        row(s1, tiles.s1(other, 20, 16), "vv.tif", "vh.tif");
      }
      first.commit();
      second.commit();
      s1.commit();
    }
    Path out = folder.resolve("out");
    PatchSummary summary =
        cutter(
                TileArchive.open(List.of(parts), Sensor.SENTINEL2),
                TileArchive.open(List.of(radar), Sensor.SENTINEL1))
            .cut(out, ProgressListener.NONE);
    assertThat(summary.patches()).isEqualTo(8);
    assertThat(summary.tilesDropped())
        .containsExactly(Map.entry("no Sentinel-1 tile of the cell", 2L));
    Path expected = folder.resolve("expected");
    List<Path> core = List.of(tiles.root());
    cutter(TileArchive.open(core, Sensor.SENTINEL2), TileArchive.open(core, Sensor.SENTINEL1))
        .cut(expected, ProgressListener.NONE);
    assertThat(CoreTiles.contents(out)).isEqualTo(CoreTiles.contents(expected));
  }

  @Test
  void aRowThatIsDamagedOrLacksABandIsDroppedAndTheOthersAreCut() throws IOException {
    Path file = folder.resolve("part.parquet");
    Path good = tiles.s2("1U_0R", 8, 8);
    byte[] fine = Files.readAllBytes(good.resolve("B02.tif"));
    byte[] coarse = Files.readAllBytes(good.resolve("B11.tif"));
    try (ParquetWriter writer = s2(file)) {
      writer.append("p").append("1U_1R").append("t").appendNull();
      writer.append(fine).append(Arrays.copyOf(coarse, coarse.length / 2));
      writer.append("p").append("1U_2R").append("t").appendNull().append(fine).appendNull();
      row(writer, good, "B02.tif", "B11.tif");
      writer.append("again").append("1U_0R").append("t").appendNull().append(fine).append(coarse);
      writer.append("p").append("nowhere").append("t").appendNull().append(fine).append(coarse);
      writer.commit();
    }
    PatchSummary summary =
        PatchCutter.builder()
            .s2(TileArchive.parquet(List.of(file), Sensor.SENTINEL2))
            .bands(CoreTiles.BANDS)
            .patchSize(8)
            .build()
            .cut(folder.resolve("out"), ProgressListener.NONE);
    assertThat(summary.patches()).isEqualTo(1);
    assertThat(summary.tilesDropped())
        .containsOnly(
            Map.entry(TilePixels.DAMAGED, 1L),
            Map.entry(TilePixels.BANDS_MISSING, 1L),
            Map.entry("further product of the cell", 1L));
    assertThat(Files.readString(folder.resolve("out/provenance.json")))
        .contains("part.parquet row 0, 1U_1R/B11");
  }

  @Test
  void filesThatAreNoTilesAreNamed() throws IOException {
    Path file = folder.resolve("other.parquet");
    try (ParquetWriter writer = ParquetWriter.builder().column("id", ParquetType.TEXT).open(file)) {
      writer.append("x").commit();
    }
    TileArchive archive = TileArchive.open(List.of(file), Sensor.SENTINEL2);
    PatchCutter cutter = PatchCutter.builder().s2(archive).build();
    assertThatThrownBy(() -> cutter.cut(folder.resolve("out"), ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("other.parquet: expected a column grid_cell");
    Files.writeString(folder.resolve("notes.txt"), "x");
    assertThatThrownBy(
            () -> TileArchive.open(List.of(folder.resolve("notes.txt")), Sensor.SENTINEL2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("notes.txt: found no Parquet file");
    Path absent = folder.resolve("absent.parquet");
    assertThatThrownBy(() -> TileArchive.open(List.of(absent), Sensor.SENTINEL2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("absent.parquet: found no such file or folder");
    assertThatThrownBy(() -> TileArchive.parquet(List.of(), Sensor.SENTINEL2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
