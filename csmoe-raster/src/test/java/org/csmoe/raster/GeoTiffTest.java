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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoTiffTest {
  private final Path folder;

  GeoTiffTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path gradient(int size) {
    Path path = folder.resolve("gradient.tif");
    float[] data = new float[size * size];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    try (GeoTiffWriter writer = GeoTiffWriter.builder(path, size, size, 1).tileSize(16).open()) {
      writer.write(new Window(0, 0, size, size), data);
      writer.commit();
    }
    return path;
  }

  @Test
  void onlyBlocksUnderTheWindowAreRead() throws IOException {
    Path path = gradient(64);
    byte[] bytes = Files.readAllBytes(path);
    // Everything but the first tile becomes unreadable; the directory stays.
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.info().blockWidth()).isEqualTo(16);
    }
    for (int i = 1000; i < 1500; i++) {
      bytes[i] = 0;
    }
    Files.write(path, bytes);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.readFloats(0, new Window(14, 15, 2, 1))).containsExactly(974, 975);
      assertThatThrownBy(() -> tiff.readFloats(0, tiff.info().window()))
          .hasMessageContaining("tile ");
    }
  }

  @Test
  void theFloatingPointPredictorIsUndoneInEitherByteOrder() throws IOException {
    float[] pixels = new float[256];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(i) * i;
    }
    Path path = folder.resolve("tile.bin");
    try (TileEncoder encoder =
        new TileEncoder(
            16,
            PixelType.FLOAT32,
            Predictor.FLOATING_POINT,
            Compression.DEFLATE,
            OptionalDouble.of(Double.NaN))) {
      ByteBuffer encoded = encoder.encode(i -> pixels[i], 0, 16, 16, 16);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      Files.write(path, bytes);
    }
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      RasterInfo info =
          new RasterInfo(
              16,
              16,
              1,
              PixelType.FLOAT32,
              32,
              Compression.DEFLATE,
              Predictor.FLOATING_POINT,
              true,
              16,
              16,
              false,
              order,
              false,
              Optional.empty(),
              Optional.empty(),
              OptionalDouble.empty(),
              List.of(""),
              List.of(Scaling.NONE));
      StoredSamples samples = new StoredSamples(1, 32, false, new SampleConversion.None(64));
      try (TiffSource source = TiffSource.of(path)) {
        byte[] block =
            new BlockDecoder(source, info, samples, new byte[0])
                .decode("tile 0", 0, source.size(), 16);
        float[] decoded = new float[256];
        ByteBuffer.wrap(block).order(order).asFloatBuffer().get(decoded);
        assertThat(decoded).isEqualTo(pixels);
      }
    }
  }

  @Test
  void threadsReadTheSameFileAtOnce() throws Exception {
    Path path = gradient(100);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (GeoTiff tiff = GeoTiff.open(path, 3000)) {
      List<Future<float[]>> reads = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        Window window = new Window(i % 90, i * 7 % 90, 10, 10);
        reads.add(threads.submit(() -> tiff.readFloats(0, window)));
      }
      for (int i = 0; i < reads.size(); i++) {
        float first = i * 7 % 90 * 100 + i % 90;
        assertThat(reads.get(i).get()).startsWith(first, first + 1).endsWith(first + 909);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void statisticsAreThoseOfTheValidPixels() {
    try (GeoTiff tiff = GeoTiff.open(gradient(50))) {
      BandSummary summary = tiff.summarize(0);
      assertThat(summary.min()).isZero();
      assertThat(summary.max()).isEqualTo(2499);
      // 0..n-1 has mean (n-1)/2 and variance (n^2-1)/12; 1e-9 covers rounding of 2500 sums.
      assertThat(summary.mean()).isCloseTo(1249.5, within(1e-9));
      assertThat(summary.standardDeviation())
          .isCloseTo(Math.sqrt((2500.0 * 2500 - 1) / 12), within(1e-9));
      assertThat(summary.validCount()).isEqualTo(2500);
    }
  }

  @Test
  void aBandOfNoDataHasNoStatistics() {
    Path path =
        TestTiff.write(
            folder.resolve("empty.tif"), 2, 2, d -> d.text(TiffTag.GDAL_NO_DATA, "0"), new int[4]);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      BandSummary summary = tiff.summarize(0);
      assertThat(summary.validCount()).isZero();
      assertThat(summary.mean()).isNaN();
      assertThat(tiff.readFloats(0, tiff.info().window())).containsOnly(Float.NaN);
    }
  }

  @Test
  void aSparseBlockHasNoDataOrIsZero() {
    Path path =
        TestTiff.write(
            folder.resolve("sparse.tif"),
            2,
            2,
            d -> {
              d.longs(TiffTag.STRIP_OFFSETS, 0);
              d.longs(TiffTag.STRIP_BYTE_COUNTS, 0);
            },
            new int[4]);
    try (GeoTiff tiff = GeoTiff.open(path)) {
      assertThat(tiff.readFloats(0, tiff.info().window())).containsOnly(0);
    }
  }

  @Test
  void windowsAndBandsOutsideAreRefused() {
    try (GeoTiff tiff = GeoTiff.open(gradient(20))) {
      assertThatThrownBy(() -> tiff.readFloats(0, new Window(15, 0, 6, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("20 x 20");
      assertThatThrownBy(() -> tiff.readFloats(1, new Window(0, 0, 1, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("band");
    }
    assertThatThrownBy(() -> new Window(0, -1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
