package org.csmoe.sampling.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.locationtech.jts.geom.Geometry;

/**
 * Draws density maps for print: cells coloured by count, land, coast lines, a graticule every 30
 * degrees, title and legend. Cells without tiles stay white at sea and grey on land. Colours are
 * logarithmic; pictures that are to be compared need the same {@link Builder#scaleMaximum}.
 *
 * <p>Text needs a font on the machine; on a slim container install fontconfig and any font.
 * Immutable and safe for use by several threads.
 */
public final class MapPicture {
  private static final Color LAND = new Color(ColourScale.LAND);
  private static final Color GRATICULE = new Color(0xd3d7da);
  private static final Color COAST = new Color(0, 0, 0, 0x96);
  private static final Color EDGE = new Color(0x6b6f73);

  private final MapProjection projection;
  private final int width;
  private final OptionalInt scaleMaximum;
  private final List<Geometry> coastLines;

  private MapPicture(Builder builder) {
    projection = builder.projection;
    width = builder.width;
    scaleMaximum = builder.scaleMaximum;
    coastLines = List.copyOf(builder.coastLines);
  }

  /**
   * Begins a picture.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Draws a map.
   *
   * @param map the counts
   * @param title stands above the map; may be empty
   * @return an opaque RGB picture, as wide as asked for
   */
  public BufferedImage draw(DensityMap map, String title) {
    double unit = width / 1200.0;
    double margin = 14 * unit;
    double top = title.isEmpty() ? margin : 52 * unit;
    double mapWidth = width - 2 * margin;
    double mapHeight = MapFrame.height(projection, mapWidth);
    int height = (int) Math.ceil(top + mapHeight + MapLegend.HEIGHT * unit);
    MapFrame frame = new MapFrame(projection, margin, top, mapWidth);
    ColourScale scale = new ColourScale(scaleMaximum.orElse(map.max()));

    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, width, height);
      CoastLines coasts = new CoastLines(frame, coastLines);
      Shape outline = frame.outline();
      graphics.setClip(outline);
      graphics.setColor(LAND);
      graphics.fill(coasts.land());
      drawGraticule(graphics, frame, unit);
      graphics.drawImage(cells(map, scale, frame, height), 0, 0, null);
      stroke(graphics, COAST, 0.7 * unit);
      graphics.draw(coasts.coast());
      graphics.setClip(null);
      stroke(graphics, EDGE, 1.2 * unit);
      graphics.draw(outline);
      new MapLegend(graphics, unit, width)
          .draw(map, scale, title, projection.label(), top + mapHeight, !coastLines.isEmpty());
    } finally {
      graphics.dispose();
    }
    return image;
  }

  /**
   * Draws a map as a PNG file.
   *
   * @param map the counts
   * @param title stands above the map; may be empty
   * @return the bytes of the file
   */
  public byte[] png(DensityMap map, String title) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(draw(map, title), "png", bytes)) {
        throw new IllegalStateException("this Java has no writer of PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a PNG of map " + title, e);
    }
    return bytes.toByteArray();
  }

  private static void stroke(Graphics2D graphics, Color colour, double width) {
    graphics.setColor(colour);
    graphics.setStroke(
        new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  private static void drawGraticule(Graphics2D graphics, MapFrame frame, double unit) {
    Path2D path = new Path2D.Double();
    for (int longitude = -150; longitude <= 150; longitude += 30) {
      path.moveTo(frame.x(longitude, -90), frame.y(-90));
      frame.line(path, longitude, -90, longitude, 90);
    }
    for (int latitude = -60; latitude <= 60; latitude += 30) {
      path.moveTo(frame.x(-180, latitude), frame.y(latitude));
      frame.line(path, -180, latitude, 180, latitude);
    }
    stroke(graphics, GRATICULE, 0.6 * unit);
    graphics.draw(path);
  }

  /** The cells alone, transparent elsewhere; every pixel is the mean of 2 x 2 looks at the map. */
  private BufferedImage cells(DensityMap map, ColourScale scale, MapFrame frame, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    int[] sums = new int[4 * width];
    for (int row = 0; row < height; row++) {
      Arrays.fill(sums, 0);
      look(map, scale, frame, row + 0.25, sums);
      look(map, scale, frame, row + 0.75, sums);
      for (int column = 0; column < width; column++) {
        int looks = sums[4 * column];
        if (looks > 0) {
          int at = 4 * column;
          int red = sums[at + 1] / looks;
          int green = sums[at + 2] / looks;
          int blue = sums[at + 3] / looks;
          int alpha = 255 * looks / 4;
          image.setRGB(column, row, alpha << 24 | red << 16 | green << 8 | blue);
        }
      }
    }
    return image;
  }

  private void look(DensityMap map, ColourScale scale, MapFrame frame, double y, int[] sums) {
    double latitude = frame.latitude(y);
    if (Double.isNaN(latitude)) {
      return;
    }
    double degrees = frame.degreesPerPixel(latitude);
    for (int half = 0; half < 2 * width; half++) {
      double longitude = (half / 2.0 + 0.25 - frame.centreX()) * degrees;
      if (Math.abs(longitude) <= 180) {
        int count = map.count(longitude, latitude);
        if (count > 0) {
          int colour = scale.rgb(count);
          int at = half / 2 * 4;
          sums[at]++;
          sums[at + 1] += colour >> 16 & 0xff;
          sums[at + 2] += colour >> 8 & 0xff;
          sums[at + 3] += colour & 0xff;
        }
      }
    }
  }

  /** Settings of a picture. Not safe for use by several threads. */
  public static final class Builder {
    private MapProjection projection = MapProjection.EQUAL_EARTH;
    private int width = 2400;
    private OptionalInt scaleMaximum = OptionalInt.empty();
    private List<Geometry> coastLines = List.of();

    private Builder() {}

    /**
     * How the sphere is laid flat.
     *
     * @param value by default Equal Earth
     * @return this builder
     */
    public Builder projection(MapProjection value) {
      projection = value;
      return this;
    }

    /**
     * Width of the picture; text and lines grow with it.
     *
     * @param pixels 600 to 10,000, by default 2400, which is 20 cm at 300 dpi
     * @return this builder
     * @throws IllegalArgumentException when out of range
     */
    public Builder width(int pixels) {
      if (pixels < 600 || pixels > 10_000) {
        throw new IllegalArgumentException("width must be in 600..10000 but was " + pixels);
      }
      width = pixels;
      return this;
    }

    /**
     * The count that has the darkest colour, and above.
     *
     * @param count at least 1, by default the map's own maximum
     * @return this builder
     * @throws IllegalArgumentException when below 1
     */
    public Builder scaleMaximum(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("scaleMaximum must be at least 1 but was " + count);
      }
      scaleMaximum = OptionalInt.of(count);
      return this;
    }

    /**
     * Land or coasts. Polygons are filled where there are no tiles; lines are drawn.
     *
     * @param geometries in degrees, x = longitude, y = latitude; by default none; longitudes may
     *     pass 180 or jump at the antimeridian
     * @return this builder
     */
    public Builder coastLines(List<? extends Geometry> geometries) {
      coastLines = List.copyOf(geometries);
      return this;
    }

    /**
     * Makes the picture's settings.
     *
     * @return what draws; the builder can go on
     */
    public MapPicture build() {
      return new MapPicture(this);
    }
  }
}
