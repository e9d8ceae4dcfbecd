package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;

class MapProjectionProperties {
  @Property
  void aLatitudeComesBack(
      @ForAll MapProjection projection,
      @ForAll @DoubleRange(min = -90, max = 90) @Scale(9) double degrees) {
    double latitude = Math.toRadians(degrees);
    // Near the poles the inverse sine doubles the digits that are lost: 1e-16 becomes 1e-8.
    double tolerance = Math.abs(latitude) < 1.5 ? 1e-13 : 1e-7;
    assertThat(projection.latitude(projection.y(latitude))).isCloseTo(latitude, within(tolerance));
  }

  @Property
  void northIsUp(
      @ForAll MapProjection projection,
      @ForAll @DoubleRange(min = -1.57, max = 1.56) @Scale(9) double latitude) {
    assertThat(projection.y(latitude + 0.01)).isGreaterThan(projection.y(latitude));
    assertThat(projection.y(-latitude)).isCloseTo(-projection.y(latitude), within(1e-15));
    assertThat(projection.scale(-latitude)).isCloseTo(projection.scale(latitude), within(1e-15));
  }

  /** On a sphere of radius 1: width of a parallel times its thickness is 2 pi cos(latitude). */
  @Property
  void equalEarthKeepsAreas(
      @ForAll @DoubleRange(min = -1.55, max = 1.55) @Scale(9) double latitude) {
    MapProjection map = MapProjection.EQUAL_EARTH;
    double step = 1e-5;
    double slope = (map.y(latitude + step) - map.y(latitude - step)) / (2 * step);
    // Of the central difference: step^2 / 6 times a third derivative of up to 100 near the pole.
    assertThat(map.scale(latitude) * slope).isCloseTo(Math.cos(latitude), within(1e-8));
  }

  /** Longitude, latitude in degrees, x, y: pyproj 3.7.2, "+proj=eqearth +R=1". */
  private static final double[][] EQUAL_EARTH = {
    {0, 0, 0.0, 0.0},
    {180, 0, 2.7066299836960748, 0.0},
    {0, 90, 0.0, 1.3173627591574133},
    {180, 90, 1.6035886482840516, 1.3173627591574133},
    {-60, 30, -0.8439005586090883, 0.592935119848017},
    {13.405, 52.52, 0.1627971848754474, 0.9806699640026585},
    {151.209, -33.868, 2.0871109609056417, -0.6646691170829241},
    {-179.5, -85, -1.6163886680475374, -1.3099478794260733},
    {100, 71.25, 1.0070766542344534, 1.2199432846655958},
  };

  @Example
  void equalEarthIsThatOfProj() {
    for (double[] golden : EQUAL_EARTH) {
      double latitude = Math.toRadians(golden[1]);
      double x = Math.toRadians(golden[0]) * MapProjection.EQUAL_EARTH.scale(latitude);
      // Of the order of operations alone.
      assertThat(x).isCloseTo(golden[2], within(1e-14));
      assertThat(MapProjection.EQUAL_EARTH.y(latitude)).isCloseTo(golden[3], within(1e-14));
    }
  }

  @Example
  void plateCarreeIsTwiceAsWideAsHigh() {
    assertThat(MapFrame.height(MapProjection.PLATE_CARREE, 1000)).isCloseTo(500, within(1e-9));
    // Of the paper by Savric, Patterson and Jenny: a ratio of 2.05458.
    assertThat(1000 / MapFrame.height(MapProjection.EQUAL_EARTH, 1000))
        .isCloseTo(2.05458, within(5e-6));
  }

  @Property
  void aFrameKnowsTheDegreesOfItsPixels(
      @ForAll MapProjection projection,
      @ForAll @DoubleRange(min = -180, max = 180) @Scale(9) double longitude,
      @ForAll @DoubleRange(min = -89, max = 89) @Scale(9) double latitude) {
    MapFrame frame = new MapFrame(projection, 20, 50, 1000);
    assertThat(frame.latitude(frame.y(latitude))).isCloseTo(latitude, within(1e-10));
    double x = frame.x(longitude, latitude);
    assertThat((x - frame.centreX()) * frame.degreesPerPixel(latitude))
        .isCloseTo(longitude, within(1e-9));
    assertThat(x).isBetween(20 - 1e-9, 1020 + 1e-9);
    assertThat(frame.latitude(49)).isNaN();
    assertThat(frame.latitude(51 + MapFrame.height(projection, 1000))).isNaN();
  }
}
