package org.csmoe.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.csmoe.io.AtomicFile;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Draws images, feature maps and routing maps. No-data is dark grey. */
final class Pictures {
  private static final int NO_DATA = 0x303030;
  private static final int MARGIN = 12;
  private static final int CAPTION = 26;

  private Pictures() {}

  /** A panel of a picture with its caption. */
  record Panel(String caption, BufferedImage image) {}

  /** What {@link #naturalColour} shows of a sensor. */
  static String caption(Sensor sensor) {
    return sensor == Sensor.SENTINEL2
        ? "Sentinel-2: red, green, blue"
        : "Sentinel-1: VV, VH, VV - VH in dB";
  }

  /**
   * A scene as people know it: Sentinel-2 red, green, blue; Sentinel-1 VV, VH and their difference.
   * Each channel is stretched between its 2nd and 98th percentile.
   */
  static BufferedImage naturalColour(SensorImage image) {
    int pixels = image.width() * image.height();
    float[][] channels = new float[3][];
    if (image.sensor() == Sensor.SENTINEL2) {
      Band[] bands = {Band.B04, Band.B03, Band.B02};
      for (int c = 0; c < 3; c++) {
        channels[c] = plane(image, bands[c]);
      }
    } else {
      channels[0] = plane(image, Band.VV);
      channels[1] = plane(image, Band.VH);
      channels[2] = new float[pixels];
      for (int i = 0; i < pixels; i++) {
        channels[2][i] = channels[0][i] - channels[1][i];
      }
    }
    return rgb(channels, image.width(), image.height());
  }

  private static float[] plane(SensorImage image, Band band) {
    int offset = image.offset(band);
    return Arrays.copyOfRange(image.data(), offset, offset + image.width() * image.height());
  }

  /** Three planes as red, green and blue, each stretched between its 2nd and 98th percentile. */
  static BufferedImage rgb(float[][] planes, int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    float[][] ranges = new float[3][];
    for (int c = 0; c < 3; c++) {
      ranges[c] = percentiles(planes[c]);
    }
    for (int i = 0; i < width * height; i++) {
      int value = 0;
      for (int c = 0; c < 3; c++) {
        float v = planes[c][i];
        if (Float.isNaN(v)) {
          value = NO_DATA;
          break;
        }
        float scaled = (v - ranges[c][0]) / Math.max(1e-12f, ranges[c][1] - ranges[c][0]);
        value = value << 8 | Math.round(255 * Math.min(1, Math.max(0, scaled)));
      }
      picture.setRGB(i % width, i / width, value);
    }
    return picture;
  }

  /** One plane from dark blue over green to yellow, between 0 and its largest value. */
  static BufferedImage heat(float[] plane, int width, int height) {
    float most = 1e-12f;
    for (float v : plane) {
      most = Math.max(most, v);
    }
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane.length; i++) {
      float t = plane[i] / most;
      int red = Math.round(255 * Math.min(1, Math.max(0, 1.6f * t - 0.6f)));
      int green = Math.round(255 * Math.min(1, 0.05f + 0.9f * t));
      int blue = Math.round(255 * Math.max(0, 0.35f + 0.3f * t - 0.6f * t * t));
      picture.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
    }
    return picture;
  }

  private static float[] percentiles(float[] values) {
    int step = Math.max(1, values.length / 100_000);
    float[] sample = new float[values.length / step + 1];
    int n = 0;
    for (int i = 0; i < values.length; i += step) {
      if (!Float.isNaN(values[i])) {
        sample[n++] = values[i];
      }
    }
    if (n == 0) {
      return new float[] {0, 1};
    }
    Arrays.sort(sample, 0, n);
    return new float[] {sample[(int) (0.02 * (n - 1))], sample[(int) (0.98 * (n - 1))]};
  }

  /** Panels in rows of {@code columns}, each scaled to {@code size} pixels per longer side. */
  static BufferedImage sheet(List<Panel> panels, int columns, int size) {
    int across = Math.min(columns, panels.size());
    int down = (panels.size() + columns - 1) / columns;
    int cell = size + MARGIN;
    BufferedImage sheet =
        new BufferedImage(
            across * cell + MARGIN, down * (cell + CAPTION) + MARGIN, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size < 200 ? 11 : 14));
    for (int i = 0; i < panels.size(); i++) {
      BufferedImage image = panels.get(i).image();
      double scale = (double) size / Math.max(image.getWidth(), image.getHeight());
      int x = MARGIN + i % columns * cell;
      int y = MARGIN + i / columns * (cell + CAPTION);
      graphics.setColor(Color.BLACK);
      graphics.drawString(panels.get(i).caption(), x, y + CAPTION - 10);
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION,
          scale >= 1
              ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
              : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(
          image,
          x,
          y + CAPTION,
          (int) Math.round(image.getWidth() * scale),
          (int) Math.round(image.getHeight() * scale),
          null);
    }
    graphics.dispose();
    return sheet;
  }

  /** Writes a PNG. */
  static void write(BufferedImage image, Path path) throws IOException {
    try (AtomicFile file = AtomicFile.create(path)) {
      try (OutputStream stream = file.stream()) {
        ImageIO.write(image, "png", stream);
        stream.flush();
        file.commit();
      }
    }
  }
}
