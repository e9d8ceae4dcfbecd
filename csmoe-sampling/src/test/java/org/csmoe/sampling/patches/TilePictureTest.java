package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.csmoe.CsMoeException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TilePictureTest {
  private static final String CELL = "1U_0R";

  private final Path folder;
  private final CoreTiles tiles;

  TilePictureTest(@TempDir Path folder) {
    this.folder = folder;
    tiles = new CoreTiles(folder.resolve("core"));
  }

  private PatchCutter cutter(double validation) {
    return PatchCutter.builder()
        .s2(tiles.archive(Sensor.SENTINEL2))
        .s1(tiles.archive(Sensor.SENTINEL1))
        .bands(List.of(Band.B02, Band.B11, Band.VV, Band.VH))
        .patchSize(8)
        .split(SplitRule.random(validation))
        .build();
  }

  /** How many pixels of the picture have a colour. */
  private static long count(BufferedImage image, int rgb) {
    long count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xffffff) == rgb ? 1 : 0;
      }
    }
    return count;
  }

  private static int rgb(PatchOutcome outcome) {
    return TileDrawing.colour(outcome).getRGB() & 0xffffff;
  }

  @Test
  void everyReasonHasItsColourAndOnlyWhereItOccurs() throws IOException {
    Path s2 = tiles.s2(CELL, 20, 16);
    Path s1 = tiles.s1(CELL, 20, 16);
    BufferedImage clean = TilePicture.draw(cutter(0), CELL);
    assertThat(count(clean, rgb(PatchOutcome.NO_DATA_S2))).isZero();
    assertThat(count(clean, rgb(PatchOutcome.NO_DATA_S1))).isZero();
    float[] numbers = CoreTiles.numbers(20, 16);
    numbers[0] = 0;
    CoreTiles.write(s2.resolve("B02.tif"), 20, 10, numbers);
    float[] power = CoreTiles.powers(20, 16);
    power[19 * 16] = 0;
    CoreTiles.write(s1.resolve("vh.tif"), 20, 10, power);
    BufferedImage dropped = TilePicture.draw(cutter(0), CELL);
    // a square is 460 pixels wide, so the lines of a cross have 650 each
    assertThat(count(dropped, rgb(PatchOutcome.NO_DATA_S2))).isGreaterThan(1000);
    assertThat(count(dropped, rgb(PatchOutcome.NO_DATA_S1))).isGreaterThan(1000);
    assertThat(count(dropped, rgb(PatchOutcome.NO_DATA_BOTH))).isZero();
  }

  @Test
  void validationPatchesAreFramedAndThePngIsWhole() throws IOException {
    tiles.s2(CELL, 20, 16);
    tiles.s1(CELL, 20, 16);
    Path png = folder.resolve("tile.png");
    TilePicture.write(cutter(0), CELL, png);
    long legendOnly = count(ImageIO.read(png.toFile()), 0x2fd6ff);
    TilePicture.write(cutter(1), CELL, png);
    assertThat(count(ImageIO.read(png.toFile()), 0x2fd6ff)).isGreaterThan(legendOnly + 1000);
  }

  @Test
  void aTileThatCannotBeDrawnSaysWhy() throws IOException {
    tiles.s2(CELL, 20, 16);
    tiles.s1("1U_1R", 20, 16);
    assertThatThrownBy(() -> TilePicture.draw(cutter(0), CELL))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("1U_0R: cannot be drawn, since it is dropped: no Sentinel-1 tile");
    assertThatThrownBy(() -> TilePicture.draw(cutter(0), "9U_9R"))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("9U_9R: found no tile");
    tiles.s1(CELL, 20, 16);
    assertThatThrownBy(
            () -> TilePicture.write(cutter(0), CELL, folder.resolve("no/folder/tile.png")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("tile.png: cannot be written");
    assertThat(Files.exists(folder.resolve("no"))).isFalse();
  }
}
