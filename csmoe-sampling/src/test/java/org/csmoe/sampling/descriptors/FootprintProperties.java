package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.csmoe.sampling.Location;
import org.locationtech.jts.algorithm.locate.IndexedPointInAreaLocator;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.util.AffineTransformation;

class FootprintProperties {
  private static final GeometryFactory GEOMETRY = new GeometryFactory();
  private static final int PER_DEGREE = 2;
  private static Path folder = Path.of("");

  @BeforeContainer
  static void world() throws IOException {
    folder = Files.createTempDirectory("world");
    for (int west : new int[] {-180, 0}) {
      TinyTiff.of(west, 90, 1.0 / PER_DEGREE, 360 * PER_DEGREE, 180 * PER_DEGREE)
          .codes((x, y) -> code(west * PER_DEGREE + x, y))
          .write(folder.resolve("from" + west + ".tif"));
    }
    Files.createDirectory(folder.resolve("tiles"));
    for (int x = -180; x < 180; x += 60) {
      for (int y = 90; y > -90; y -= 45) {
        int west = x;
        int north = y;
        TinyTiff.of(x, y, 1.0 / PER_DEGREE, 60 * PER_DEGREE, 45 * PER_DEGREE)
            .codes((c, r) -> code(west * PER_DEGREE + c, (90 - north) * PER_DEGREE + r))
            .write(folder.resolve("tiles/x%dy%d.tif".formatted(x, y)));
      }
    }
  }

  /** A class for half degrees east of Greenwich and south of the pole. */
  private static int code(int east, int south) {
    return 1 + Math.floorMod(Math.floorMod(east, 720) * 31 + south * 17, 97);
  }

  @AfterContainer
  static void clean() throws IOException {
    try (var files = Files.walk(folder)) {
      files
          .sorted(java.util.Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static CategoricalRaster open(String name) {
    return CategoricalRaster.builder(folder.resolve(name)).legend(Legend.numbers()).open();
  }

  /** A star with or without a hole around a point. */
  private static Polygon star(long seed, double x, double y, double size) {
    SplittableRandom random = new SplittableRandom(seed);
    int corners = random.nextInt(4, 40);
    Coordinate[] outer = new Coordinate[corners + 1];
    Coordinate[] inner = new Coordinate[corners + 1];
    for (int i = 0; i < corners; i++) {
      double angle = 2 * Math.PI * (i + random.nextDouble(0.5)) / corners;
      double radius = size * random.nextDouble(0.2, 1);
      outer[i] = new Coordinate(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
      inner[i] =
          new Coordinate(x + 0.4 * radius * Math.cos(angle), y + 0.4 * radius * Math.sin(angle));
    }
    outer[corners] = outer[0].copy();
    inner[corners] = inner[0].copy();
    return random.nextBoolean()
        ? GEOMETRY.createPolygon(outer)
        : GEOMETRY.createPolygon(
            GEOMETRY.createLinearRing(outer), new LinearRing[] {GEOMETRY.createLinearRing(inner)});
  }

  private static Geometry box(double west, double east, double south, double north) {
    return GEOMETRY.toGeometry(new Envelope(west, east, south, north));
  }

  private static Geometry moved(Geometry geometry, double east) {
    return AffineTransformation.translationInstance(east, 0).transform(geometry);
  }

  @Property(tries = 150)
  void pixelsAreThoseWhoseCentreIsInsideByPointInPolygon(
      @ForAll long seed,
      @ForAll @DoubleRange(min = -150, max = 150) @Scale(9) double x,
      @ForAll @DoubleRange(min = -60, max = 60) @Scale(9) double y,
      @ForAll @DoubleRange(min = 0.3, max = 29) @Scale(9) double size) {
    Polygon star = star(seed, x, y, size);
    IndexedPointInAreaLocator locator = new IndexedPointInAreaLocator(star);
    ClassHistogram.Sums expected = new ClassHistogram.Sums();
    RasterGrid grid =
        new RasterGrid(org.csmoe.raster.GeoTransform.northUp(-180, 90, 1.0 / PER_DEGREE), 720, 360);
    for (int row = 0; row < 360; row++) {
      for (int column = 0; column < 720; column++) {
        Coordinate centre = new Coordinate(-180 + (column + 0.5) / 2, 90 - (row + 0.5) / 2);
        if (locator.locate(centre) != org.locationtech.jts.geom.Location.EXTERIOR) {
          expected.add(code(column - 360, row), grid.areaKm2(0, row));
        }
      }
    }
    try (CategoricalRaster world = open("from-180.tif")) {
      assertThat(world.histogram(star)).isEqualTo(expected.toHistogram());
    }
  }

  @Property(tries = 100)
  void aMosaicAndARasterThatBeginsElsewhereAnswerAlike(
      @ForAll long seed,
      @ForAll @DoubleRange(min = -180, max = 180) @Scale(9) double x,
      @ForAll @DoubleRange(min = -58, max = 58) @Scale(9) double y,
      @ForAll @DoubleRange(min = 0.3, max = 29) @Scale(9) double size) {
    Polygon star = star(seed, x, y, size);
    try (CategoricalRaster world = open("from-180.tif");
        CategoricalRaster greenwich = open("from0.tif");
        CategoricalRaster tiles = open("tiles")) {
      ClassHistogram histogram = world.histogram(star);
      assertAlike(greenwich.histogram(star), histogram);
      assertAlike(tiles.histogram(star), histogram);
      assertAlike(world.histogram(moved(star, x > 30 ? -360 : x < -30 ? 360 : 0)), histogram);
      int code = world.classAt(x, y);
      assertThat(greenwich.classAt(x, y)).isEqualTo(code);
      assertThat(tiles.classAt(x, y)).isEqualTo(code);
    }
  }

  /** Sums in another order differ by their rounding. */
  private static void assertAlike(ClassHistogram actual, ClassHistogram expected) {
    assertThat(actual.pixels()).isEqualTo(expected.pixels());
    assertThat(actual.areasKm2().keySet()).isEqualTo(expected.areasKm2().keySet());
    actual
        .areasKm2()
        .forEach(
            (code, area) ->
                assertThat(area / expected.areasKm2().getOrDefault(code, 0.0))
                    .isBetween(1 - 1e-11, 1 + 1e-11));
  }

  @Property(tries = 200)
  void footprintsThatShareASideShareNoPixelAndLeaveNone(
      @ForAll @IntRange(min = -320, max = 320) int westHalf,
      @ForAll @IntRange(min = -160, max = 140) int southHalf,
      @ForAll @IntRange(min = 1, max = 79) int cutQuarter) {
    // Sides on edges and on centres of pixels.
    double west = westHalf / 2.0;
    double south = southHalf / 2.0;
    double cut = cutQuarter / 4.0;
    try (CategoricalRaster world = open("from-180.tif")) {
      long whole = world.histogram(box(west, west + 20, south, south + 10)).pixels();
      assertThat(whole).isEqualTo(40 * 20);
      long left = world.histogram(box(west, west + cut, south, south + 10)).pixels();
      long right = world.histogram(box(west + cut, west + 20, south, south + 10)).pixels();
      assertThat(left + right).isEqualTo(whole);
      long lower = world.histogram(box(west, west + 20, south, south + cut / 2)).pixels();
      long upper = world.histogram(box(west, west + 20, south + cut / 2, south + 10)).pixels();
      assertThat(lower + upper).isEqualTo(whole);
    }
  }

  @Property(tries = 50)
  void twoPartsAtTheAntimeridianAreOneFootprint(
      @ForAll @DoubleRange(min = 0.6, max = 9) @Scale(9) double east,
      @ForAll @DoubleRange(min = 0.6, max = 9) @Scale(9) double west,
      @ForAll @DoubleRange(min = -80, max = 79) @Scale(9) double south) {
    Geometry beyond = box(180 - west, 180 + east, south, south + 5);
    Geometry parts =
        box(180 - west, 180, south, south + 5).union(box(-180, -180 + east, south, south + 5));
    assertThat(parts.getNumGeometries()).isEqualTo(2);
    try (CategoricalRaster world = open("from-180.tif");
        CategoricalRaster greenwich = open("from0.tif")) {
      ClassHistogram histogram = greenwich.histogram(beyond);
      assertThat(histogram.pixels()).isPositive();
      assertAlike(world.histogram(parts), histogram);
      assertAlike(world.histogram(beyond), histogram);
      assertAlike(greenwich.histogram(parts), histogram);
    }
  }

  @Example
  void aFootprintWithoutACentreHasTheClassOfItsCentre() {
    try (CategoricalRaster world = open("from-180.tif")) {
      Geometry tiny = box(10.3, 10.4, 50.3, 50.4);
      assertThat(world.histogram(tiny).pixels()).isZero();
      assertThat(world.histogram(tiny).majority()).isEqualTo(CategoricalRaster.OUTSIDE);
      assertThat(world.majority(Location.of("tiny", tiny))).isEqualTo(world.classAt(10.35, 50.35));
      assertThat(world.majority(Location.at("point", 10.35, 50.35)))
          .isEqualTo(world.classAt(10.35, 50.35));
    }
  }
}
