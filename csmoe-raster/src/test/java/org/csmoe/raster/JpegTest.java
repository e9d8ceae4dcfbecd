package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** JPEG TIFFs with the checksums of two builds of GDAL; see src/test/python/make_jpeg.py. */
class JpegTest {
  /** A strip that is one JPEG file, at byte 8, with two samples of luminance per chrominance. */
  private static final String WHOLE = "ycbcr_21_whole.tif";

  private static final int WIDTH = 45;
  private static final int HEIGHT = 37;

  private static Path folder() {
    return GoldenReadTest.folder().resolve("../jpeg");
  }

  static Stream<List<String>> rows() throws IOException {
    return Files.readAllLines(folder().resolve("jpeg.csv")).stream()
        .skip(1)
        .map(line -> Arrays.asList(line.split(",", -1)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyBandHasTheChecksumOfGdalWithLibjpegTurbo(List<String> row) {
    try (GeoTiff tiff = GeoTiff.open(folder().resolve(row.get(0)))) {
      assertThat(tiff.info().compression()).isEqualTo(Compression.JPEG);
      assertThat(tiff.info().bands()).isEqualTo(Integer.parseInt(row.get(1)));
      List<String> checksums = new ArrayList<>();
      for (int band = 0; band < tiff.info().bands(); band++) {
        checksums.add(Integer.toString(GdalChecksum.of(tiff, band)));
      }
      assertThat(String.join(" ", checksums)).isEqualTo(row.get(2));
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void buildsOfGdalDisagreeOnlyWhereChrominanceIsInterpolated(List<String> row) {
    boolean interpolated = row.get(0).matches("ycbcr_(21|22|41).*");
    assertThat(row.get(2).equals(row.get(3))).isEqualTo(!interpolated);
  }

  /**
   * Both take the same coefficients to luminance and to the chrominance of every unit. Between
   * units libjpeg 6b and turbo weigh neighbours 3 to 1, libjpeg 9 goes on with the cosines of the
   * block, which overshoots at the sharp edge of the picture and knows nothing of the next block.
   * The bounds are what was found; they are far from 0 because the edge is as sharp as can be.
   */
  @ParameterizedTest
  @CsvSource({
    "21_whole, 25, 0.69",
    "22_strip, 41, 1.41",
    "22_tile, 23, 1.25",
    "41_whole, 15, 1.26"
  })
  void pixelsOfGdalWithLibjpegNineAreNear(String name, int greatest, double mean) {
    try (GeoTiff ours = GeoTiff.open(folder().resolve("ycbcr_%s.tif".formatted(name)));
        GeoTiff theirs = GeoTiff.open(folder().resolve("ycbcr_%s_libjpeg9.tif".formatted(name)))) {
      Moments differences = new Moments(Double.NaN);
      for (int band = 0; band < 3; band++) {
        double[] a = ours.readRaw(band, ours.info().window());
        double[] b = theirs.readRaw(band, ours.info().window());
        for (int i = 0; i < a.length; i++) {
          a[i] = Math.abs(a[i] - b[i]);
        }
        differences.accept(a, a.length, 0);
      }
      assertThat(differences.summary().max()).isEqualTo(greatest);
      assertThat(differences.summary().mean()).isLessThan(mean);
    }
  }

  @Test
  void threadsReadTheSamePixelsSideBySide() throws Exception {
    byte[] file = Files.readAllBytes(folder().resolve("ycbcr_22_tile.tif"));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (GeoTiff tiff = GeoTiff.open("a.tif", file, 0, 1 << 20)) {
      int expected = GdalChecksum.of(tiff, 0);
      Callable<Integer> read = () -> GdalChecksum.of(tiff, 0);
      for (Future<Integer> found : threads.invokeAll(Collections.nCopies(20, read))) {
        assertThat(found.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static int find(byte[] file, int marker) {
    int at = 8;
    while ((file[at] & 0xFF) != 0xFF || (file[at + 1] & 0xFF) != marker) {
      at++;
    }
    return at;
  }

  private static void assertRefused(String message, byte[] file) {
    assertThatThrownBy(
            () -> {
              try (GeoTiff tiff = GeoTiff.open("damaged.tif", file)) {
                tiff.readRaw(0, new Window(0, 0, 1, 1));
              }
            })
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("damaged.tif: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0xC2, a progressive frame",
    "1, 0xC3, a lossless frame",
    "1, 0xC5, a hierarchical frame",
    "1, 0xC9, arithmetic codes",
    "1, 0xD9, the end of the stream before a scan",
    "1, 0xDC, marker DC",
    "1, 0, marker 00",
    "4, 12, a frame with samples of 12 bits",
    "6, 36, a frame of 45 x 36 pixels",
    "7, 0x10, a frame of 4141 x 37 pixels",
    "8, 44, a frame of 44 x 37 pixels",
    "9, 4, a frame with 4 components",
    "11, 0x12, component 0 with sampling factors 1 x 2",
    "11, 0x44, component 0 with sampling factors 4 x 4",
    "14, 0x21, component 1 with sampling factors 2 x 1",
  })
  void framesOfAnotherKindOrSizeAreRefusedBeforeTheyAreDecoded(
      int offset, String value, String message) throws IOException {
    byte[] file = Files.readAllBytes(folder().resolve(WHOLE));
    file[find(file, 0xC0) + offset] = Integer.decode(value).byteValue();
    assertRefused(
        "strip 0 at byte 8: found a broken stream (%s), expected a baseline JPEG stream of %d x %d"
            .formatted(message, WIDTH, HEIGHT),
        file);
  }

  @Test
  void aTallerFrameIsReadInTheLastStripOnly() throws IOException {
    byte[] file = Files.readAllBytes(folder().resolve("grey_strip.tif"));
    int first = find(file, 0xC0);
    file[first + 6]++;
    assertRefused("found a broken stream (a frame of 45 x 17 pixels)", file);
  }

  @Test
  void brokenStreamsAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(folder().resolve(WHOLE));
    byte[] file = whole.clone();
    file[8] = 0;
    assertRefused("found a broken stream (no JPEG marker at the beginning)", file);
    file = whole.clone();
    file[find(file, 0xC4) + 2] = (byte) 0xFF;
    assertRefused("found a broken stream (the end after", file);
    file = whole.clone();
    file[find(file, 0xDA) + 4] = 1;
    assertRefused("found a broken stream (a scan of 1 components)", file);
    file = whole.clone();
    file[find(file, 0xC4)] = 0;
    assertRefused("found a broken stream (no marker at byte", file);
  }

  /** GDAL warns of these and shows grey where pixels are missing. */
  @Test
  void whatADecoderOnlyWarnsOfIsRefused() throws IOException {
    byte[] file = Files.readAllBytes(folder().resolve(WHOLE));
    int codes = find(file, 0xDA) + 14;
    file[codes + 200] = (byte) 0xFF;
    file[codes + 201] = (byte) 0xD9;
    assertRefused("found a broken stream (Corrupt JPEG data", file);
  }

  @Test
  void whatIsNotATableAmongTheTablesIsRefused() throws IOException {
    byte[] file = Files.readAllBytes(folder().resolve("grey_tile.tif"));
    int entry = entry(file, 347);
    file[entry + 6] = 1;
    assertRefused("at most 16384 of BYTE (1) or UNDEFINED (7)", file);
    file[entry + 6] = 0;
    file[ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(entry + 8) + 3] = (byte) 0xC0;
    assertThatThrownBy(() -> GeoTiff.open("damaged.tif", file))
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("tag JPEG_TABLES (347)")
        .hasMessageContaining("found marker C0 among the tables");
  }

  /** Where the entry of a tag begins in the first directory of a little-endian file. */
  private static int entry(byte[] file, int tag) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = bytes.getInt(4) + 2;
    while (bytes.getShort(at) != tag) {
      at += 12;
    }
    return at;
  }

  @Test
  void aBombIsRefusedByItsRatio(@TempDir Path folder) {
    Path path =
        TestTiff.write(
            folder.resolve("bomb.tif"),
            2,
            2,
            directory -> {
              directory.shorts(TiffTag.COMPRESSION, 7);
              directory.shorts(TiffTag.BITS_PER_SAMPLE, 8);
              directory.longs(TiffTag.IMAGE_WIDTH, 10_000);
              directory.longs(TiffTag.IMAGE_LENGTH, 10_000);
              directory.longs(TiffTag.ROWS_PER_STRIP, 10_000);
            },
            new int[4]);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThatThrownBy(() -> tiff.readRaw(0, new Window(0, 0, 1, 1)))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("8 bytes stored, expected at least 195312 for 100000000 decoded");
    }
  }

  @Test
  void wideSamplesAndManyInterleavedOnesAreRefused(@TempDir Path folder) {
    for (int bands : new int[] {1, 5}) {
      Path path =
          TestTiff.write(
              folder.resolve(bands + ".tif"),
              2,
              2,
              directory -> {
                directory.shorts(TiffTag.COMPRESSION, 7);
                directory.shorts(TiffTag.PLANAR_CONFIGURATION, 1);
                directory.shorts(TiffTag.SAMPLES_PER_PIXEL, bands);
                directory.repeatedShort(TiffTag.BITS_PER_SAMPLE, bands == 1 ? 12 : 8, bands);
              },
              new int[4]);
      assertThatThrownBy(() -> GeoTiff.open(path))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("expected at most 4 of 8 bits");
    }
  }

  @Test
  void withoutJavaDesktopTheMissingModuleIsNamedAndOtherFilesAreRead() throws Exception {
    try (URLClassLoader loader = HidingLoader.without("javax.imageio", "java.awt")) {
      Method open = loader.loadClass(GeoTiff.class.getName()).getMethod("open", Path.class);
      Path other = folder().resolve("../samples/half_2_big.tif");
      ((AutoCloseable) open.invoke(null, other)).close();
      assertThatThrownBy(() -> open.invoke(null, folder().resolve("grey_tile.tif")))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("grey_tile.tif: tag COMPRESSION (259)")
          .hasMessageContaining("found 7 (JPEG), expected the module java.desktop");
    }
  }
}
