package org.csmoe.sampling.patches;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.csmoe.raster.GeoTransform;
import org.csmoe.sensor.Sensor;

/** Draws the squares of one tile over its ground, with title and legend. Used once. */
final class TileDrawing {
  private static final int EDGE = 1152;
  private static final int MARGIN = 24;
  private static final int TITLE = 84;
  private static final int LINE = 34;

  private static final Color TEXT = new Color(0x222528);
  private static final Color MUTED = new Color(0x5c6166);
  private static final Color GRID = new Color(255, 255, 255, 170);
  private static final Color HALO = new Color(0, 0, 0, 130);
  private static final Color VEIL = new Color(0, 0, 0, 95);
  private static final Color VALIDATION = new Color(0x2fd6ff);

  private final PatchCutter cutter;
  private final TilePixels tile;
  private final BufferedImage ground;
  private final BufferedImage faults;
  private final PatchGrid grid;
  private final double scale;
  private final Map<PatchOutcome, Integer> counts = new EnumMap<>(PatchOutcome.class);
  private int validation;

  TileDrawing(PatchCutter cutter, TilePixels tile, BufferedImage ground, BufferedImage faults) {
    this.cutter = cutter;
    this.tile = tile;
    this.ground = ground;
    this.faults = faults;
    grid = cutter.grid(tile);
    scale = (double) EDGE / Math.max(tile.width(), tile.height());
  }

  /** The colour of a reason; not for kept squares. */
  static Color colour(PatchOutcome outcome) {
    return switch (outcome) {
      case KEPT -> GRID;
      case BORDER -> new Color(0xffffff);
      case NO_DATA_S2 -> new Color(0xff4433);
      case NO_DATA_S1 -> new Color(0xffb000);
      case NO_DATA_BOTH -> new Color(0xe65cff);
    };
  }

  BufferedImage draw() {
    int mapWidth = (int) Math.round(tile.width() * scale);
    int mapHeight = (int) Math.round(tile.height() * scale);
    int width = EDGE + 2 * MARGIN;
    int height = TITLE + mapHeight + 4 * LINE + MARGIN;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION,
          scale < 1
              ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
              : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, width, height);
      graphics.drawImage(ground, MARGIN, TITLE, mapWidth, mapHeight, null);
      graphics.setClip(MARGIN, TITLE, mapWidth, mapHeight);
      drawVeils(graphics);
      graphics.drawImage(faults, MARGIN, TITLE, mapWidth, mapHeight, null);
      drawSquares(graphics);
      graphics.setClip(null);
      drawTitle(graphics);
      drawLegend(graphics, TITLE + mapHeight + LINE);
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private void drawVeils(Graphics2D graphics) {
    graphics.setColor(VEIL);
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        if (tile.outcome(grid, row, column, cutter.maxInvalid()) != PatchOutcome.KEPT) {
          graphics.fill(square(row, column));
        }
      }
    }
  }

  private void drawSquares(Graphics2D graphics) {
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        PatchOutcome outcome = tile.outcome(grid, row, column, cutter.maxInvalid());
        counts.merge(outcome, 1, Integer::sum);
        Rectangle2D square = square(row, column);
        if (outcome == PatchOutcome.KEPT) {
          line(graphics, GRID, 1, square);
        } else {
          drawCross(graphics, square, outcome);
        }
      }
    }
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        if (grid.isWhole(row, column) && isValidation(row, column)) {
          validation++;
          drawValidation(graphics, square(row, column));
        }
      }
    }
  }

  private boolean isValidation(int row, int column) {
    return tile.outcome(grid, row, column, cutter.maxInvalid()) == PatchOutcome.KEPT
        && cutter.describe(tile, row, column, 0, 0).split() == Split.VALIDATION;
  }

  /** The square in the picture, cut off at the tile's border. */
  private Rectangle2D square(int row, int column) {
    int x = column * grid.stride();
    int y = row * grid.stride();
    return new Rectangle2D.Double(
        MARGIN + x * scale,
        TITLE + y * scale,
        Math.min(grid.patch(), tile.width() - x) * scale,
        Math.min(grid.patch(), tile.height() - y) * scale);
  }

  private static void drawCross(Graphics2D graphics, Rectangle2D square, PatchOutcome outcome) {
    line(graphics, GRID, 1, square);
    Path2D cross = new Path2D.Double();
    cross.moveTo(square.getMinX() + 3, square.getMinY() + 3);
    cross.lineTo(square.getMaxX() - 3, square.getMaxY() - 3);
    cross.moveTo(square.getMinX() + 3, square.getMaxY() - 3);
    cross.lineTo(square.getMaxX() - 3, square.getMinY() + 3);
    line(graphics, HALO, 5, cross);
    line(graphics, colour(outcome), 2.5, cross);
  }

  private static void drawValidation(Graphics2D graphics, Rectangle2D square) {
    Rectangle2D inner =
        new Rectangle2D.Double(
            square.getX() + 4, square.getY() + 4, square.getWidth() - 8, square.getHeight() - 8);
    line(graphics, HALO, 7, inner);
    line(graphics, VALIDATION, 4, inner);
  }

  private static void line(Graphics2D graphics, Color colour, double width, Shape shape) {
    graphics.setColor(colour);
    graphics.setStroke(
        new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_MITER));
    graphics.draw(shape);
  }

  private void drawTitle(Graphics2D graphics) {
    graphics.setColor(TEXT);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 24));
    graphics.drawString("Major TOM cell " + tile.cell(), MARGIN, 36);
    graphics.setColor(MUTED);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
    Optional<String> s2 = tile.product(Sensor.SENTINEL2);
    Optional<String> s1 = tile.product(Sensor.SENTINEL1);
    graphics.drawString(
        s2.orElse("") + (s2.isPresent() && s1.isPresent() ? "  |  " : "") + s1.orElse(""),
        MARGIN,
        64);
  }

  private void drawLegend(Graphics2D graphics, int top) {
    int kept = counts.getOrDefault(PatchOutcome.KEPT, 0);
    int column = EDGE / 2;
    entry(
        graphics, 0, top, "%d for training".formatted(kept - validation), Optional.empty(), false);
    entry(graphics, column, top, "%d for validation".formatted(validation), Optional.empty(), true);
    int at = 0;
    for (PatchOutcome outcome : PatchOutcome.values()) {
      if (outcome != PatchOutcome.KEPT && counts.containsKey(outcome)) {
        entry(
            graphics,
            at % 2 * column,
            top + LINE * (1 + at / 2),
            "%d dropped, %s".formatted(counts.get(outcome), outcome.reason()),
            Optional.of(outcome),
            false);
        at++;
      }
    }
    GeoTransform transform = tile.transform();
    graphics.setColor(MUTED);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    graphics.drawString(
        "%d x %d pixels of 10 m, patches of %d x %d; top left at %.1f, %.1f in EPSG:%d"
            .formatted(
                tile.width(),
                tile.height(),
                grid.patch(),
                grid.patch(),
                transform.originX(),
                transform.originY(),
                tile.zone().epsg()),
        MARGIN,
        top + LINE * (1 + (at + 1) / 2) + 16);
  }

  private void entry(
      Graphics2D graphics,
      int left,
      int top,
      String text,
      Optional<PatchOutcome> dropped,
      boolean framed) {
    Rectangle2D box = new Rectangle2D.Double(MARGIN + left, top - 6, 24, 24);
    graphics.setColor(new Color(0x6f8060));
    graphics.fill(box);
    if (dropped.isPresent()) {
      drawCross(graphics, box, dropped.get());
    } else if (framed) {
      line(graphics, VALIDATION, 4, new Rectangle2D.Double(MARGIN + left + 2, top - 4, 20, 20));
    }
    line(graphics, MUTED, 1, box);
    graphics.setColor(TEXT);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 17));
    graphics.drawString(text, MARGIN + left + 36, top + 12);
  }
}
