package org.csmoe.raster;

/**
 * A rectangle of pixels.
 *
 * @param x first column, from the left, from 0
 * @param y first row, from the top, from 0
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Window(int x, int y, int width, int height) {
  /** Checks the values. */
  public Window {
    if (x < 0 || y < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "window must have x, y >= 0 and width, height >= 1 but was x=%d y=%d width=%d height=%d"
              .formatted(x, y, width, height));
    }
  }

  /**
   * The window in the coordinates of a grid whose pixels are {@code factor} times larger: all
   * coarse pixels that this window touches.
   *
   * @param factor how many pixels of this grid one coarse pixel spans
   * @return the covering window
   */
  Window coarsened(int factor) {
    int left = x / factor;
    int top = y / factor;
    return new Window(
        left, top, (x + width - 1) / factor - left + 1, (y + height - 1) / factor - top + 1);
  }

  /**
   * Checks that the window lies inside a raster and that its pixels fit one Java array.
   *
   * @throws IllegalArgumentException when not
   */
  void requireInside(int rasterWidth, int rasterHeight, int bands) {
    if ((long) x + width > rasterWidth || (long) y + height > rasterHeight) {
      throw new IllegalArgumentException(
          "%s must lie inside the raster of %d x %d pixels"
              .formatted(this, rasterWidth, rasterHeight));
    }
    if ((double) width * height * bands > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%s of %d bands has more pixels than one array holds; read smaller windows"
              .formatted(this, bands));
    }
  }
}
