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
import java.util.function.Consumer;
import java.util.zip.DeflaterOutputStream;
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
    for (int compression : new int[] {5, 8, 32773, 50000}) {
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

  /** Found by {@link FuzzTest}: zstd-jni throws where it documents an error code. */
  @Test
  void aBrokenZstandardFrameIsRefused() {
    assertRefused("found a broken stream (", d -> d.shorts(TiffTag.COMPRESSION, 50000));
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
    assertRefused("BITS_PER_SAMPLE", d -> d.shorts(TiffTag.BITS_PER_SAMPLE, 48));
    assertRefused("COMPRESSION (259)", d -> d.shorts(TiffTag.COMPRESSION, 6));
    assertRefused("BITS_PER_SAMPLE", d -> d.shorts(TiffTag.COMPRESSION, 7));
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
  void blocksThatTakeMoreThanTheirPixelsAreHeldToTheLimit() {
    // One byte of ink of 65,535 makes a pixel of 4 bytes.
    assertRefused(
        "blocks of 327675000000 decoded bytes",
        d -> {
          d.repeatedShort(TiffTag.BITS_PER_SAMPLE, 8, 1);
          d.shorts(TiffTag.PHOTOMETRIC, 5);
          d.shorts(TiffTag.PLANAR_CONFIGURATION, 1);
          d.shorts(TiffTag.SAMPLES_PER_PIXEL, 65535);
          d.longs(TiffTag.IMAGE_WIDTH, 5_000_000);
          d.longs(TiffTag.IMAGE_LENGTH, 1);
          d.longs(TiffTag.ROWS_PER_STRIP, 1);
        });
  }

  @Test
  void theLimitOfABlockIsTheCallers() throws IOException {
    Path path = TestTiff.write(folder.resolve("limit.tif"), 100, 100, d -> {}, new int[10_000]);
    assertThatThrownBy(() -> GeoTiff.open(path, 0, 19_999))
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("blocks of 20000 decoded bytes")
        .hasMessageContaining("at most 19999");
    GeoTiff.open(path, 0, 20_000).close();
    byte[] content = Files.readAllBytes(path);
    assertThatThrownBy(() -> GeoTiff.open("upload", content, 0, 19_999))
        .hasMessageContaining("upload: ");
    assertThatThrownBy(() -> GeoTiff.open(path, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBlockBytes must be in 1..2147483639 but was 0");
  }

  @Test
  void blocksMayShareTheirBytesAndDecodeToNoMoreThanOneAtATime() {
    int strips = 5_000;
    long[] offsets = new long[strips];
    long[] byteCounts = new long[strips];
    Arrays.fill(offsets, 16);
    Arrays.fill(byteCounts, 2_000);
    Path path =
        TestTiff.write(
            folder.resolve("shared.tif"),
            1000,
            1,
            d -> {
              d.longs(TiffTag.IMAGE_LENGTH, strips);
              d.longs(TiffTag.ROWS_PER_STRIP, 1);
              d.longs(TiffTag.STRIP_OFFSETS, offsets);
              d.longs(TiffTag.STRIP_BYTE_COUNTS, byteCounts);
            },
            new int[1000]);
    // 10 MB of pixels from 2 kB; nothing but the cache holds more than one strip.
    try (GeoTiff tiff = GeoTiff.open(path, 4_000)) {
      assertThat(tiff.summarize(0).validCount()).isEqualTo(5_000_000);
    }
  }

  @Test
  void aStreamIsDecodedNoFurtherThanItsBlock() throws IOException {
    Path zeros = folder.resolve("zeros.deflate");
    try (DeflaterOutputStream out = new DeflaterOutputStream(Files.newOutputStream(zeros))) {
      out.write(new byte[16 << 20]);
    }
    byte[] bomb = Files.readAllBytes(zeros);
    Path path =
        TestTiff.write(
            folder.resolve("bomb.tif"),
            2,
            2,
            d -> {
              d.shorts(TiffTag.COMPRESSION, 8);
              d.longs(TiffTag.STRIP_OFFSETS, 1_000);
              d.longs(TiffTag.STRIP_BYTE_COUNTS, bomb.length);
            },
            new int[4]);
    byte[] file = Arrays.copyOf(Files.readAllBytes(path), 1_000 + bomb.length);
    System.arraycopy(bomb, 0, file, 1_000, bomb.length);
    try (GeoTiff tiff = GeoTiff.open("bomb.tif", file)) {
      assertThat(tiff.readRaw(0, tiff.info().window())).containsOnly(0);
    }
  }

  @Test
  void offsetsThatOverflowAreRefused() throws IOException {
    byte[] file =
        Files.readAllBytes(
            GoldenReadTest.folder().resolve("uint8_deflate2_strip_band_little_yes.tif"));
    for (long offset : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 8}) {
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(8, offset);
      assertThatThrownBy(() -> GeoTiff.open("far.tif", file))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("far.tif: directory at byte " + offset);
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
