package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.BasicStroke;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKTReader;

class CoastLinesTest {
  private static CoastLines lines(MapProjection projection, String... texts) throws ParseException {
    Geometry[] geometries = new Geometry[texts.length];
    for (int i = 0; i < texts.length; i++) {
      geometries[i] = new WKTReader().read(texts[i]);
    }
    return new CoastLines(new MapFrame(projection, 0, 0, 3600), List.of(geometries));
  }

  /** The longest straight piece that is drawn, in tenths of a degree of the plate carree. */
  private static double longest(Path2D path) {
    double longest = 0;
    double[] at = new double[6];
    double x = 0;
    double y = 0;
    for (PathIterator i = path.getPathIterator(null); !i.isDone(); i.next()) {
      int type = i.currentSegment(at);
      if (type == PathIterator.SEG_LINETO) {
        longest = Math.max(longest, Math.hypot(at[0] - x, at[1] - y));
      }
      x = at[0];
      y = at[1];
    }
    return longest;
  }

  /** Whether a line, not the area inside of it, passes through a box. */
  private static boolean isDrawn(Path2D path, double x, double y, double width, double height) {
    return new BasicStroke(0.1f).createStrokedShape(path).intersects(x, y, width, height);
  }

  /** As Natural Earth cuts Fiji: two parts, each with an edge along the antimeridian. */
  private static final String CUT =
      "MULTIPOLYGON (((178 -16, 180 -16, 180 -18, 178 -18, 178 -16)), ((-180 -16, -179 -16, -179 -18, -180 -18, -180 -16)))";

  /** The same land in one ring whose longitudes jump. */
  private static final String JUMPING = "POLYGON ((178 -16, -179 -16, -179 -18, 178 -18, 178 -16))";

  /** The same land in one ring that goes on beyond 180 degrees. */
  private static final String BEYOND = "POLYGON ((178 -16, 181 -16, 181 -18, 178 -18, 178 -16))";

  @ParameterizedTest
  @EnumSource
  void landAcrossTheAntimeridianIsAtBothEdgesHoweverItIsWritten(MapProjection projection)
      throws ParseException {
    MapFrame frame = new MapFrame(projection, 0, 0, 3600);
    for (String text : new String[] {CUT, JUMPING, BEYOND}) {
      CoastLines lines = lines(projection, text);
      for (double longitude : new double[] {178.5, 179.9, -179.9, -179.5}) {
        assertThat(lines.land().contains(frame.x(longitude, -17), frame.y(-17)))
            .as("land at %s in %s", longitude, text)
            .isTrue();
      }
      for (double longitude : new double[] {177.5, 100, 0, -100, -178.5}) {
        assertThat(lines.land().contains(frame.x(longitude, -17), frame.y(-17)))
            .as("land at %s in %s", longitude, text)
            .isFalse();
      }
      // No line is longer than the land's three degrees.
      assertThat(longest(lines.coast())).isLessThanOrEqualTo(30.001);
    }
  }

  @Test
  void theEdgeAlongWhichDataAreCutIsNoCoast() throws ParseException {
    CoastLines lines = lines(MapProjection.PLATE_CARREE, CUT);
    assertThat(isDrawn(lines.coast(), 3599.5, 1065, 1, 10)).isFalse();
    assertThat(isDrawn(lines.coast(), 3579.5, 1065, 1, 10)).isTrue();
  }

  /** As Natural Earth cuts Antarctica: along both edges and the pole. */
  @Test
  void antarcticaHasNoCoastAtThePoleAndNoLineAcrossTheMap() throws ParseException {
    CoastLines lines =
        lines(
            MapProjection.PLATE_CARREE,
            "POLYGON ((-180 -70, -90 -72, 0 -70, 90 -68, 180 -70, 180 -90, -180 -90, -180 -70))");
    assertThat(lines.land().contains(1800, 1750)).isTrue();
    assertThat(lines.land().contains(5, 1795)).isTrue();
    assertThat(lines.land().contains(1800, 1550)).isFalse();
    assertThat(isDrawn(lines.coast(), 1000, 1790, 1600, 20)).isFalse();
    assertThat(lines.coast().getBounds2D().getMaxY()).isLessThan(1801);
    assertThat(isDrawn(lines.coast(), 1795, 1590, 10, 20)).isTrue();
  }

  @Test
  void lakesAreHolesAndLinesAreNotFilled() throws ParseException {
    CoastLines lines =
        lines(
            MapProjection.PLATE_CARREE,
            "POLYGON ((0 0, 20 0, 20 20, 0 20, 0 0), (5 5, 15 5, 15 15, 5 15, 5 5))",
            "LINESTRING (40 0, 60 0, 60 20, 40 20, 40 0)",
            "GEOMETRYCOLLECTION EMPTY",
            "POINT (100 0)");
    assertThat(lines.land().contains(1825, 875)).isTrue();
    assertThat(lines.land().contains(1900, 800)).isFalse();
    assertThat(lines.land().contains(2300, 800)).isFalse();
    assertThat(isDrawn(lines.coast(), 2295, 895, 10, 10)).isTrue();
  }

  @Test
  void meridiansBendWithTheProjection() throws ParseException {
    MapFrame frame = new MapFrame(MapProjection.EQUAL_EARTH, 0, 0, 3600);
    Path2D coast = lines(MapProjection.EQUAL_EARTH, "LINESTRING (170 0, 170 80)").coast();
    // Half-way, a straight line would be 100 pixels nearer to the middle.
    assertThat(isDrawn(coast, frame.x(170, 40) - 1, frame.y(40) - 1, 2, 2)).isTrue();
  }
}
