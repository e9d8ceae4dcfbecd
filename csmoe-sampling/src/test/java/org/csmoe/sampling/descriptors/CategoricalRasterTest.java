package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.csmoe.CsMoeException;
import org.csmoe.RasterFormatException;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.PixelType;
import org.csmoe.sampling.Location;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;

class CategoricalRasterTest {
  private final Path folder;

  CategoricalRasterTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static CategoricalRaster open(Path path) {
    return CategoricalRaster.builder(path).legend(Legend.numbers()).open();
  }

  private static Geometry box(double west, double east, double south, double north) {
    return new GeometryFactory().toGeometry(new Envelope(west, east, south, north));
  }

  /** 10 to 14 E, 46 to 50 N, a pixel is a tenth of a degree. */
  private TinyTiff region() {
    return TinyTiff.of(10, 50, 0.1, 40, 40).codes((x, y) -> x + 40 * (y % 5));
  }

  /** Tiles of 2 x 2 degrees with 20 x 20 pixels, whose class is the tile. */
  private Path mosaic(int across, int down) throws IOException {
    Path tiles = Files.createDirectory(folder.resolve("tiles"));
    for (int i = 0; i < across * down; i++) {
      int tile = i;
      TinyTiff.of(2 * (i % across), 40 - 2 * (i / across), 0.1, 20, 20)
          .codes((x, y) -> tile)
          .write(tiles.resolve("tile%03d.TIF".formatted(i)));
    }
    return tiles;
  }

  @Test
  void aPointOutsideAndOneWithoutDataAreToldApart() {
    Path path = region().noData("7").write(folder.resolve("r.tif"));
    try (CategoricalRaster raster = open(path)) {
      assertThat(raster.classAt(10.85, 49.95)).isEqualTo(8);
      assertThat(raster.classAt(10.75, 49.95)).isEqualTo(CategoricalRaster.NO_DATA);
      assertThat(raster.classAt(9.95, 49.95)).isEqualTo(CategoricalRaster.OUTSIDE);
      assertThat(raster.classAt(10.85, 50.05)).isEqualTo(CategoricalRaster.OUTSIDE);
      assertThat(raster.classAt(10.85 - 360, 49.95)).isEqualTo(8);
    }
  }

  @Test
  void coordinatesThatAreNoPlaceAreRefused() {
    try (CategoricalRaster raster = open(region().write(folder.resolve("r.tif")))) {
      assertThatThrownBy(() -> raster.classAt(Double.NaN, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("longitude");
      assertThatThrownBy(() -> raster.classAt(0, 90.001))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("latitude must be in -90..90 but was 90.001");
      assertThatThrownBy(() -> raster.histogram(box(48, 49, 100, 101)))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("y = latitude");
    }
  }

  @Test
  void noDataIsTheTagUnlessTheLegendNamesItOrTheUserSaysOtherwise() throws IOException {
    Path path =
        TinyTiff.of(0, 10, 1, 10, 10).codes((x, y) -> x).noData("0").write(folder.resolve("r.tif"));
    Legend water = legend("value,name\n0,Water\n1,Land\n2,No data\n");
    Legend land = legend("value,name\n1,Land\n");
    int none = CategoricalRaster.NO_DATA;
    assertThat(first(CategoricalRaster.builder(path).legend(land), 3)).containsExactly(none, 1, 2);
    assertThat(first(CategoricalRaster.builder(path).legend(water), 3)).containsExactly(0, 1, none);
    assertThat(first(CategoricalRaster.builder(path).legend(land).noData(), 3))
        .containsExactly(0, 1, 2);
    assertThat(first(CategoricalRaster.builder(path).legend(water).noData(0, 1), 3))
        .containsExactly(none, none, 2);
  }

  private Legend legend(String text) throws IOException {
    return Legend.read(Files.writeString(folder.resolve("l.csv"), text));
  }

  private static List<Integer> first(CategoricalRaster.Builder builder, int count) {
    List<Integer> codes = new ArrayList<>();
    try (CategoricalRaster raster = builder.open()) {
      for (int x = 0; x < count; x++) {
        codes.add(raster.classAt(x + 0.5, 5));
      }
    }
    return codes;
  }

  @Test
  void wideCodesAndWholeFloatsAreClasses() {
    Path wide =
        TinyTiff.of(0, 10, 1, 10, 10)
            .type(PixelType.UINT16)
            .codes((x, y) -> x == 9 ? 65535 : 32767 - x)
            .noData("65535")
            .write(folder.resolve("wide.tif"));
    try (CategoricalRaster raster = open(wide)) {
      assertThat(raster.classAt(0.5, 5)).isEqualTo(32767);
      assertThat(raster.classAt(9.5, 5)).isEqualTo(CategoricalRaster.NO_DATA);
      ClassHistogram histogram = raster.histogram(box(0, 10, 0, 10));
      assertThat(histogram.areasKm2().firstKey()).isEqualTo(32767 - 8);
      assertThat(histogram.areasKm2().lastKey()).isEqualTo(32767);
    }
    Path floats =
        TinyTiff.of(0, 10, 1, 10, 10)
            .type(PixelType.FLOAT32)
            .codes((x, y) -> x == 4 ? -99990 : 10 * x)
            .noData("-9999")
            .write(folder.resolve("floats.tif"));
    try (CategoricalRaster raster = open(floats)) {
      assertThat(raster.classAt(3.5, 5)).isEqualTo(3);
      assertThat(raster.classAt(4.5, 5)).isEqualTo(CategoricalRaster.NO_DATA);
    }
  }

  @Test
  void valuesThatAreNoClassCodesAreRefusedWithTheirPixel() {
    Path fraction =
        TinyTiff.of(0, 40, 1, 40, 40)
            .type(PixelType.FLOAT32)
            .codes((x, y) -> x == 17 && y == 20 ? 25 : 10)
            .write(folder.resolve("fraction.tif"));
    try (CategoricalRaster raster = open(fraction)) {
      assertThat(raster.classAt(1, 39)).isEqualTo(1);
      assertThatThrownBy(() -> raster.classAt(20, 20))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("fraction.tif")
          .hasMessageContaining("2.5 at column 17, row 20");
      // The file is still of use elsewhere.
      assertThat(raster.classAt(39, 39)).isEqualTo(1);
    }
    Path negative =
        TinyTiff.of(0, 10, 1, 10, 10)
            .type(PixelType.INT16)
            .codes((x, y) -> -5)
            .write(folder.resolve("negative.tif"));
    try (CategoricalRaster raster = open(negative)) {
      assertThatThrownBy(() -> raster.classAt(1, 1))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("-5.0 at column 0, row 0")
          .hasMessageContaining("0..32767");
    }
  }

  @Test
  void rastersThatAreNoClassMapInDegreesAreRefused() {
    Path utm = region().epsg(32632).write(folder.resolve("utm.tif"));
    assertThatThrownBy(() -> open(utm))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("utm.tif: found EPSG:32632, expected EPSG:4326")
        .hasMessageContaining("gdalwarp");
    Path other = region().epsg(4258).write(folder.resolve("etrs.tif"));
    assertThatThrownBy(() -> open(other)).hasMessageContaining("EPSG:4258");
    Path unsaid = region().epsg(0).write(folder.resolve("unsaid.tif"));
    assertThatThrownBy(() -> open(unsaid)).hasMessageContaining("gdal_edit.py -a_srs EPSG:4326");
    Path colours = region().bands(3).write(folder.resolve("rgb.tif"));
    assertThatThrownBy(() -> open(colours)).hasMessageContaining("found 3 bands, expected one");
    Path crossed = TinyTiff.of(50, 140, 0.1, 40, 40).write(folder.resolve("crossed.tif"));
    assertThatThrownBy(() -> open(crossed)).hasMessageContaining("axes are not crossed");
    Path named = region().write(folder.resolve("climate.tif"));
    assertThatThrownBy(() -> CategoricalRaster.open(named))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("climate.tif: found no legend")
        .hasMessageContaining("legend.csv");
    assertThatThrownBy(
            () -> CategoricalRaster.builder(named).legend(Legend.numbers()).cacheBytes(255).open())
        .hasMessageContaining("blocks of 256 decoded bytes")
        .hasMessageContaining("TILED=YES");
    assertThatThrownBy(() -> open(folder.resolve("absent.tif")))
        .isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void aPixelThatIsAPointIsTheMiddleOfItsSquare() {
    Path path =
        TinyTiff.of(10, 50, 1, 5, 5)
            .codes((x, y) -> 10 * y + x)
            .pixelIsPoint()
            .write(folder.resolve("point.tif"));
    try (CategoricalRaster raster = open(path)) {
      assertThat(raster.classAt(10, 50)).isZero();
      assertThat(raster.classAt(9.5, 50.5)).isZero();
      assertThat(raster.classAt(12.49, 48.51)).isEqualTo(12);
      assertThat(raster.classAt(14.5, 48)).isEqualTo(CategoricalRaster.OUTSIDE);
    }
  }

  @Test
  void aBlockIsDecodedOnceHoweverManyPlacesAreInIt() {
    try (CategoricalRaster raster = open(region().write(folder.resolve("r.tif")))) {
      for (double x = 10.01; x < 11.5; x += 0.03) {
        for (double y = 48.5; y < 49.9; y += 0.03) {
          raster.classAt(x, y);
        }
      }
      assertThat(raster.blocksDecoded()).isEqualTo(1);
      raster.histogram(box(10, 14, 46, 50));
      assertThat(raster.blocksDecoded()).isEqualTo(9);
    }
  }

  @Test
  void aFootprintDecodesEachBlockOnceEvenWithoutRoomInTheCache() {
    Path path = region().write(folder.resolve("r.tif"));
    try (CategoricalRaster raster =
        CategoricalRaster.builder(path).legend(Legend.numbers()).cacheBytes(256).open()) {
      assertThat(raster.histogram(box(10, 14, 46, 50)).pixels()).isEqualTo(1600);
      assertThat(raster.blocksDecoded()).isEqualTo(9);
    }
  }

  @Test
  void placesOfAMosaicAreInTheTileThatOwnsThem() throws IOException {
    try (CategoricalRaster raster = open(mosaic(4, 3))) {
      assertThat(raster.files()).hasSize(12);
      assertThat(raster.filesOpen()).isZero();
      assertThat(raster.classAt(1.99, 39)).isZero();
      assertThat(raster.classAt(2, 39)).isEqualTo(1);
      assertThat(raster.classAt(3, 38)).isEqualTo(5);
      assertThat(raster.classAt(7.999, 34.001)).isEqualTo(11);
      assertThat(raster.classAt(8, 34.001)).isEqualTo(CategoricalRaster.OUTSIDE);
      assertThat(raster.filesOpen()).isEqualTo(4);
      ClassHistogram histogram = raster.histogram(box(1.5, 2.7, 37, 39));
      assertThat(histogram.pixels()).isEqualTo(12 * 20);
      assertThat(histogram.areasKm2().keySet()).containsExactly(0, 1, 4, 5);
      assertThat(histogram.majority()).isEqualTo(5);
    }
  }

  @Test
  void aBoundedNumberOfFilesStaysOpen() throws IOException {
    try (CategoricalRaster raster =
        CategoricalRaster.builder(mosaic(4, 3)).legend(Legend.numbers()).openFiles(2).open()) {
      for (int i = 0; i < 50; i++) {
        int tile = i * 5 % 12;
        assertThat(raster.classAt(2 * (tile % 4) + (i % 19) / 10.0, 39 - 2 * (tile / 4)))
            .isEqualTo(tile);
        assertThat(raster.filesOpen()).isBetween(1, 2);
      }
    }
  }

  @Test
  void threadsAskTheSameMosaicAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    Path tiles = mosaic(4, 3);
    try (CategoricalRaster raster =
        CategoricalRaster.builder(tiles)
            .legend(Legend.numbers())
            .openFiles(1)
            .cacheBytes(1024)
            .open()) {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        SplittableRandom random = new SplittableRandom(thread);
        wrong.add(
            threads.submit(
                () -> {
                  int count = 0;
                  for (int i = 0; i < 3000; i++) {
                    double x = random.nextDouble(8);
                    double y = random.nextDouble(6);
                    int tile = 4 * (int) (y / 2) + (int) (x / 2);
                    count += raster.classAt(x, 40 - y) == tile ? 0 : 1;
                  }
                  return count;
                }));
      }
      for (Future<Integer> count : wrong) {
        assertThat(count.get()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void tilesThatCoverTheSamePlaceAreRefusedAndOnesThatMeetAreNot() throws IOException {
    Path tiles = mosaic(2, 1);
    // Round the globe: 360 degrees further east is the same place.
    TinyTiff.of(362.5, 39.5, 0.1, 5, 5).write(tiles.resolve("x.tif"));
    assertThatThrownBy(() -> open(tiles))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("x.tif")
        .hasMessageContaining("tile001.TIF");
  }

  @Test
  void aFolderWithoutTilesIsRefused() {
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found no .tif");
  }

  @Test
  void aTileThatChangedSinceItsHeaderWasReadIsRefused() throws IOException {
    Path tiles = mosaic(2, 1);
    try (CategoricalRaster raster = open(tiles)) {
      TinyTiff.of(2, 40, 0.2, 10, 10).write(tiles.resolve("tile001.TIF"));
      assertThat(raster.classAt(1, 39)).isZero();
      assertThatThrownBy(() -> raster.classAt(3, 39))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("another header");
    }
  }

  @Test
  void aFootprintOfTooManyPixelsIsRefused() {
    Path path = region().write(folder.resolve("r.tif"));
    try (CategoricalRaster raster =
        CategoricalRaster.builder(path).legend(Legend.numbers()).maxFootprintPixels(100).open()) {
      assertThat(raster.histogram(box(11, 12, 47, 48)).pixels()).isEqualTo(100);
      Geometry large = box(11, 12.1, 47, 48);
      assertThatThrownBy(() -> raster.histogram(large))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("about 110 pixels, expected at most 100");
      assertThatThrownBy(() -> raster.majority(Location.of("a", large)))
          .hasMessageContaining("maxFootprintPixels");
      assertThat(raster.blocksDecoded()).isEqualTo(2);
    }
  }

  @Test
  void theMajorityHasTheLargestAreaAndOfEqualOnesTheLowestCode() {
    // Two rows of pixels: the upper one, further from the equator, is smaller.
    Path path =
        TinyTiff.of(0, 60, 1, 2, 2)
            .codes((x, y) -> y == 0 ? 3 : 9 - x)
            .noData("9")
            .write(folder.resolve("r.tif"));
    try (CategoricalRaster raster = open(path)) {
      assertThat(raster.histogram(box(1, 2, 58, 60)).majority()).isEqualTo(8);
      ClassHistogram whole = raster.histogram(box(0, 2, 58, 60));
      assertThat(whole.majority()).isEqualTo(3);
      assertThat(whole.noDataKm2()).isPositive();
      assertThat(raster.histogram(box(0, 1, 58, 59)).majority())
          .isEqualTo(CategoricalRaster.NO_DATA);
      assertThat(raster.majority(Location.of("sea", box(0, 1, 58, 59))))
          .isEqualTo(CategoricalRaster.NO_DATA);
    }
    Path tie = TinyTiff.of(0, 60, 1, 2, 2).codes((x, y) -> 9 - x).write(folder.resolve("tie.tif"));
    try (CategoricalRaster raster = open(tie)) {
      assertThat(raster.histogram(box(0, 2, 58, 60)).majority()).isEqualTo(8);
    }
  }

  @Test
  void aTurnedRasterHasFootprints() {
    GeoTransform turned = new GeoTransform(10, 0.06, 0.08, 50, 0.08, -0.06);
    Path path =
        TinyTiff.of(turned, 32, 32).codes((x, y) -> x < 16 ? 1 : 2).write(folder.resolve("t.tif"));
    try (CategoricalRaster raster = open(path)) {
      double x = turned.x(16, 16);
      double y = turned.y(16, 16);
      ClassHistogram histogram = raster.histogram(box(x - 0.5, x + 0.5, y - 0.5, y + 0.5));
      assertThat(histogram.areasKm2().keySet()).containsExactly(1, 2);
      // A box of 1 x 1 degree holds about 100 pixels of 0.1 x 0.1 degree.
      assertThat(histogram.pixels()).isBetween(96L, 104L);
    }
  }

  @Test
  void anInterruptedLookUpEndsAndTheRasterGoesOn() throws Exception {
    Path path = region().write(folder.resolve("r.tif"));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (CategoricalRaster raster = open(path)) {
      Future<Integer> interrupted =
          thread.submit(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  return raster.classAt(12, 48);
                } finally {
                  assertThat(Thread.interrupted()).isTrue();
                }
              });
      assertThatThrownBy(interrupted::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
      assertThat(raster.classAt(10.05, 49.95)).isZero();
      assertThat(thread.submit(() -> raster.classAt(12.05, 49.95)).get()).isEqualTo(20);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void aClosedRasterAnswersNoMore() {
    CategoricalRaster raster = open(region().write(folder.resolve("r.tif")));
    assertThat(raster.classAt(10.05, 49.95)).isZero();
    raster.close();
    assertThatThrownBy(() -> raster.classAt(10.05, 49.95))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    CategoricalRaster.Builder builder = CategoricalRaster.builder(folder);
    assertThatThrownBy(() -> builder.cacheBytes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cacheBytes must be at least 1 but was 0");
    assertThatThrownBy(() -> builder.openFiles(0)).hasMessageContaining("openFiles");
    assertThatThrownBy(() -> builder.maxFootprintPixels(-1)).hasMessageContaining("-1");
  }
}
