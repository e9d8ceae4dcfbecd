package org.csmoe.sampling.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Title, colour bar and their text on a map's picture. */
final class MapLegend {
  /** Height below the map, for a picture 1200 wide. */
  static final double HEIGHT = 92;

  /** Up to this many counts, each has a box of its own. */
  private static final int BOXES = 12;

  private static final Color TEXT = new Color(0x222528);
  private static final Color MUTED = new Color(0x5c6166);
  private static final Color LAND = new Color(ColourScale.LAND);

  private final Graphics2D graphics;
  private final double unit;
  private final double width;

  MapLegend(Graphics2D graphics, double unit, double width) {
    this.graphics = graphics;
    this.unit = unit;
    this.width = width;
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
  }

  void draw(
      DensityMap map,
      ColourScale scale,
      String title,
      String projection,
      double bottom,
      boolean land) {
    graphics.setColor(TEXT);
    font(Font.BOLD, 22);
    text(title, width / 2, 33 * unit, 0.5);
    double barWidth = 520 * unit;
    double barHeight = 15 * unit;
    double left = (width - barWidth) / 2;
    double top = bottom + 22 * unit;
    boolean boxes = scale.maximum() <= BOXES;
    if (boxes) {
      drawBoxes(scale, left, top, barWidth, barHeight);
    } else {
      drawBar(scale, left, top, barWidth, barHeight);
    }
    String cell = number(map.cellDegrees());
    graphics.setColor(TEXT);
    font(Font.PLAIN, 16);
    text(
        "tiles per %s° × %s° cell%s".formatted(cell, cell, boxes ? "" : ", logarithmic scale"),
        width / 2,
        top + barHeight + 44 * unit,
        0.5);
    if (land) {
      double box = left - 90 * unit;
      graphics.setColor(LAND);
      graphics.fill(new Rectangle2D.Double(box - barHeight, top, 2 * barHeight, barHeight));
      frame(box - barHeight, top, 2 * barHeight, barHeight);
      font(Font.PLAIN, 15);
      text("land, no tiles", box, top + barHeight + 19 * unit, 0.5);
    }
    graphics.setColor(MUTED);
    font(Font.PLAIN, 13);
    text(projection, width - 16 * unit, top + barHeight + 44 * unit, 1);
  }

  private void drawBoxes(
      ColourScale scale, double left, double top, double barWidth, double barHeight) {
    int count = Math.max(1, scale.maximum());
    double box = barWidth / count;
    font(Font.PLAIN, 15);
    for (int n = 1; n <= count; n++) {
      double x = left + (n - 1) * box;
      graphics.setColor(new Color(scale.rgb(n)));
      graphics.fill(new Rectangle2D.Double(x, top, box, barHeight));
      frame(x, top, box, barHeight);
      text(Integer.toString(n), x + box / 2, top + barHeight + 19 * unit, 0.5);
    }
  }

  private void drawBar(
      ColourScale scale, double left, double top, double barWidth, double barHeight) {
    int steps = (int) Math.ceil(barWidth);
    for (int step = 0; step < steps; step++) {
      graphics.setColor(new Color(ColourScale.at((double) step / (steps - 1))));
      graphics.fill(
          new Rectangle2D.Double(left + step, top, Math.min(1.5, barWidth - step), barHeight));
    }
    frame(left, top, barWidth, barHeight);
    font(Font.PLAIN, 15);
    for (int tick : ticks(scale)) {
      double x = left + scale.position(tick) * barWidth;
      graphics.draw(new Line2D.Double(x, top + barHeight, x, top + barHeight + 4 * unit));
      text(number(tick), x, top + barHeight + 19 * unit, 0.5);
    }
  }

  /** 1, 2, 5, 10 and so on, and the maximum; none so near to it that labels would touch. */
  private static List<Integer> ticks(ColourScale scale) {
    List<Integer> ticks = new ArrayList<>();
    for (long decade = 1; decade <= scale.maximum(); decade *= 10) {
      for (long tick : new long[] {decade, 2 * decade, 5 * decade}) {
        if (tick < scale.maximum() && scale.position((double) tick) < 0.94) {
          ticks.add((int) tick);
        }
      }
    }
    ticks.add(scale.maximum());
    return ticks;
  }

  private void frame(double x, double y, double w, double h) {
    graphics.setColor(MUTED);
    graphics.setStroke(new BasicStroke((float) (0.8 * unit)));
    graphics.draw(new Rectangle2D.Double(x, y, w, h));
    graphics.setColor(TEXT);
  }

  private void font(int style, double size) {
    graphics.setFont(new Font(Font.SANS_SERIF, style, 1).deriveFont((float) (size * unit)));
  }

  private void text(String text, double x, double y, double align) {
    double wide = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
    graphics.drawString(text, (float) (x - align * wide), (float) y);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : Double.toString(value);
  }
}
