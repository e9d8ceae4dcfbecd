package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Test;

class OverviewTest {
  private static final String WORLD_COVER =
      "landcover/esa-worldcover/ESA_WorldCover_10m_2021_v200_N00E006_Map.tif";

  /** Directories of one uint16 pixel row each, chained; the last link can be chosen. */
  private static byte[] chain(int lastLink, List<Consumer<DirectoryWriter>> changes) {
    ByteBuffer file = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new DirectoryWriter(false).header(32));
    file.position(16).putShort((short) 7).putShort((short) 8).putShort((short) 9);
    int at = 32;
    for (int i = 0; i < changes.size(); i++) {
      DirectoryWriter directory = new DirectoryWriter(false);
      directory.longs(TiffTag.IMAGE_WIDTH, 1);
      directory.longs(TiffTag.IMAGE_LENGTH, 1);
      directory.shorts(TiffTag.BITS_PER_SAMPLE, 16);
      directory.longs(TiffTag.STRIP_OFFSETS, 16);
      directory.longs(TiffTag.STRIP_BYTE_COUNTS, 8);
      changes.get(i).accept(directory);
      int next = at + directory.size();
      file.position(at).put(directory.directory(at, i == changes.size() - 1 ? lastLink : next));
      at = next;
    }
    return file.array();
  }

  private static Consumer<DirectoryWriter> image(int width, int kind) {
    return directory -> {
      directory.longs(TiffTag.IMAGE_WIDTH, width);
      directory.longs(TiffTag.NEW_SUBFILE_TYPE, kind);
    };
  }

  private static List<Integer> widths(byte[] file) {
    try (GeoTiff tiff = GeoTiff.open("chain.tif", file)) {
      return tiff.overviews().stream().map(overview -> overview.info().width()).toList();
    }
  }

  @Test
  void overviewsAreTheReducedImagesBeforeTheNextPage() {
    List<Consumer<DirectoryWriter>> images =
        List.of(
            image(3, 0),
            image(3, 4), // mask
            image(1, 1),
            image(2, 1),
            image(2, 5), // mask of an overview
            image(3, 1), // not smaller
            image(1, 1).andThen(d -> d.shorts(TiffTag.BITS_PER_SAMPLE, 8)),
            image(2, 2), // page
            image(1, 1));
    assertThat(widths(chain(0, images))).containsExactly(2, 1);
    assertThat(widths(chain(0, images.subList(0, 1)))).isEmpty();
  }

  @Test
  void anOverviewHasThePlaceOfTheImageAndReadsItsOwnPixels() {
    GeoTransform transform = new GeoTransform(10, 2, 0, 20, 0, -2);
    byte[] file =
        chain(
            0,
            List.of(
                image(3, 0)
                    .andThen(d -> GeoReference.write(transform, d))
                    .andThen(d -> d.text(TiffTag.GDAL_NO_DATA, "8")),
                image(2, 1)));
    try (GeoTiff tiff = GeoTiff.open("chain.tif", file)) {
      assertThat(tiff.readRaw(0, tiff.info().window())).containsExactly(7, 8, 9);
      GeoTiff overview = tiff.overviews().get(0);
      assertThat(overview.info().transform()).contains(new GeoTransform(10, 3, 0, 20, 0, -2));
      assertThat(overview.readFloats(0, overview.info().window())).containsExactly(7, Float.NaN);
      assertThat(overview.overviews()).isEmpty();
      overview.close();
      assertThat(tiff.readRaw(0, tiff.info().window())).containsExactly(7, 8, 9);
    }
  }

  @Test
  void brokenChainsAreRefusedAndTheImageIsStillRead() {
    assertRefused(
        chain(32, List.of(image(3, 0), image(2, 1))), "link back to the directory at byte 32");
    assertRefused(chain(65000, List.of(image(3, 0), image(2, 1))), "directory at byte 65000");
    assertRefused(chain(1 << 30, List.of(image(3, 0), image(2, 1))), "1073741824");
    List<Consumer<DirectoryWriter>> many = new ArrayList<>(List.of(image(3, 0)));
    for (int i = 0; i < 200; i++) {
      many.add(image(2, 1));
    }
    assertRefused(chain(0, many), "more than 128 directories");
  }

  private static void assertRefused(byte[] file, String message) {
    try (GeoTiff tiff = GeoTiff.open("chain.tif", file)) {
      assertThatThrownBy(tiff::overviews)
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("chain.tif")
          .hasMessageContaining(message);
      assertThat(tiff.readRaw(0, tiff.info().window())).containsExactly(7, 8, 9);
    }
  }

  @Test
  void anyDamagedByteEndsInOverviewsOrInRasterFormatException() throws IOException {
    byte[] whole = Files.readAllBytes(GoldenReadTest.folder().resolve("../cog/cog_uint8.tif"));
    SplittableRandom random = new SplittableRandom(11);
    int read = 0;
    for (int trial = 0; trial < 2000; trial++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        // Header and directories lie in the first 3 kB.
        damaged[random.nextInt(3000)] = (byte) random.nextInt();
      }
      try (GeoTiff tiff = GeoTiff.open("damaged.tif", damaged)) {
        for (GeoTiff overview : tiff.overviews()) {
          overview.readFloats(0, new Window(0, 0, 1, 1));
          read++;
        }
      } catch (RasterFormatException e) {
        assertThat(e).hasMessageContaining("damaged.tif");
      }
    }
    assertThat(read).isPositive();
  }

  /** What rasterio reads; see src/test/python/overview_golden.py. */
  @Test
  void windowsOfWorldCoverOverviewsAreThoseOfGdal() throws IOException {
    TestData.path(WORLD_COVER);
    Path golden = GoldenReadTest.folder().resolve("../worldcover-overviews.csv");
    for (String line : Files.readAllLines(golden).stream().skip(1).toList()) {
      String[] row = line.split(",", -1);
      try (GeoTiff tiff = GeoTiff.open(TestData.path("landcover/esa-worldcover/" + row[0]))) {
        int level = Integer.parseInt(row[1]);
        GeoTiff image = level == 0 ? tiff : tiff.overviews().get(level - 1);
        assertThat(image.info().width()).isEqualTo(Integer.parseInt(row[2]));
        assertThat(image.info().height()).isEqualTo(Integer.parseInt(row[3]));
        // The two divide in another order.
        assertThat(image.info().transform().orElseThrow().columnX())
            .isCloseTo(Double.parseDouble(row[4]), within(1e-18));
        Window window =
            new Window(
                Integer.parseInt(row[5]),
                Integer.parseInt(row[6]),
                Integer.parseInt(row[7]),
                Integer.parseInt(row[8]));
        byte[] pixels = new byte[window.width() * window.height()];
        image.readBytes(0, window, pixels, 0);
        long sum = 0;
        long weighted = 0;
        for (int i = 0; i < pixels.length; i++) {
          sum += pixels[i] & 0xFF;
          weighted += (pixels[i] & 0xFF) * (i % 101L);
        }
        assertThat(sum + "," + weighted).as(line).isEqualTo(row[9] + "," + row[10]);
      }
    }
  }

  @Test
  void aWindowOfAHugeImageTouchesOnlyTheBlocksUnderIt() throws IOException {
    Path path = TestData.path(WORLD_COVER);
    CountingBytes bytes = new CountingBytes(Files.readAllBytes(path));
    TiffSource source = bytes.source(path.toString());
    TiffDirectory directory = new TiffDirectory(source);
    long[] fine = directory.integers(TiffTag.TILE_BYTE_COUNTS, 36 * 36, 36 * 36);
    TiffDirectory last =
        OverviewDirectories.of(directory, new TiffHeader(directory).info()).get(5).directory();
    bytes.reset();
    try (GeoTiff tiff = GeoTiff.open(source, GeoTiff.cache(64L << 20))) {
      // Two arrays of 1,296 offsets and sizes, the entries, GDAL's metadata.
      assertThat(bytes.count()).isLessThan(14_000);
      bytes.reset();
      tiff.readFloats(0, new Window(7 * 1024, 32 * 1024 + 200, 256, 256));
      assertThat(bytes.count()).isEqualTo(fine[32 * 36 + 7]);
      bytes.reset();
      // Across the corner of four tiles of 1024, one of which is in the cache already.
      tiff.readFloats(0, new Window(8 * 1024 - 100, 33 * 1024 - 100, 256, 256));
      assertThat(bytes.count())
          .isEqualTo(fine[32 * 36 + 8] + fine[33 * 36 + 7] + fine[33 * 36 + 8]);
      bytes.reset();
      GeoTiff coarse = tiff.overviews().get(5);
      long headers = bytes.count();
      assertThat(headers).isLessThan(10_000);
      coarse.readFloats(0, coarse.info().window());
      assertThat(bytes.count() - headers).isEqualTo(last.integer(TiffTag.TILE_BYTE_COUNTS, 0));
    }
  }
}
