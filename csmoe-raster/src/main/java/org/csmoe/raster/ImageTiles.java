package org.csmoe.raster;

/**
 * Where the tiles of one image lie in a file that is being written. Tiles are numbered band by
 * band, row by row.
 */
final class ImageTiles {
  private final int width;
  private final int height;
  private final int across;
  private final int down;
  private final long[] offsets;
  private final long[] byteCounts;

  /**
   * An image none of whose tiles is written.
   *
   * @throws ArithmeticException when there are more than 2^31 - 1 tiles
   */
  ImageTiles(int width, int height, int bands, int tileSize) {
    this.width = width;
    this.height = height;
    across = (width - 1) / tileSize + 1;
    down = (height - 1) / tileSize + 1;
    int tiles = Math.multiplyExact(Math.multiplyExact(across, down), bands);
    offsets = new long[tiles];
    byteCounts = new long[tiles];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int across() {
    return across;
  }

  int down() {
    return down;
  }

  int index(int band, int row, int column) {
    return (band * down + row) * across + column;
  }

  boolean isWritten(int index) {
    return offsets[index] != 0;
  }

  void put(int index, long offset, int byteCount) {
    offsets[index] = offset;
    byteCounts[index] = byteCount;
  }

  /** Offsets by tile; 0 for one that is not written. Not a copy. */
  long[] offsets() {
    return offsets;
  }

  /** Stored bytes by tile. Not a copy. */
  long[] byteCounts() {
    return byteCounts;
  }

  long bytes() {
    long sum = 0;
    for (long count : byteCounts) {
      sum += count;
    }
    return sum;
  }
}
