package org.csmoe.sampling.descriptors;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.csmoe.CsMoeException;
import org.csmoe.RasterFormatException;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.PixelType;
import org.csmoe.raster.RasterInfo;
import org.csmoe.raster.Window;
import org.jspecify.annotations.Nullable;

/**
 * One file of a categorical raster: its checked header, and how its pixels become codes. Safe for
 * use by several threads.
 */
final class RasterTile {
  private static final Crs WGS84 = Crs.geographic(4326);

  private final Path path;
  private final RasterInfo info;
  private final RasterGrid grid;
  private final NoDataRule rule;
  private final short[] meanings = new short[256];
  private final int blocksAcross;
  private final AtomicReferenceArray<@Nullable Key> keys;

  /** A block of a tile. There is one object for each, so that looking one up makes none. */
  static final class Key {
    private final RasterTile tile;
    private final int index;

    private Key(RasterTile tile, int index) {
      this.tile = tile;
      this.index = index;
    }

    RasterTile tile() {
      return tile;
    }

    int index() {
      return index;
    }
  }

  RasterTile(Path path, RasterInfo info, NoDataRule rule) {
    this.path = path;
    this.info = info;
    this.rule = rule;
    require(
        info.bands() == 1, info.bands() + " bands", "one band of class codes", "extract the band");
    require(
        info.crs().equals(Optional.of(WGS84)),
        info.crs().map(Crs::toString).orElse("no EPSG code"),
        WGS84.toString(),
        info.crs().isPresent()
            ? "reproject it with gdalwarp -t_srs EPSG:4326 -r near"
            : "if it is in degrees on WGS 84, say so with gdal_edit.py -a_srs EPSG:4326");
    require(
        info.transform().isPresent(),
        "no geotransform",
        "one",
        "georeference it with gdal_edit.py");
    grid = new RasterGrid(info.transform().orElseThrow(), info.width(), info.height());
    require(
        grid.minLatitude() >= -90 - 0.51 * grid.pixelLatitude()
            && grid.maxLatitude() <= 90 + 0.51 * grid.pixelLatitude(),
        "latitudes %s to %s".formatted(grid.minLatitude(), grid.maxLatitude()),
        "-90 to 90",
        "check that its axes are not crossed");
    require(
        grid.minLongitude() >= -360 && grid.maxLongitude() <= 720,
        "longitudes %s to %s".formatted(grid.minLongitude(), grid.maxLongitude()),
        "-180 to 180 or 0 to 360",
        "check its georeference");
    blocksAcross = (info.width() - 1) / info.blockWidth() + 1;
    int blocksDown = (info.height() - 1) / info.blockHeight() + 1;
    keys = new AtomicReferenceArray<>(Math.multiplyExact(blocksAcross, blocksDown));
    for (int i = 0; i < meanings.length; i++) {
      meanings[i] = (short) rule.meaning(i);
    }
  }

  private void require(boolean condition, String found, String expected, String next) {
    if (!condition) {
      throw new CsMoeException(
          "%s: found %s, expected %s; %s".formatted(path, found, expected, next));
    }
  }

  Path path() {
    return path;
  }

  RasterInfo info() {
    return info;
  }

  RasterGrid grid() {
    return grid;
  }

  int blockWidth() {
    return info.blockWidth();
  }

  int blockHeight() {
    return info.blockHeight();
  }

  /** Bytes of a whole decoded block. */
  long blockBytes() {
    return (long) info.blockWidth() * rows(0) * (bytes() ? 1 : 2);
  }

  Key key(int column, int row) {
    int index = row / info.blockHeight() * blocksAcross + column / info.blockWidth();
    Key key = keys.get(index);
    if (key == null) {
      keys.compareAndSet(index, null, new Key(this, index));
      key = keys.get(index);
    }
    return Objects.requireNonNull(key);
  }

  /** Where a pixel is in its block. */
  int indexInBlock(int column, int row) {
    return row % info.blockHeight() * info.blockWidth() + column % info.blockWidth();
  }

  private boolean bytes() {
    return info.pixelType() == PixelType.UINT8;
  }

  private int rows(int top) {
    return Math.min(info.blockHeight(), info.height() - top);
  }

  Block decode(GeoTiff tiff, int index) {
    if (!tiff.info().equals(info)) {
      throw new RasterFormatException(
          path + ": found another header than when the raster was opened; open it again");
    }
    int left = index % blocksAcross * info.blockWidth();
    int top = index / blocksAcross * info.blockHeight();
    int columns = Math.min(info.blockWidth(), info.width() - left);
    Window window = new Window(left, top, columns, rows(top));
    int stride = info.blockWidth();
    if (bytes()) {
      byte[] codes = new byte[stride * window.height()];
      tiff.readRaw(
          0,
          window,
          (row, count, at) -> {
            int to = at / columns * stride + at % columns;
            for (int i = 0; i < count; i++) {
              codes[to + i] = (byte) (int) row[i];
            }
          });
      return new Block.OfBytes(codes, meanings);
    }
    short[] codes = new short[stride * window.height()];
    Arrays.fill(codes, (short) CategoricalRaster.NO_DATA);
    tiff.readRaw(
        0,
        window,
        (row, count, at) -> {
          int to = at / columns * stride + at % columns;
          for (int i = 0; i < count; i++) {
            int code = rule.meaning(row[i]);
            if (code == NoDataRule.INVALID) {
              throw notACode(row[i], left + at % columns + i, top + at / columns);
            }
            codes[to + i] = (short) code;
          }
        });
    return new Block.OfShorts(codes);
  }

  private RasterFormatException notACode(double value, int column, int row) {
    return new RasterFormatException(
        "%s: found %s at column %d, row %d, expected a class code, a whole number in 0..%d"
            .formatted(path, value, column, row, Short.MAX_VALUE));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
