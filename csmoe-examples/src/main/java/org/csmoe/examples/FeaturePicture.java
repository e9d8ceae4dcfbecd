package org.csmoe.examples;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.csmoe.raster.Scene;
import org.csmoe.raster.Window;
import org.csmoe.sensor.SensorImage;

/**
 * Collects every n-th token of a grid, at most {@value #SIDE} per side, and draws the first three
 * principal components as red, green and blue.
 */
final class FeaturePicture {
  private static final int SIDE = 160;
  private static final int PANEL = 640;
  private static final int SAMPLE = 4000;

  private final int width;
  private final int step;
  private final int columns;
  private final int rows;
  private final float[] tokens;

  FeaturePicture(TokenMosaic mosaic) {
    this.width = mosaic.width();
    this.step = Math.max(1, (Math.max(mosaic.columns(), mosaic.rows()) + SIDE - 1) / SIDE);
    this.columns = (mosaic.columns() + step - 1) / step;
    this.rows = (mosaic.rows() + step - 1) / step;
    this.tokens = new float[columns * rows * width];
    Arrays.fill(tokens, Float.NaN);
  }

  void row(int row, float[] values) {
    if (row % step == 0) {
      for (int x = 0; x < columns; x++) {
        System.arraycopy(
            values, x * step * width, tokens, (row / step * columns + x) * width, width);
      }
    }
  }

  /** The principal components alone, one pixel per token. */
  BufferedImage components() {
    List<float[]> sample = new ArrayList<>();
    int every = Math.max(1, columns * rows / SAMPLE);
    for (int i = 0; i < columns * rows; i += every) {
      if (!Float.isNaN(tokens[i * width])) {
        sample.add(token(i));
      }
    }
    float[][] planes = new float[3][columns * rows];
    for (float[] plane : planes) {
      Arrays.fill(plane, Float.NaN);
    }
    if (!sample.isEmpty()) {
      PrincipalComponents components = PrincipalComponents.fit(sample, 3);
      for (int i = 0; i < columns * rows; i++) {
        for (int c = 0; c < 3; c++) {
          planes[c][i] =
              Float.isNaN(tokens[i * width]) ? Float.NaN : components.project(token(i), c);
        }
      }
    }
    return Pictures.rgb(planes, columns, rows);
  }

  private float[] token(int index) {
    return Arrays.copyOfRange(tokens, index * width, (index + 1) * width);
  }

  /** The scene in natural colours, and the components beside it. */
  BufferedImage beside(Scene scene) {
    return Pictures.sheet(
        List.of(
            new Pictures.Panel(
                Pictures.caption(scene.sensor()), Pictures.naturalColour(overview(scene))),
            new Pictures.Panel("first three principal components of the tokens", components())),
        2,
        PANEL);
  }

  /** Every n-th pixel of a scene, at most 1200 per side; reads one row of pixels at a time. */
  static SensorImage overview(Scene scene) {
    int every = Math.max(1, (Math.max(scene.width(), scene.height()) + 1199) / 1200);
    int wide = (scene.width() + every - 1) / every;
    int high = (scene.height() + every - 1) / every;
    int bands = scene.bands().size();
    float[] data = new float[bands * wide * high];
    for (int y = 0; y < high; y++) {
      SensorImage line = scene.read(new Window(0, y * every, scene.width(), 1));
      for (int b = 0; b < bands; b++) {
        for (int x = 0; x < wide; x++) {
          data[(b * high + y) * wide + x] = line.data()[b * scene.width() + x * every];
        }
      }
    }
    return SensorImage.of(scene.sensor(), scene.bands(), wide, high, data);
  }
}
