package org.csmoe.sampling.locations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.locationtech.jts.geom.Envelope;

class MajorTomGridProperties {
  @Property
  void aPointLiesInItsCellAndTheCellHasItsName(
      @ForAll @DoubleRange(min = 0.5, max = 500) double kilometres,
      @ForAll @DoubleRange(min = -180, max = 180) double longitude,
      @ForAll @DoubleRange(min = -77, max = 77) double latitude) {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(kilometres);
    GridCell cell = grid.cellAt(longitude, latitude).orElseThrow();
    assertThat(latitude).isBetween(cell.south(), Math.nextDown(cell.north()));
    double east = longitude < cell.west() ? longitude + 360 : longitude;
    east = east >= cell.west() + 360 ? east - 360 : east;
    assertThat(east).isBetween(cell.west(), Math.nextDown(cell.east()));
    assertThat(grid.cell(cell.name())).isEqualTo(cell);
    assertThat(grid.cellAt(cell.west(), cell.south())).contains(cell);
  }

  @Property(tries = 200)
  void theCellsOfARowTileIt(
      @ForAll @DoubleRange(min = 20, max = 500) double kilometres,
      @ForAll @DoubleRange(min = -77, max = 77) double latitude) {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(kilometres);
    GridCell first = grid.cellAt(0, latitude).orElseThrow();
    GridCell cell = first;
    double width = 0;
    int cells = 0;
    do {
      width += cell.east() - cell.west();
      cells++;
      double west = cell.east() >= 180 ? cell.east() - 360 : cell.east();
      GridCell next = grid.cellAt(Math.nextUp(west + 1e-9), cell.south()).orElseThrow();
      assertThat(Math.IEEEremainder(next.west() - west, 360)).isCloseTo(0, within(1e-9));
      assertThat(next.south()).isEqualTo(cell.south());
      cell = next;
    } while (!cell.equals(first));
    assertThat(width).isCloseTo(360, within(1e-9));
    double edge = 2 * Math.PI * 6378.137 * Math.cos(Math.toRadians(cell.south()));
    assertThat(cells).isEqualTo((int) Math.ceil(edge / kilometres));
  }

  @Property(tries = 10)
  void theCentreOfALocationIsTheMiddleOfItsSquare(
      @ForAll @IntRange(min = 200, max = 500) int kilometres, @ForAll boolean footprints) {
    MajorTomGrid grid = MajorTomGrid.ofKilometres(kilometres);
    double[] metres = new double[2];
    grid.locations(footprints)
        .read(
            new LocationSource.Visitor() {
              @Override
              public void accept(Location location) {
                GridCell cell = grid.cell(location.id());
                cell.zone().toMetres(location.longitude(), location.latitude(), metres);
                Envelope square = grid.square(cell, cell.zone());
                assertThat(metres[0]).isCloseTo(square.centre().x, within(1e-6));
                assertThat(metres[1]).isCloseTo(square.centre().y, within(1e-6));
                assertThat(location.footprint().isPresent()).isEqualTo(footprints);
              }

              @Override
              public void reject(String where, String reason, String detail) {
                throw new AssertionError(where);
              }
            });
  }
}
