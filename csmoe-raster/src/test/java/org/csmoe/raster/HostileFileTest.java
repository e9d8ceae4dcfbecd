package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileFileTest {
  private final Path folder;

  HostileFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private void assertRefused(String message, Consumer<DirectoryWriter> change) {
    Path path = TestTiff.write(folder.resolve("hostile.tif"), 2, 2, change, new int[4]);
    assertThatThrownBy(
            () -> {
              try (GeoTiff tiff = GeoTiff.open(path)) {
                tiff.readRaw(0, new Window(0, 0, 1, 1));
              }
            })
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("hostile.tif")
        .hasMessageContaining(message);
  }

  @Test
  void aWholeFileIsRead() {
    Path path = TestTiff.write(folder.resolve("a.tif"), 2, 2, d -> {}, new int[] {1, 2, 3, 65535});
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.readRaw(0, tiff.info().window())).containsExactly(1, 2, 3, 65535);
    }
  }

  @Test
  void aStripBeyondTheEndIsRefused() {
    assertRefused(
        "strip 0 at byte 4000000000: found bytes 4000000000 + 8",
        d -> d.longs(TiffTag.STRIP_OFFSETS, 4_000_000_000L));
  }

  @Test
  void aHugeStripInASmallFileIsRefusedBeforeItIsAllocated() {
    assertRefused(
        "ROWS_PER_STRIP",
        d -> {
          d.longs(TiffTag.IMAGE_WIDTH, 60_000);
          d.longs(TiffTag.IMAGE_LENGTH, 60_000);
          d.longs(TiffTag.ROWS_PER_STRIP, 60_000);
        });
    assertRefused(
        "strip 0",
        d -> {
          d.longs(TiffTag.IMAGE_WIDTH, 10_000);
          d.longs(TiffTag.IMAGE_LENGTH, 10_000);
          d.longs(TiffTag.ROWS_PER_STRIP, 10_000);
        });
  }

  @Test
  void aDecompressionBombIsRefusedByItsRatio() {
    for (int compression : new int[] {5, 8, 32773}) {
      assertRefused(
          "strip 0",
          d -> {
            d.shorts(TiffTag.COMPRESSION, compression);
            d.longs(TiffTag.IMAGE_WIDTH, 10_000);
            d.longs(TiffTag.IMAGE_LENGTH, 10_000);
            d.longs(TiffTag.ROWS_PER_STRIP, 10_000);
          });
    }
  }

  @Test
  void moreBlocksThanTheTagHasAreRefused() {
    assertRefused(
        "STRIP_OFFSETS",
        d -> {
          d.longs(TiffTag.IMAGE_LENGTH, 2_000_000_000);
          d.longs(TiffTag.ROWS_PER_STRIP, 1);
        });
    assertRefused(
        "TILE_OFFSETS",
        d -> {
          d.longs(TiffTag.IMAGE_WIDTH, Integer.MAX_VALUE);
          d.longs(TiffTag.IMAGE_LENGTH, Integer.MAX_VALUE);
          d.shorts(TiffTag.TILE_WIDTH, 16);
          d.shorts(TiffTag.TILE_LENGTH, 16);
        });
  }

  @Test
  void sizesOutOfRangeAreRefused() {
    assertRefused("IMAGE_WIDTH", d -> d.longs(TiffTag.IMAGE_WIDTH, 0));
    assertRefused("IMAGE_LENGTH", d -> d.longs(TiffTag.IMAGE_LENGTH, 0xFFFFFFFFL));
    assertRefused("ROWS_PER_STRIP", d -> d.longs(TiffTag.ROWS_PER_STRIP, 0));
    assertRefused("SAMPLES_PER_PIXEL", d -> d.shorts(TiffTag.SAMPLES_PER_PIXEL, 0));
    assertRefused("STRIP_OFFSETS", d -> d.shorts(TiffTag.SAMPLES_PER_PIXEL, 65535));
    assertRefused("BITS_PER_SAMPLE", d -> d.shorts(TiffTag.BITS_PER_SAMPLE, 12));
    assertRefused("COMPRESSION (259)", d -> d.shorts(TiffTag.COMPRESSION, 7));
    assertRefused("TILE_LENGTH", d -> d.shorts(TiffTag.TILE_WIDTH, 16));
    assertRefused("GDAL_NO_DATA", d -> d.text(TiffTag.GDAL_NO_DATA, "none"));
    assertRefused(
        "MODEL_TRANSFORMATION", d -> d.doubles(TiffTag.MODEL_TRANSFORMATION, new double[16]));
    assertRefused("strip 0", d -> d.longs(TiffTag.STRIP_BYTE_COUNTS, 7));
  }

  @Test
  void aDirectoryThatPointsToItselfIsReadOnce() throws IOException {
    Path path = TestTiff.write(folder.resolve("cycle.tif"), 2, 2, d -> {}, new int[4]);
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = buffer.getInt(4);
    buffer.putInt(directory + 2 + 12 * buffer.getShort(directory), directory);
    Files.write(path, bytes);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.info().width()).isEqualTo(2);
    }
  }

  @Test
  void anyDamagedByteEndsInPixelsOrInRasterFormatException() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    for (String name :
        new String[] {
          "golden/geo_projected.tif",
          "golden/large_tile.tif",
          "golden/geo_rotated.tif",
          "written.tif"
        }) {
      byte[] bytes = Files.readAllBytes(GoldenReadTest.folder().resolve("..").resolve(name));
      Path path = folder.resolve("damaged.tif");
      for (int trial = 0; trial < 1500; trial++) {
        byte[] damaged =
            random.nextInt(10) == 0
                ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
                : bytes.clone();
        for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        Files.write(path, damaged);
        try (GeoTiff tiff = GeoTiff.open(path)) {
          RasterInfo info = tiff.info();
          tiff.readFloats(
              0, new Window(0, 0, Math.min(64, info.width()), Math.min(64, info.height())));
        } catch (RasterFormatException e) {
          assertThat(e).hasMessageContaining("damaged.tif");
        }
      }
    }
  }

  @Test
  void metadataNeverLoadsExternalEntities() throws IOException {
    Path secret = folder.resolve("secret.txt");
    Files.writeString(secret, "B02");
    String xml =
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"%s\">]><GDALMetadata><Item name=\"DESCRIPTION\" sample=\"0\">&e;</Item></GDALMetadata>"
            .formatted(secret.toUri());
    Path path =
        TestTiff.write(
            folder.resolve("xxe.tif"), 2, 2, d -> d.text(TiffTag.GDAL_METADATA, xml), new int[4]);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.info().bandNames()).containsExactly("");
    }
  }

  @Test
  void aFileThatIsNoTiffOrDoesNotExistIsNamed() throws IOException {
    Path text = folder.resolve("text.tif");
    Files.writeString(text, "hello world");
    assertThatThrownBy(() -> GeoTiff.open(text))
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("text.tif")
        .hasMessageContaining("II or MM");
    Path none = folder.resolve("none.tif");
    assertThatThrownBy(() -> GeoTiff.open(none))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.tif");
  }
}
