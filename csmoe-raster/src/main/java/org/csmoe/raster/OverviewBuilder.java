package org.csmoe.raster;

import com.github.benmanes.caffeine.cache.Cache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes overviews, each from the next finer image, tile by tile. A finished image is read back
 * from the store, so that memory holds one tile and a cache of decoded ones.
 */
final class OverviewBuilder {
  private final GeoTiffWriterBuilder settings;
  private final OverviewResampling resampling;
  private final TileStore store;
  private final TileEncoder encoder;

  /** NaN, which equals nothing, when there is none. */
  private final double noData;

  OverviewBuilder(
      GeoTiffWriterBuilder settings,
      OverviewResampling resampling,
      TileStore store,
      TileEncoder encoder) {
    this.settings = settings;
    this.resampling = resampling;
    this.store = store;
    this.encoder = encoder;
    noData = settings.noData().orElse(Double.NaN);
  }

  /** All images from the full one to the first that fits one tile. */
  List<ImageTiles> images(ImageTiles full) throws IOException {
    List<ImageTiles> images = new ArrayList<>(List.of(full));
    ImageTiles image = full;
    while (image.across() > 1 || image.down() > 1) {
      image = halved(image);
      images.add(image);
    }
    return images;
  }

  private ImageTiles halved(ImageTiles fine) throws IOException {
    ImageTiles coarse =
        new ImageTiles(
            (int) ((fine.width() + 1L) / 2),
            (int) ((fine.height() + 1L) / 2),
            settings.bands(),
            settings.tileSize());
    GeoTiff source = reopened(fine);
    int size = settings.tileSize();
    for (int band = 0; band < settings.bands(); band++) {
      for (int row = 0; row < coarse.down(); row++) {
        for (int column = 0; column < coarse.across(); column++) {
          Window window =
              new Window(
                  column * size,
                  row * size,
                  Math.min(size, coarse.width() - column * size),
                  Math.min(size, coarse.height() - row * size));
          double[] pixels = resampled(source, band, coarse, window);
          put(coarse, coarse.index(band, row, column), pixels, window);
        }
      }
    }
    return coarse;
  }

  private void put(ImageTiles image, int index, double[] pixels, Window window) throws IOException {
    ByteBuffer bytes =
        encoder.encode(i -> pixels[i], 0, window.width(), window.width(), window.height());
    int count = bytes.remaining();
    image.put(index, store.append(bytes), count);
  }

  /** The image as a file of its own, read from the store. */
  private GeoTiff reopened(ImageTiles image) throws IOException {
    DirectoryWriter directory = settings.directory(true, image, true);
    long start = store.append(directory.directory(store.end(), 0));
    store.putHeader(directory.header(start));
    Cache<GeoTiff.BlockKey, byte[]> cache = GeoTiff.cache(GeoTiff.DEFAULT_CACHE_BYTES);
    return GeoTiff.open(TiffSource.shared(settings.path().toString(), store.channel()), cache);
  }

  private double[] resampled(GeoTiff source, int band, ImageTiles coarse, Window window) {
    Footprints columns =
        new Footprints(source.info().width(), coarse.width(), window.x(), window.width());
    Footprints rows =
        new Footprints(source.info().height(), coarse.height(), window.y(), window.height());
    Window under = new Window(columns.first(), rows.first(), columns.length(), rows.length());
    double[] fine = source.readRaw(band, under);
    double[] pixels = new double[window.width() * window.height()];
    for (int y = 0; y < window.height(); y++) {
      for (int x = 0; x < window.width(); x++) {
        pixels[y * window.width() + x] =
            resampling == OverviewResampling.NEAREST
                ? fine[rows.nearest(y) * under.width() + columns.nearest(x)]
                : average(fine, columns, x, rows, y);
      }
    }
    return pixels;
  }

  /** The mean of the pixels under a coarse one; NaN, which becomes no data, when none is valid. */
  private double average(double[] fine, Footprints columns, int x, Footprints rows, int y) {
    double sum = 0;
    double weights = 0;
    for (int row = rows.from(y); row < rows.to(y); row++) {
      for (int column = columns.from(x); column < columns.to(x); column++) {
        double value = fine[row * columns.length() + column];
        if (!Double.isNaN(value) && value != noData) {
          double weight = rows.weight(y, row) * columns.weight(x, column);
          sum += weight * value;
          weights += weight;
        }
      }
    }
    return weights == 0 ? Double.NaN : apartFromNoData(sum / weights);
  }

  /** A mean of valid pixels that happens to be the no-data value becomes its neighbour. */
  private double apartFromNoData(double mean) {
    PixelType type = settings.pixelType();
    if (type.stored(mean) != noData) {
      return mean;
    }
    if (type.isFloat()) {
      return type == PixelType.FLOAT32 ? Math.nextUp((float) noData) : Math.nextUp(noData);
    }
    return noData < type.max() ? noData + 1 : noData - 1;
  }

  /** Which fine pixels lie under the coarse ones, along one axis, from the first that is read. */
  private static final class Footprints {
    /** Products of sizes and their ratio are off by less; a smaller share of a pixel is none. */
    private static final double ROUNDING = 1e-8;

    private final double ratio;
    private final int fineSize;
    private final int start;
    private final int first;
    private final int length;

    Footprints(int fineSize, int coarseSize, int start, int count) {
      this.fineSize = fineSize;
      this.start = start;
      ratio = (double) fineSize / coarseSize;
      first = (int) (start * ratio + ROUNDING);
      length = end(start + count - 1) - first;
    }

    private int end(int coarse) {
      return (int) Math.min(fineSize, Math.ceil((coarse + 1) * ratio - ROUNDING));
    }

    int first() {
      return first;
    }

    int length() {
      return length;
    }

    int nearest(int index) {
      return Math.min(fineSize - 1, (int) (0.5 + (start + index) * ratio)) - first;
    }

    int from(int index) {
      return (int) ((start + index) * ratio + ROUNDING) - first;
    }

    int to(int index) {
      return end(start + index) - first;
    }

    double weight(int index, int fine) {
      double left = Math.max((start + index) * ratio, first + fine);
      double right = Math.min((start + index + 1) * ratio, first + fine + 1.0);
      return right - left;
    }
  }
}
