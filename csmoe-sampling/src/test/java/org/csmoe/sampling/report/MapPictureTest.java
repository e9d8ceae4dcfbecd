package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.csmoe.sampling.DescribedArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKTReader;

class MapPictureTest {
  /** Of a picture 1200 wide with a title. */
  private static final double MARGIN = 14;

  private static final double TOP = 52;

  private static DensityMap density(double longitude, double latitude, int tiles) {
    DescribedArchive.Builder builder = DescribedArchive.builder();
    for (int i = 0; i < tiles; i++) {
      builder.add("t" + i, longitude, latitude, 1, 1);
    }
    return DensityMap.of(builder.build(), 5);
  }

  private static Geometry land(double west, double south, double east, double north)
      throws ParseException {
    return new WKTReader()
        .read(
            "POLYGON ((%1$s %2$s, %3$s %2$s, %3$s %4$s, %1$s %4$s, %1$s %2$s))"
                .formatted(west, south, east, north));
  }

  private static int pixel(
      BufferedImage image, MapProjection projection, double longitude, double latitude) {
    MapFrame frame = new MapFrame(projection, MARGIN, TOP, 1200 - 2 * MARGIN);
    return image.getRGB((int) frame.x(longitude, latitude), (int) frame.y(latitude)) & 0xffffff;
  }

  /** Equal but for one step in a channel, by which laying pictures over each other may round. */
  private static boolean isNear(int a, int b) {
    return Math.abs((a >> 16 & 0xff) - (b >> 16 & 0xff)) <= 1
        && Math.abs((a >> 8 & 0xff) - (b >> 8 & 0xff)) <= 1
        && Math.abs((a & 0xff) - (b & 0xff)) <= 1;
  }

  @ParameterizedTest
  @EnumSource
  void aTileColoursItsCellAndLandAndSeaAreTheirOwn(MapProjection projection) throws ParseException {
    MapPicture picture =
        MapPicture.builder()
            .projection(projection)
            .width(1200)
            .scaleMaximum(50)
            .coastLines(List.of(land(-20, -20, 40, 40)))
            .build();
    for (double[] place : new double[][] {{12, 12}, {-178, 62}, {178, -62}, {102, -77}}) {
      BufferedImage image = picture.draw(density(place[0], place[1], 7), "Title");
      int colour = new ColourScale(50).rgb(7);
      double west = Math.floor(place[0] / 5) * 5;
      double south = Math.floor(place[1] / 5) * 5;
      assertThat(isNear(pixel(image, projection, west + 2.5, south + 2.5), colour)).isTrue();
      assertThat(isNear(pixel(image, projection, west + 1, south + 1), colour)).isTrue();
      assertThat(isNear(pixel(image, projection, west + 4, south + 4), colour)).isTrue();
      assertThat(pixel(image, projection, -10, -10)).isEqualTo(ColourScale.LAND);
      assertThat(pixel(image, projection, 100, 10)).isEqualTo(0xffffff);
      int coloured = 0;
      for (int y = (int) TOP; y < TOP + MapFrame.height(projection, 1200 - 2 * MARGIN); y++) {
        for (int x = 0; x < 1200; x++) {
          coloured += isNear(image.getRGB(x, y), colour) ? 1 : 0;
        }
      }
      // One cell, in Equal Earth with true area; its rim is mixed and does not count.
      double height =
          projection == MapProjection.PLATE_CARREE
              ? Math.toRadians(5)
              : Math.sin(Math.toRadians(south + 5)) - Math.sin(Math.toRadians(south));
      double pixels = (1200 - 2 * MARGIN) / (2 * Math.PI * projection.scale(0));
      double whole = pixels * pixels * Math.toRadians(5) * height;
      assertThat((double) coloured).isBetween(0.4 * whole, whole);
    }
  }

  @Test
  void legendAndTitleAreThere() throws ParseException {
    BufferedImage image =
        MapPicture.builder()
            .width(1200)
            .coastLines(List.of(land(0, 0, 10, 10)))
            .build()
            .draw(density(0, 50, 80), "Where tiles are");
    assertThat(image.getWidth()).isEqualTo(1200);
    double bottom = TOP + MapFrame.height(MapProjection.EQUAL_EARTH, 1200 - 2 * MARGIN);
    assertThat(image.getHeight()).isEqualTo((int) Math.ceil(bottom + MapLegend.HEIGHT));
    int bar = (int) (bottom + 30);
    // The bar is 520 wide in the middle, from the colour of one tile to that of the maximum.
    assertThat(image.getRGB(341, bar) & 0xffffff).isEqualTo(ColourScale.at(0));
    assertThat(image.getRGB(858, bar) & 0xffffff).isEqualTo(ColourScale.at(1));
    assertThat(image.getRGB(250, bar) & 0xffffff).isEqualTo(ColourScale.LAND);
    assertThat(dark(image, 0, 50)).isGreaterThan(200);
    assertThat(dark(image, (int) bottom + 38, image.getHeight())).isGreaterThan(500);
    BufferedImage untitled = MapPicture.builder().width(1200).build().draw(density(0, 50, 80), "");
    assertThat(untitled.getHeight()).isEqualTo(image.getHeight() - 38);
    assertThat(untitled.getRGB(250, bar - 38) & 0xffffff).isEqualTo(0xffffff);
  }

  private static long dark(BufferedImage image, int from, int to) {
    return IntStream.range(from, to)
        .mapToLong(
            y ->
                IntStream.range(0, image.getWidth())
                    .filter(x -> (image.getRGB(x, y) >> 8 & 0xff) < 0x80)
                    .count())
        .sum();
  }

  @Test
  void fewCountsHaveABoxEach() {
    BufferedImage image = MapPicture.builder().width(1200).build().draw(density(0, 0, 3), "");
    int bar = image.getHeight() - 92 + 30;
    for (int n = 1; n <= 3; n++) {
      int middle = 340 + (int) ((n - 0.5) * 520 / 3);
      assertThat(image.getRGB(middle, bar) & 0xffffff).isEqualTo(new ColourScale(3).rgb(n));
    }
  }

  @Test
  void aPictureIsTheSameEachTimeAndAPngOfItself() throws IOException {
    MapPicture picture = MapPicture.builder().width(700).build();
    DensityMap map = density(7, 7, 30);
    byte[] png = picture.png(map, "Twice");
    assertThat(picture.png(map, "Twice")).isEqualTo(png);
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    BufferedImage drawn = picture.draw(map, "Twice");
    assertThat(read.getRGB(0, 0, 700, read.getHeight(), null, 0, 700))
        .isEqualTo(drawn.getRGB(0, 0, 700, drawn.getHeight(), null, 0, 700));
  }

  @Test
  void aMapWithoutTilesIsDrawn() {
    DensityMap none = DensityMap.of(DescribedArchive.builder().build(), 1);
    assertThat(MapPicture.builder().width(600).build().draw(none, "None").getWidth())
        .isEqualTo(600);
  }

  @Test
  void badSettingsAreNamedWithTheirRange() {
    assertThatThrownBy(() -> MapPicture.builder().width(599))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("width must be in 600..10000 but was 599");
    assertThatThrownBy(() -> MapPicture.builder().scaleMaximum(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scaleMaximum must be at least 1 but was 0");
  }
}
