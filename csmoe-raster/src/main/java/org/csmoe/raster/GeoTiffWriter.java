package org.csmoe.raster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;

/**
 * Writes a tiled GeoTIFF window by window, with memory for one tile, so that a raster can be larger
 * than memory; on request a cloud-optimized one with overviews.
 *
 * <p>Samples are float32 unless the builder says otherwise. Tiles are compressed with Deflate, or
 * as the builder says, and a predictor. Bands are stored apart (planar): a tile of 768 interleaved
 * bands would be 192 MiB, a planar one is 256 KiB. A file that grows beyond 4 GiB becomes a
 * BigTIFF.
 *
 * <p>NaN is written as the no-data value, which for floats is NaN unless set otherwise.
 *
 * <p>Everything goes to a temporary file beside the target. {@link #commit()} moves it into place
 * in one step; {@link #close()} without a commit deletes it, and a file that was there before
 * stays. A process that is killed may leave the temporary file, hidden and ending in {@code .part};
 * its header is written last, so that nothing takes an unfinished one for an image. For example:
 *
 * <pre>{@code
 * try (GeoTiffWriter writer =
 *     GeoTiffWriter.builder(path, 512, 512, 2).crs(Crs.projected(32632)).open()) {
 *   writer.write(new Window(0, 0, 512, 512), pixels);
 *   writer.commit();
 * }
 * }</pre>
 *
 * <p>For use by one thread at a time. A failure to write is an {@link UncheckedIOException}.
 */
public final class GeoTiffWriter implements AutoCloseable {
  private static final long CLASSIC_LIMIT = 0xFFFFFFFFL;

  private final GeoTiffWriterBuilder settings;
  private final ImageTiles image;
  private final TileEncoder encoder;
  private final AtomicFile file;
  private final TileStore store;
  private boolean open = true;

  GeoTiffWriter(GeoTiffWriterBuilder settings) {
    this.settings = settings;
    int size = settings.tileSize();
    image = new ImageTiles(settings.width(), settings.height(), settings.bands(), size);
    try {
      file = AtomicFile.create(settings.path());
      store = new TileStore(settings.overviews().isEmpty() ? file : scratch());
    } catch (IOException e) {
      throw failure(e);
    }
    encoder =
        new TileEncoder(
            size,
            settings.pixelType(),
            settings.predictor(),
            settings.compression(),
            settings.noData());
  }

  private AtomicFile scratch() throws IOException {
    try {
      return AtomicFile.scratch(settings.path());
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Begins a file.
   *
   * @param path where the file will be; its folder must exist
   * @param width pixels per row, at least 1
   * @param height rows, at least 1
   * @param bands bands, 1 to 65535
   * @return a builder, to be ended by {@link GeoTiffWriterBuilder#open()}
   * @throws IllegalArgumentException when a size is out of range
   */
  public static GeoTiffWriterBuilder builder(Path path, int width, int height, int bands) {
    return new GeoTiffWriterBuilder(path, width, height, bands);
  }

  /**
   * The edge of a tile; windows to write begin at its multiples.
   *
   * @return pixels
   */
  public int tileSize() {
    return settings.tileSize();
  }

  /**
   * Writes all bands of whole tiles, in any order, each tile once.
   *
   * @param window begins at multiples of the tile size and ends at multiples or at the raster's
   *     edge
   * @param data {@code [bands, height, width]}, NaN for no data
   * @throws IllegalArgumentException when the window does not consist of whole tiles, the array has
   *     another length, or the pixel type does not hold a value; then some tiles of the window may
   *     be written
   * @throws IllegalStateException when a tile was written before, or after commit or close
   */
  public void write(Window window, float[] data) {
    write(window, data.length, index -> data[index]);
  }

  /**
   * Writes all bands of whole tiles, in any order, each tile once, from doubles, which hold every
   * value of every pixel type.
   *
   * @param window as for floats
   * @param data {@code [bands, height, width]}, NaN for no data
   * @throws IllegalArgumentException as for floats
   * @throws IllegalStateException as for floats
   */
  public void write(Window window, double[] data) {
    write(window, data.length, index -> data[index]);
  }

  private void write(Window window, int length, TileEncoder.Pixels data) {
    requireOpen();
    requireWholeTiles(window);
    int pixels = window.width() * window.height();
    if (length != settings.bands() * pixels) {
      throw new IllegalArgumentException(
          "data must have %d values (%d bands x %d rows x %d columns) but had %d"
              .formatted(
                  settings.bands() * pixels,
                  settings.bands(),
                  window.height(),
                  window.width(),
                  length));
    }
    int size = tileSize();
    for (int y = 0; y < window.height(); y += size) {
      for (int x = 0; x < window.width(); x += size) {
        int width = Math.min(size, window.width() - x);
        int height = Math.min(size, window.height() - y);
        for (int band = 0; band < settings.bands(); band++) {
          int offset = band * pixels + y * window.width() + x;
          int index = image.index(band, (window.y() + y) / size, (window.x() + x) / size);
          append(index, encoder.encode(data, offset, window.width(), width, height));
        }
      }
    }
  }

  private void requireWholeTiles(Window window) {
    window.requireInside(settings.width(), settings.height(), settings.bands());
    int size = tileSize();
    if (window.x() % size != 0
        || window.y() % size != 0
        || !endsTile(window.x() + window.width(), settings.width())
        || !endsTile(window.y() + window.height(), settings.height())) {
      throw new IllegalArgumentException(
          "%s must begin and end at multiples of tileSize %d or at the edge of %d x %d"
              .formatted(window, size, settings.width(), settings.height()));
    }
  }

  private boolean endsTile(int end, int edge) {
    return end % tileSize() == 0 || end == edge;
  }

  private void append(int index, ByteBuffer bytes) {
    if (image.isWritten(index)) {
      throw new IllegalStateException(
          "%s: tile %d was written before; each tile is written once"
              .formatted(settings.path(), index));
    }
    int count = bytes.remaining();
    try {
      image.put(index, store.append(bytes), count);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Computes the overviews, if there are any, completes the file and moves it into place.
   *
   * @throws IllegalStateException when tiles are missing, or after commit or close
   */
  public void commit() {
    requireOpen();
    int tiles = image.across() * image.down();
    for (int i = 0; i < tiles * settings.bands(); i++) {
      if (!image.isWritten(i)) {
        int tile = i % tiles;
        throw new IllegalStateException(
            "%s: found no data for the tile at column %d, row %d, expected all %d x %d tiles"
                .formatted(
                    settings.path(),
                    tile % image.across(),
                    tile / image.across(),
                    image.across(),
                    image.down()));
      }
    }
    try {
      if (settings.overviews().isPresent()) {
        OverviewResampling resampling = settings.overviews().get();
        OverviewBuilder overviews = new OverviewBuilder(settings, resampling, store, encoder);
        new CloudOptimizedLayout(settings, store, overviews.images(image)).write(file);
        store.close();
      } else {
        writeDirectory();
      }
      file.commit();
    } catch (IOException e) {
      throw failure(e);
    }
    open = false;
    encoder.close();
  }

  private void writeDirectory() throws IOException {
    long start = store.end() + (store.end() & 1);
    DirectoryWriter directory = settings.directory(settings.bigTiff(), image, false);
    if (!settings.bigTiff() && start + directory.size() > CLASSIC_LIMIT) {
      directory = settings.directory(true, image, false);
    }
    file.write(directory.directory(start, 0), start);
    file.write(directory.header(start), 0);
  }

  /**
   * Gives up a file that was not committed and deletes what was written; otherwise does nothing.
   */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    encoder.close();
    try (file) {
      store.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(settings.path() + ": the writer is committed or closed");
    }
  }

  private UncheckedIOException failure(IOException e) {
    return Failures.of(settings.path(), "cannot be written", e);
  }
}
