package org.csmoe.sampling.descriptors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.csmoe.CsMoeException;

/**
 * Which files of a mosaic may hold a place: a list per cell of one degree, in the order of the
 * files. Immutable.
 */
final class TileIndex {
  private static final int ACROSS = 360;
  private static final int DOWN = 180;
  private static final RasterTile[] NONE = {};

  private final RasterTile[][] cells = new RasterTile[ACROSS * DOWN][];

  /**
   * Builds the index.
   *
   * @throws CsMoeException when two tiles overlap by more than a pixel, since then the answer would
   *     hang on the order of their names
   */
  TileIndex(List<RasterTile> tiles) {
    Arrays.fill(cells, NONE);
    for (RasterTile tile : tiles) {
      RasterGrid grid = tile.grid();
      double margin = grid.margin();
      int north = row(grid.maxLatitude() + margin);
      int south = row(grid.minLatitude() - margin);
      long west = (long) Math.floor(grid.minLongitude() - margin);
      long east = Math.min((long) Math.floor(grid.maxLongitude() + margin), west + ACROSS - 1);
      for (int row = north; row <= south; row++) {
        for (long longitude = west; longitude <= east; longitude++) {
          add(row * ACROSS + Math.floorMod(longitude + 180, ACROSS), tile);
        }
      }
    }
  }

  private void add(int cell, RasterTile tile) {
    RasterTile[] others = cells[cell];
    for (RasterTile other : others) {
      if (overlap(tile.grid(), other.grid())) {
        throw new CsMoeException(
            ("%s: found that it covers the same place as %s, expected tiles that do not overlap;"
                    + " keep one of them in the folder")
                .formatted(tile, other));
      }
    }
    cells[cell] = Arrays.copyOf(others, others.length + 1);
    cells[cell][others.length] = tile;
  }

  private static boolean overlap(RasterGrid a, RasterGrid b) {
    double width = Math.min(a.pixelLongitude(), b.pixelLongitude());
    double height = Math.min(a.pixelLatitude(), b.pixelLatitude());
    double rows =
        Math.min(a.maxLatitude(), b.maxLatitude()) - Math.max(a.minLatitude(), b.minLatitude());
    boolean across = false;
    for (int turn = -360; turn <= 360; turn += 360) {
      double columns =
          Math.min(a.maxLongitude(), b.maxLongitude() + turn)
              - Math.max(a.minLongitude(), b.minLongitude() + turn);
      across |= columns > 1.01 * width;
    }
    return a.aligned() && b.aligned() && across && rows > 1.01 * height;
  }

  private static int row(double latitude) {
    return Math.max(0, Math.min(DOWN - 1, (int) Math.floor(90 - latitude)));
  }

  /** The tiles of a point's cell; not to be changed. */
  RasterTile[] at(double longitude, double latitude) {
    int column = Math.floorMod((int) Math.floor(longitude) + 180, ACROSS);
    return cells[row(latitude) * ACROSS + column];
  }

  /** The tiles that a box may touch, each once. */
  List<RasterTile> within(double west, double east, double south, double north) {
    long from = (long) Math.floor(west);
    long to = Math.min((long) Math.floor(east), from + ACROSS - 1);
    Set<RasterTile> tiles = new LinkedHashSet<>();
    for (int row = row(north); row <= row(south); row++) {
      for (long longitude = from; longitude <= to; longitude++) {
        tiles.addAll(List.of(cells[row * ACROSS + Math.floorMod(longitude + 180, ACROSS)]));
      }
    }
    return new ArrayList<>(tiles);
  }
}
