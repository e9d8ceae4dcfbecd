package org.csmoe.raster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.csmoe.io.AtomicFile;

/**
 * Writes a tiled float32 GeoTIFF window by window, with memory for one tile, so that a raster can
 * be larger than memory.
 *
 * <p>Tiles are compressed with Deflate and the floating-point predictor. Bands are stored apart
 * (planar): a tile of 768 interleaved bands would be 192 MiB, a planar one is 256 KiB. A file that
 * grows beyond 4 GiB becomes a BigTIFF.
 *
 * <p>NaN is written as the no-data value, which is NaN unless set otherwise.
 *
 * <p>Everything goes to a temporary file beside the target. {@link #commit()} moves it into place
 * in one step; {@link #close()} without a commit deletes it, and a file that was there before
 * stays:
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
  private static final int HEADER_BYTES = 16;
  private static final long CLASSIC_LIMIT = 0xFFFFFFFFL;

  private final GeoTiffWriterBuilder settings;
  private final int across;
  private final int down;
  private final long[] offsets;
  private final long[] byteCounts;
  private final TileEncoder encoder;
  private final AtomicFile file;
  private long end = HEADER_BYTES;
  private boolean open = true;

  GeoTiffWriter(GeoTiffWriterBuilder settings) {
    this.settings = settings;
    int size = settings.tileSize();
    across = (settings.width() - 1) / size + 1;
    down = (settings.height() - 1) / size + 1;
    int tiles = Math.multiplyExact(Math.multiplyExact(across, down), settings.bands());
    offsets = new long[tiles];
    byteCounts = new long[tiles];
    try {
      file = AtomicFile.create(settings.path());
    } catch (IOException e) {
      throw failure(e);
    }
    encoder = new TileEncoder(size);
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
   * @throws IllegalArgumentException when the window does not consist of whole tiles or the array
   *     has another length
   * @throws IllegalStateException when a tile was written before, or after commit or close
   */
  public void write(Window window, float[] data) {
    requireOpen();
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
    int pixels = window.width() * window.height();
    if (data.length != settings.bands() * pixels) {
      throw new IllegalArgumentException(
          "data must have %d values (%d bands x %d rows x %d columns) but had %d"
              .formatted(
                  settings.bands() * pixels,
                  settings.bands(),
                  window.height(),
                  window.width(),
                  data.length));
    }
    for (int y = 0; y < window.height(); y += size) {
      for (int x = 0; x < window.width(); x += size) {
        int tile = (window.y() + y) / size * across + (window.x() + x) / size;
        int width = Math.min(size, window.width() - x);
        int height = Math.min(size, window.height() - y);
        for (int band = 0; band < settings.bands(); band++) {
          int offset = band * pixels + y * window.width() + x;
          append(
              band * across * down + tile,
              encoder.encode(
                  data, offset, window.width(), width, height, (float) settings.noData()));
        }
      }
    }
  }

  private boolean endsTile(int end, int edge) {
    return end % tileSize() == 0 || end == edge;
  }

  private void append(int index, ByteBuffer bytes) {
    if (offsets[index] != 0) {
      throw new IllegalStateException(
          "%s: tile %d was written before; each tile is written once"
              .formatted(settings.path(), index));
    }
    offsets[index] = end;
    byteCounts[index] = bytes.remaining();
    end += bytes.remaining();
    writeFully(bytes, offsets[index]);
  }

  /**
   * Completes the file and moves it into place.
   *
   * @throws IllegalStateException when tiles are missing, or after commit or close
   */
  public void commit() {
    requireOpen();
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] == 0) {
        int tile = i % (across * down);
        throw new IllegalStateException(
            "%s: found no data for the tile at column %d, row %d, expected all %d x %d tiles"
                .formatted(settings.path(), tile % across, tile / across, across, down));
      }
    }
    try {
      writeDirectory();
      file.commit();
    } catch (IOException e) {
      throw failure(e);
    }
    open = false;
    encoder.close();
  }

  private void writeDirectory() {
    long start = end + (end & 1);
    DirectoryWriter directory = settings.directory(settings.bigTiff(), offsets, byteCounts);
    ByteBuffer bytes = directory.directory(start);
    if (!settings.bigTiff() && start + bytes.capacity() > CLASSIC_LIMIT) {
      directory = settings.directory(true, offsets, byteCounts);
      bytes = directory.directory(start);
    }
    writeFully(bytes, start);
    writeFully(directory.header(start), 0);
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
    try {
      file.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(settings.path() + ": the writer is committed or closed");
    }
  }

  private void writeFully(ByteBuffer bytes, long position) {
    long at = position;
    try {
      while (bytes.hasRemaining()) {
        at += file.channel().write(bytes, at);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException(settings.path() + ": cannot be written: " + e, e);
  }
}
