package org.csmoe.sampling.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.csmoe.raster.GeoTransform;

class RasterGridProperties {
  private static final double SPHERE_KM2 = 4 * Math.PI * 6371.0088 * 6371.0088;

  private static RasterGrid grid(double west, double north, double pixel, int width, int height) {
    return new RasterGrid(GeoTransform.northUp(west, north, pixel), width, height);
  }

  private static RasterGrid global(int perDegree, double west) {
    return grid(west, 90, 1.0 / perDegree, 360 * perDegree, 180 * perDegree);
  }

  private static long pixel(int column, int row) {
    return (long) row << 32 | column;
  }

  @Property
  void aPixelOwnsItsWestAndNorthEdgesAndNotTheOthers(
      @ForAll @IntRange(min = 1, max = 12000) int perDegree,
      @ForAll @IntRange(min = -179, max = 170) int west,
      @ForAll @IntRange(min = -80, max = 89) int north,
      @ForAll @IntRange(max = 999) int column,
      @ForAll @IntRange(max = 999) int row,
      @ForAll @DoubleRange(min = 0, max = 0.999) @Scale(9) double east,
      @ForAll @DoubleRange(min = 0, max = 0.999) @Scale(9) double south) {
    int size = Math.min(1000, 9 * perDegree);
    RasterGrid grid = grid(west, north, 1.0 / perDegree, size, size);
    int c = column % size;
    int r = row % size;
    double longitude = west + (c + east) / perDegree;
    double latitude = north - (r + south) / perDegree;
    assertThat(grid.pixelAt(longitude, latitude)).isEqualTo(pixel(c, r));
    double eastEdge = west + (double) size / perDegree;
    double southEdge = north - (double) size / perDegree;
    assertThat(grid.pixelAt(eastEdge, latitude)).isEqualTo(RasterGrid.OUTSIDE);
    if (southEdge > -90) {
      assertThat(grid.pixelAt(longitude, southEdge)).isEqualTo(RasterGrid.OUTSIDE);
    }
  }

  @Property
  void neighbouringTilesShareNoPointAndLeaveNoGap(
      @ForAll @IntRange(min = 1, max = 12000) int perDegree,
      @ForAll @IntRange(min = -179, max = 170) int border,
      @ForAll @DoubleRange(min = -1e-3, max = 1e-3) @Scale(9) double offset) {
    RasterGrid left = grid(border - 1, 1, 1.0 / perDegree, perDegree, perDegree);
    RasterGrid right = grid(border, 1, 1.0 / perDegree, perDegree, perDegree);
    for (double longitude : new double[] {border, border + offset, Math.nextDown(border)}) {
      boolean inLeft = left.pixelAt(longitude, 0.5) != RasterGrid.OUTSIDE;
      boolean inRight = right.pixelAt(longitude, 0.5) != RasterGrid.OUTSIDE;
      assertThat(inLeft).as("%s at %s", longitude, border).isNotEqualTo(inRight);
    }
  }

  @Property
  void aTurnAroundTheGlobeIsTheSamePlace(
      @ForAll @IntRange(min = 1, max = 120) int perDegree,
      @ForAll @IntRange(min = -180, max = 179) int longitude,
      @ForAll @DoubleRange(min = 0, max = 0.999) @Scale(9) double east,
      @ForAll @DoubleRange(min = -90, max = 90) @Scale(9) double latitude) {
    double x = longitude + Math.rint(east * perDegree * 8) / (perDegree * 8);
    RasterGrid grid = global(perDegree, -180);
    long pixel = grid.pixelAt(x, latitude);
    assertThat(pixel).isNotEqualTo(RasterGrid.OUTSIDE);
    assertThat(grid.pixelAt(x < 0 ? x + 360 : x - 360, latitude)).isEqualTo(pixel);
    // The same raster that begins at Greenwich has the same places half its width further on.
    long other = global(perDegree, 0).pixelAt(x, latitude);
    assertThat((int) other).isEqualTo(((int) pixel + 180 * perDegree) % (360 * perDegree));
    assertThat(other >> 32).isEqualTo(pixel >> 32);
  }

  @Property
  void aRasterAroundTheGlobeCoversEveryPoint(
      @ForAll @IntRange(min = 1, max = 43200) int width,
      @ForAll @DoubleRange(min = -360, max = 360) @Scale(9) double longitude,
      @ForAll @DoubleRange(min = -90, max = 90) @Scale(9) double latitude) {
    RasterGrid grid =
        new RasterGrid(new GeoTransform(-180, 360.0 / width, 0, 90, 0, -0.5), width, 360);
    for (double x : new double[] {longitude, Math.nextDown(180.0), Math.nextUp(-180.0), 180}) {
      long pixel = grid.pixelAt(x, latitude);
      assertThat((int) pixel).isBetween(0, width - 1);
      assertThat(pixel >> 32).isBetween(0L, 359L);
    }
  }

  @Property
  void aRegionalRasterEndsAtItsEdges(
      @ForAll @IntRange(min = -180, max = 90) int west,
      @ForAll @IntRange(min = 1, max = 90) int degrees,
      @ForAll @DoubleRange(min = 0, max = 0.999) @Scale(9) double outside) {
    RasterGrid grid = grid(west, 45, 1, degrees, 90);
    double beyond = west + degrees + outside * (360 - degrees);
    assertThat(grid.pixelAt(beyond > 180 ? beyond - 360 : beyond, 0)).isEqualTo(RasterGrid.OUTSIDE);
  }

  @Property
  void polesBelongToTheRowsThatTouchThem(
      @ForAll @IntRange(min = 1, max = 1200) int perDegree,
      @ForAll @DoubleRange(min = -180, max = 180) @Scale(9) double longitude) {
    RasterGrid grid = global(perDegree, -180);
    assertThat(grid.pixelAt(longitude, -90) >> 32).isEqualTo(180L * perDegree - 1);
    assertThat(grid.pixelAt(longitude, 90) >> 32).isZero();
    RasterGrid southUp =
        new RasterGrid(
            new GeoTransform(-180, 1.0 / perDegree, 0, -90, 0, 1.0 / perDegree),
            360 * perDegree,
            180 * perDegree);
    assertThat(southUp.pixelAt(longitude, 90) >> 32).isEqualTo(180L * perDegree - 1);
    assertThat(southUp.pixelAt(longitude, -90) >> 32).isZero();
  }

  @Property
  void theMiddleOfAPixelOfATurnedRasterBelongsToIt(
      @ForAll @DoubleRange(min = -170, max = 170) @Scale(9) double x,
      @ForAll @DoubleRange(min = -60, max = 60) @Scale(9) double y,
      @ForAll @DoubleRange(min = -3.1, max = 3.1) @Scale(9) double angle,
      @ForAll @IntRange(max = 99) int column,
      @ForAll @IntRange(max = 79) int row) {
    GeoTransform transform =
        new GeoTransform(
            x,
            0.05 * Math.cos(angle),
            0.04 * Math.sin(angle),
            y,
            0.05 * Math.sin(angle),
            -0.04 * Math.cos(angle));
    RasterGrid grid = new RasterGrid(transform, 100, 80);
    double longitude = transform.x(column + 0.5, row + 0.5);
    double latitude = transform.y(column + 0.5, row + 0.5);
    assertThat(grid.pixelAt(longitude, latitude)).isEqualTo(pixel(column, row));
    assertThat(grid.pixelAt(transform.x(-0.5, row + 0.5), transform.y(-0.5, row + 0.5)))
        .isEqualTo(RasterGrid.OUTSIDE);
    assertThat(longitude).isBetween(grid.minLongitude(), grid.maxLongitude());
    assertThat(latitude).isBetween(grid.minLatitude(), grid.maxLatitude());
  }

  @Example
  void aGridWithItsPixelsOnTheMeridiansCoversThePolesAndRepeatsOneColumn() {
    // 361 x 181 points at whole degrees: pixels reach half a degree further.
    RasterGrid grid = grid(-180.5, 90.5, 1, 361, 181);
    assertThat(grid.pixelAt(-180, 90)).isEqualTo(pixel(0, 0));
    assertThat(grid.pixelAt(180, -90)).isEqualTo(pixel(360, 180));
    assertThat(grid.columnsOnce()).isEqualTo(360);
  }

  @Property(tries = 20)
  void thePixelsOfTheGlobeHaveItsArea(@ForAll @IntRange(min = 1, max = 20) int perDegree) {
    RasterGrid grid = global(perDegree, -180);
    double sum = 0;
    for (int row = 0; row < grid.height(); row++) {
      sum += grid.areaKm2(0, row) * grid.width();
    }
    // Rounding of 3,600 sums.
    assertThat(sum).isCloseTo(SPHERE_KM2, within(1e-12 * SPHERE_KM2));
  }
}
