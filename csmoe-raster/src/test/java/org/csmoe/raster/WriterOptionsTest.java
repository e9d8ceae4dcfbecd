package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compressions and scalings of written files, with what GDAL saw; see check_options.py. */
class WriterOptionsTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 35;
  private static final List<Scaling> SCALINGS =
      List.of(new Scaling(0.0001, -0.1), new Scaling(1.0 / 3, 1e-300));

  /** By the value of the tag. */
  private static final Map<String, Predictor> PREDICTORS =
      Map.of("1", Predictor.NONE, "2", Predictor.HORIZONTAL, "3", Predictor.FLOATING_POINT);

  private final Path folder;

  WriterOptionsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Path goldens() {
    return GoldenReadTest.folder().resolve("../options");
  }

  /** The files of check_options.py. */
  static void writeAll(Path folder) {
    write(
        GeoTiffWriter.builder(folder.resolve("zstd_float32.tif"), WIDTH, HEIGHT, 2)
            .compression(Compression.ZSTD)
            .scalings(SCALINGS)
            .bandNames(List.of("B02", "B03")));
    write(
        GeoTiffWriter.builder(folder.resolve("zstd_uint16_cog.tif"), WIDTH, HEIGHT, 2)
            .compression(Compression.ZSTD)
            .pixelType(PixelType.UINT16)
            .cloudOptimized(OverviewResampling.NEAREST));
    write(
        GeoTiffWriter.builder(folder.resolve("zstd_float64_plain.tif"), WIDTH, HEIGHT, 2)
            .compression(Compression.ZSTD)
            .predictor(Predictor.NONE)
            .pixelType(PixelType.FLOAT64));
    write(
        GeoTiffWriter.builder(folder.resolve("stored_int16.tif"), WIDTH, HEIGHT, 2)
            .compression(Compression.NONE)
            .pixelType(PixelType.INT16)
            .scalings(List.of(Scaling.NONE, new Scaling(-2, 0))));
  }

  private static void write(GeoTiffWriterBuilder builder) {
    try (GeoTiffWriter writer = builder.tileSize(16).open()) {
      writer.write(new Window(0, 0, WIDTH, HEIGHT), pixels());
      writer.commit();
    }
  }

  private static double[] pixels() {
    double[] pixels = new double[2 * WIDTH * HEIGHT];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 7L * i * i % 1009;
    }
    return pixels;
  }

  /** Writes the files into a folder. */
  public static void main(String[] arguments) {
    writeAll(Path.of(arguments[0]));
  }

  static Stream<List<String>> rows() throws IOException {
    return Files.readAllLines(goldens().resolve("options-gdal.csv")).stream()
        .map(line -> Arrays.asList(line.split(",", -1)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gdalReadsWhatWeWrote(List<String> row) {
    writeAll(folder);
    for (Path file : List.of(goldens().resolve(row.get(0)), folder.resolve(row.get(0)))) {
      try (GeoTiff tiff = GeoTiff.open(file)) {
        RasterInfo info = tiff.info();
        assertThat(info.compression()).hasToString(row.get(1));
        assertThat(info.predictor()).isEqualTo(PREDICTORS.get(row.get(2)));
        assertThat(tiff.overviews()).hasSize(Integer.parseInt(row.get(3)));
        List<Double> numbers = new ArrayList<>();
        for (String scaling : row.get(4).split(" ", -1)) {
          String[] parts = scaling.split("\\*x\\+", -1);
          numbers.add(Double.parseDouble(parts[0]));
          numbers.add(Double.parseDouble(parts[1]));
        }
        assertThat(info.scalings())
            .containsExactly(
                new Scaling(numbers.get(0), numbers.get(1)),
                new Scaling(numbers.get(2), numbers.get(3)));
        assertThat(String.join(" ", info.bandNames()))
            .isEqualTo(row.get(5).replace("None None", " "));
        assertThat(checksums(tiff)).isEqualTo(row.get(6));
        for (int level = 0; level < tiff.overviews().size(); level++) {
          assertThat(checksums(tiff.overviews().get(level))).isEqualTo(row.get(7 + level));
        }
        assertThat(tiff.readRaw(1, info.window()))
            .isEqualTo(Arrays.copyOfRange(pixels(), WIDTH * HEIGHT, 2 * WIDTH * HEIGHT));
      }
    }
  }

  private static String checksums(GeoTiff tiff) {
    return GdalChecksum.of(tiff, 0) + " " + GdalChecksum.of(tiff, 1);
  }

  @Test
  void scalingsComeBackAsTheyWereGiven() {
    writeAll(folder);
    try (GeoTiff tiff = GeoTiff.open(folder.resolve("zstd_float32.tif"))) {
      assertThat(tiff.info().scalings()).isEqualTo(SCALINGS);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DEFLATE", "ZSTD", "NONE"})
  void otherCompressionsAreRefused(Compression compression) {
    assertThatThrownBy(
            () -> GeoTiffWriter.builder(folder.resolve("a.tif"), 1, 1, 1).compression(compression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("compression must be DEFLATE, ZSTD or NONE but was " + compression);
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    GeoTiffWriterBuilder builder =
        GeoTiffWriter.builder(folder.resolve("a.tif"), 1, 1, 1)
            .predictor(Predictor.FLOATING_POINT)
            .compression(Compression.NONE);
    assertThatThrownBy(builder::open)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("predictor must be NONE for compression NONE but was FLOATING_POINT");
    assertThatThrownBy(() -> builder.compression(Compression.ZSTD))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.scalings(SCALINGS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scalings must be 1, one per band, but were 2");
  }

  @Test
  void withoutZstdJniTheMissingArtifactIsNamed() throws Exception {
    try (URLClassLoader loader = HidingLoader.without("com.github.luben")) {
      Class<?> builders = loader.loadClass(GeoTiffWriter.class.getName());
      Object builder =
          builders
              .getMethod("builder", Path.class, int.class, int.class, int.class)
              .invoke(null, folder.resolve("a.tif"), 1, 1, 1);
      Class<?> compression = loader.loadClass(Compression.class.getName());
      Object zstd = compression.getMethod("valueOf", String.class).invoke(null, "ZSTD");
      assertThatThrownBy(
              () -> builder.getClass().getMethod("compression", compression).invoke(builder, zstd))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("compression ZSTD needs com.github.luben:zstd-jni");
    }
  }
}
