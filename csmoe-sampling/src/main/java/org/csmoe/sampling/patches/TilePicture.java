package org.csmoe.sampling.patches;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.csmoe.BandMismatchException;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.raster.Scene;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * A picture of one tile with its patches, as the paper's figure 4: dropped squares are crossed out
 * in the colour of their reason, validation patches are framed, and a legend counts each kind.
 *
 * <p>The ground is Sentinel-2 in natural colours, or the first band in grey when red, green and
 * blue are not all there or the patches have Sentinel-1 only; every channel is stretched from its
 * 2nd to its 98th percentile. Invalid pixels have the colour of their sensor's reason and are drawn
 * three pixels wide, so that a single one is seen.
 *
 * <p>Text needs a font on the machine; on a slim container install fontconfig and any font. Safe
 * for use by several threads when they do not share the cutter's archives.
 *
 * <pre>{@code
 * TilePicture.write(cutter, "199U_1099R", Path.of("199U_1099R.png"));
 * }</pre>
 */
public final class TilePicture {
  private static final List<Band> NATURAL = List.of(Band.B04, Band.B03, Band.B02);
  private static final int SAMPLES = 100_000;

  /** Alpha of invalid pixels, so that the ground and the cross above them are seen. */
  private static final int SHEER = 0xa0 << 24;

  /** Lifts what is dark, as forests are. */
  private static final double GAMMA = 0.75;

  private TilePicture() {}

  /**
   * Draws a cell as a cutter would cut it; nothing is written.
   *
   * @param cutter what to cut, and how
   * @param cell such as {@code 199U_1099R}
   * @return an opaque RGB picture, about 1200 pixels wide
   * @throws CsMoeException when there is no tile of the cell, or the cutter would drop it
   * @throws UncheckedIOException when a file cannot be read
   */
  public static BufferedImage draw(PatchCutter cutter, String cell) {
    Tile tile =
        cutter
            .leading()
            .find(cell)
            .orElseThrow(
                () ->
                    new CsMoeException(
                        "cell %s: found no tile in %s, expected one to draw"
                            .formatted(cell, cutter.leading().name())));
    try {
      TilePixels pixels = cutter.read(tile);
      return new TileDrawing(cutter, pixels, ground(cutter, tile, pixels), faults(pixels)).draw();
    } catch (TileRejectedException e) {
      throw new CsMoeException(
          "cell %s: cannot be drawn, since it is dropped: %s: %s"
              .formatted(cell, e.reason(), e.detail()),
          e);
    }
  }

  /**
   * Draws a cell as a PNG file, which appears whole or not at all.
   *
   * @param cutter what to cut, and how
   * @param cell such as {@code 199U_1099R}
   * @param png the file to make or replace; its folder must exist
   * @throws CsMoeException when there is no tile of the cell, or the cutter would drop it
   * @throws UncheckedIOException when a file cannot be read or written
   */
  public static void write(PatchCutter cutter, String cell, Path png) {
    BufferedImage picture = draw(cutter, cell);
    try (AtomicFile file = AtomicFile.create(png);
        OutputStream stream = file.stream()) {
      if (!ImageIO.write(picture, "png", stream)) {
        throw new IllegalStateException("this Java has no writer of PNG");
      }
      stream.flush();
      file.commit();
    } catch (IOException e) {
      throw Failures.of(png, "cannot be written", e);
    }
  }

  /** Invalid pixels in the colour of their reason, with their neighbours; transparent elsewhere. */
  private static BufferedImage faults(TilePixels pixels) {
    BufferedImage image =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setComposite(AlphaComposite.Src);
    for (int i = 0; i < pixels.width() * pixels.height(); i++) {
      PatchOutcome fault = pixels.fault(i);
      if (fault != PatchOutcome.KEPT) {
        graphics.setColor(new Color((TileDrawing.colour(fault).getRGB() & 0xffffff) | SHEER, true));
        graphics.fillRect(i % pixels.width() - 1, i / pixels.width() - 1, 3, 3);
      }
    }
    graphics.dispose();
    return image;
  }

  /** The tile's pixels in colour; black where a channel has no data. */
  private static BufferedImage ground(PatchCutter cutter, Tile tile, TilePixels pixels) {
    float[][] channels = channels(cutter, tile, pixels);
    float[][] ranges = new float[3][];
    for (int c = 0; c < 3; c++) {
      ranges[c] = percentiles(channels[c]);
    }
    BufferedImage image =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < channels[0].length; i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float share = (channels[c][i] - ranges[c][0]) / (ranges[c][1] - ranges[c][0]);
        double level = Math.pow(Math.min(1, Math.max(0, share)), GAMMA);
        rgb = rgb << 8 | (int) Math.round(255 * level);
      }
      image.setRGB(i % pixels.width(), i / pixels.width(), rgb);
    }
    return image;
  }

  private static float[][] channels(PatchCutter cutter, Tile tile, TilePixels pixels) {
    int plane = pixels.width() * pixels.height();
    if (cutter.leading().sensor() == Sensor.SENTINEL2) {
      try (Scene scene = tile.open(NATURAL)) {
        if (scene.width() == pixels.width() && scene.height() == pixels.height()) {
          float[] data = scene.read(scene.window()).data();
          return new float[][] {
            Arrays.copyOf(data, plane),
            Arrays.copyOfRange(data, plane, 2 * plane),
            Arrays.copyOfRange(data, 2 * plane, 3 * plane)
          };
        }
      } catch (BandMismatchException e) {
        // the first band in grey, then
      }
    }
    float[] grey = Arrays.copyOf(pixels.values(cutter.leading().sensor()), plane);
    return new float[][] {grey, grey, grey};
  }

  private static float[] percentiles(float[] values) {
    int step = Math.max(1, values.length / SAMPLES);
    float[] sample = new float[values.length / step + 1];
    int count = 0;
    for (int i = 0; i < values.length; i += step) {
      if (!Float.isNaN(values[i])) {
        sample[count++] = values[i];
      }
    }
    Arrays.sort(sample, 0, count);
    float low = count == 0 ? 0 : sample[(int) (0.02 * (count - 1))];
    float high = count == 0 ? 0 : sample[(int) (0.98 * (count - 1))];
    return new float[] {low, high > low ? high : low + 1};
  }
}
