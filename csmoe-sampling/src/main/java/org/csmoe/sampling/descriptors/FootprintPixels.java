package org.csmoe.sampling.descriptors;

import java.util.ArrayList;
import java.util.List;
import org.csmoe.CsMoeException;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.util.PolygonExtracter;

/**
 * The pixels of a raster in a footprint. Polygons are taken one by one, each on every file that it
 * touches, so that the two parts of a footprint at the antimeridian cost no more than one.
 */
final class FootprintPixels {
  private final CategoricalRaster raster;
  private final List<Part> parts = new ArrayList<>();
  private long boxPixels;

  /** One polygon on one file: a box of pixels and the spans in it. */
  private record Part(
      RasterTile tile, PolygonSpans spans, int left, int right, int top, int bottom) {}

  FootprintPixels(CategoricalRaster raster, Geometry footprint) {
    this.raster = raster;
    for (Object polygon : PolygonExtracter.getPolygons(footprint)) {
      add((Polygon) polygon);
    }
  }

  private void add(Polygon polygon) {
    if (polygon.isEmpty()) {
      return;
    }
    Envelope box = polygon.getEnvelopeInternal();
    if (!(box.getMinX() >= -360
        && box.getMaxX() <= 360
        && box.getMinY() >= -90
        && box.getMaxY() <= 90)) {
      throw new CsMoeException(
          ("footprint: found longitudes %s to %s and latitudes %s to %s, expected degrees, x ="
                  + " longitude in -360..360 and y = latitude in -90..90")
              .formatted(box.getMinX(), box.getMaxX(), box.getMinY(), box.getMaxY()));
    }
    for (RasterTile tile : raster.tilesWithin(box)) {
      RasterGrid grid = tile.grid();
      for (int turn = -360; turn <= 360; turn += 360) {
        if (box.getMinX() + turn < grid.maxLongitude()
            && box.getMaxX() + turn > grid.minLongitude()) {
          add(tile, new PolygonSpans(polygon, grid, turn));
        }
      }
    }
  }

  private void add(RasterTile tile, PolygonSpans spans) {
    int left = spans.firstColumn();
    int right = spans.endColumn(tile.grid().columnsOnce());
    int top = spans.firstRow();
    int bottom = spans.endRow(tile.grid().height());
    if (left < right && top < bottom) {
      parts.add(new Part(tile, spans, left, right, top, bottom));
      boxPixels += (long) (right - left) * (bottom - top);
    }
  }

  /** How many pixels the boxes around the polygons have, of which the inside is part. */
  long boxPixels() {
    return boxPixels;
  }

  /** Sums areas by class; once, since the spans are for one pass. */
  ClassHistogram histogram() {
    ClassHistogram.Sums sums = new ClassHistogram.Sums();
    for (Part part : parts) {
      int height = part.tile.blockHeight();
      for (int top = part.top; top < part.bottom; top = (top / height + 1) * height) {
        int bottom = (int) Math.min(part.bottom, (top / height + 1L) * height);
        addRows(part, top, bottom, sums);
      }
    }
    return sums.toHistogram();
  }

  /** Rows of one row of blocks, each of which is fetched once. */
  private void addRows(Part part, int top, int bottom, ClassHistogram.Sums sums) {
    RasterTile tile = part.tile;
    int width = tile.blockWidth();
    int firstBlock = part.left / width;
    @Nullable Block[] blocks = new @Nullable Block[(part.right - 1) / width - firstBlock + 1];
    for (int row = top; row < bottom; row++) {
      double area = tile.grid().areaKm2(0, row);
      int spans = part.spans.row(row);
      for (int span = 0; span < spans; span++) {
        int column = (int) Math.max(part.left, part.spans.first(span));
        int end = (int) Math.min(part.right, part.spans.end(span));
        while (column < end) {
          int at = column / width - firstBlock;
          Block block = blocks[at];
          if (block == null) {
            block = raster.block(tile.key(column, row));
            blocks[at] = block;
          }
          int stop = (int) Math.min(end, (column / width + 1L) * width);
          int index = tile.indexInBlock(column, row);
          for (; column < stop; column++) {
            sums.add(
                block.code(index++),
                tile.grid().aligned() ? area : tile.grid().areaKm2(column, row));
          }
        }
      }
    }
  }
}
