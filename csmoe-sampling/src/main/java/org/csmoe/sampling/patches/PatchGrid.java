package org.csmoe.sampling.patches;

/**
 * The squares of a tile, from the top-left pixel on: whole ones every {@code stride} pixels, and
 * per axis at most one more, cut off by the border, when whole ones leave pixels there.
 */
record PatchGrid(int width, int height, int patch, int stride) {

  int columns() {
    return along(width);
  }

  int rows() {
    return along(height);
  }

  int positions() {
    return Math.multiplyExact(columns(), rows());
  }

  boolean isWhole(int row, int column) {
    return row < whole(height) && column < whole(width);
  }

  private int whole(int pixels) {
    return pixels < patch ? 0 : (pixels - patch) / stride + 1;
  }

  private int along(int pixels) {
    int whole = whole(pixels);
    boolean leftOver = whole == 0 || (whole - 1L) * stride + patch < pixels;
    return leftOver && (long) whole * stride < pixels ? whole + 1 : whole;
  }
}
