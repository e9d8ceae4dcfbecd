package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.RasterInfo;
import org.csmoe.raster.UtmZone;
import org.csmoe.sampling.Location;
import org.junit.jupiter.api.Test;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;

/** Compares with Major TOM's own grid code, see src/test/python/major_tom_golden.py, and images. */
class MajorTomGridTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  /** Rounding of degrees: the original shifts longitudes by 180, which costs the last bits. */
  private static final double DEGREES = 1e-13;

  /** A micrometre. */
  private static final double METRES = 1e-6;

  @Test
  void namesAndCornersAreThoseOfTheOriginalCode() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(MajorTomGridTest.class.getResourceAsStream("major-tom-grid.csv"))) {
      List<String> lines =
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
      assertThat(lines).hasSizeGreaterThan(200);
      for (String line : lines) {
        String[] row = line.split(",", -1);
        MajorTomGrid grid = MajorTomGrid.ofKilometres(Double.parseDouble(row[0]));
        GridCell cell = grid.cell(row[3]);
        double latitude = Double.parseDouble(row[4]);
        double longitude = Double.parseDouble(row[5]);
        assertThat(cell.south()).as(line).isCloseTo(latitude, within(DEGREES));
        assertThat(cell.west()).as(line).isCloseTo(longitude, within(DEGREES));
        assertThat(360 / (cell.east() - cell.west()))
            .as(line)
            .isCloseTo(Integer.parseInt(row[2]), within(1e-6));
        assertThat(cell.zone().epsg()).as(line).isEqualTo(Integer.parseInt(row[6]));
        double middle = Math.IEEEremainder((cell.west() + cell.east()) / 2, 360);
        assertThat(grid.cellAt(middle, (cell.south() + cell.north()) / 2)).contains(cell);
      }
    }
  }

  @Test
  void allCellsAreStreamedInOrderAndCounted() {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
    // By the original's formula for the number of columns of each row, summed in Python.
    assertThat(grid.size()).isEqualTo(5_094_350);
    MajorTomGrid coarse = MajorTomGrid.ofKilometres(100);
    assertThat(coarse.size()).isEqualTo(51_145);
    Counter counter = new Counter(coarse);
    coarse.locations(false).read(counter);
    assertThat(counter.count).isEqualTo(coarse.size());
    assertThat(coarse.locations(false).count()).hasValue(51_145);
    assertThat(coarse.locations(false).name()).isEqualTo("major-tom-grid 100 km");
  }

  private static final class Counter implements org.csmoe.sampling.LocationSource.Visitor {
    private final MajorTomGrid grid;
    private long count;
    private GridCell last = new GridCell(Integer.MIN_VALUE, 0, 0, 0, 0, 0);

    Counter(MajorTomGrid grid) {
      this.grid = grid;
    }

    @Override
    public void accept(Location location) {
      GridCell cell = grid.cell(location.id());
      assertThat(cell.row() > last.row() || cell.column() == last.column() + 1).isTrue();
      last = cell;
      count++;
    }

    @Override
    public void reject(String where, String reason, String detail) {
      throw new AssertionError(where + reason + detail);
    }
  }

  @Test
  void imagesOfMajorTomCoreLieWhereTheGridSays() throws IOException {
    Path core = DATA.resolve("major-tom-core/S2L2A");
    assumeTrue(Files.isDirectory(core), () -> "needs " + core);
    int compared = 0;
    try (Stream<Path> files = Files.walk(core)) {
      for (Path path : files.filter(file -> file.toString().endsWith(".tif")).toList()) {
        RasterInfo info = info(path);
        String name = path.getName(path.getNameCount() - 3).toString();
        MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
        GridCell cell = grid.cell(name);
        assertThat(info.crs()).contains(cell.zone().crs());
        Envelope square = grid.square(cell, cell.zone());
        GeoTransform transform = info.transform().orElseThrow();
        assertThat(transform.originX()).isCloseTo(square.getMinX(), within(METRES));
        assertThat(transform.originY()).isCloseTo(square.getMaxY(), within(METRES));
        assertThat(info.width() * transform.columnX()).isEqualTo(10_680);
        assertThat(transform.y(0, info.height())).isCloseTo(square.getMinY(), within(METRES));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(14);
  }

  @Test
  void cropsOfTerraMeshLieOnASixteenthOfTheImage() throws IOException {
    Path folder = DATA.resolve("terramesh-majortom/S2L2A");
    assumeTrue(Files.isDirectory(folder), () -> "needs " + folder);
    MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path path : files.toList()) {
        String[] parts = path.getFileName().toString().replace(".tif", "").split("_", -1);
        GridCell cell = grid.cell(parts[0] + "_" + parts[1]);
        GeoTransform transform = info(path).transform().orElseThrow();
        Envelope square = grid.square(cell, cell.zone());
        // Crops of 224 pixels every 264 pixels, the first index counts columns.
        assertThat(transform.originX())
            .isCloseTo(square.getMinX() + 2640 * Integer.parseInt(parts[2]), within(METRES));
        assertThat(transform.originY())
            .isCloseTo(square.getMaxY() - 2640 * Integer.parseInt(parts[3]), within(METRES));
      }
    }
  }

  private static RasterInfo info(Path path) {
    try (GeoTiff tiff = GeoTiff.open(path)) {
      return tiff.info();
    }
  }

  @Test
  void theFootprintHasTheCornersOfTheSquareAndTheCentreInside() {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
    GridCell cell = grid.cell("637U_59R");
    Geometry footprint = grid.footprint(cell);
    Envelope square = grid.square(cell, cell.zone());
    double[] metres = new double[2];
    Coordinate first = footprint.getCoordinates()[2];
    cell.zone().toMetres(first.x, first.y, metres);
    assertThat(metres[0]).isCloseTo(square.getMaxX(), within(METRES));
    assertThat(metres[1]).isCloseTo(square.getMaxY(), within(METRES));
    assertThat(
            grid.footprint(cell, new UtmZone(33, false))
                .getCentroid()
                .distance(footprint.getCentroid()))
        .isBetween(1e-4, 0.02);
    assertThat(grid.cellAt(cell.zone(), square.centre().x, square.centre().y)).contains(cell);
  }

  @Test
  void theFootprintAcrossTheAntimeridianIsTwoParts() {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
    // Row 11 has 4007 columns, so that its last cell crosses.
    GridCell crossing = grid.cellAt(-179.9999, 1.018).orElseThrow();
    assertThat(crossing.name()).isEqualTo("11U_2003R");
    assertThat(crossing.east()).isGreaterThan(180);
    Geometry footprint = grid.footprint(crossing);
    assertThat(footprint.getNumGeometries()).isEqualTo(2);
    assertThat(footprint.getEnvelopeInternal().getMinX()).isEqualTo(-180);
    assertThat(footprint.getEnvelopeInternal().getMaxX()).isEqualTo(180);
    assertThat(footprint.getArea()).isBetween(0.0092, 0.0096);
  }

  @Test
  void badNamesAndSpacingsAreRefused() {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(10);
    for (String name :
        List.of("", "199U", "199U_1099", "-1U_3R", "01U_3R", "199u_1099r", "1U_1R_")) {
      assertThatThrownBy(() -> grid.cell(name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("such as 199U_1099R but was " + name);
    }
    assertThatThrownBy(() -> grid.cell("0D_0R"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cell 0D_0R has the name 0U_0R");
    assertThatThrownBy(() -> grid.cell("947U_0R"))
        .hasMessageContaining("rows end at 946U and 946D");
    assertThatThrownBy(() -> grid.cell("946U_999999R"))
        .hasMessageContaining("its row has 946U_176L to 946U_175R");
    assertThatThrownBy(() -> MajorTomGrid.ofKilometres(0))
        .hasMessageContaining("spacing must be in 0.1..500.0 km but was 0.0");
    assertThatThrownBy(() -> MajorTomGrid.ofKilometres(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> grid.cellAt(17, 103)).hasMessageContaining("17.0, 103.0");
    assertThat(grid.cellAt(0, 85.1)).isEmpty();
  }

  @Test
  void anInterruptedThreadStops() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () ->
                  MajorTomGrid.ofKilometres(100)
                      .locations(false)
                      .read(new Counter(MajorTomGrid.ofKilometres(100))))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
