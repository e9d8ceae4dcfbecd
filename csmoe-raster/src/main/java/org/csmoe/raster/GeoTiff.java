package org.csmoe.raster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.csmoe.RasterFormatException;
import org.jspecify.annotations.Nullable;

/**
 * An open GeoTIFF (classic or BigTIFF) on disk, in memory or on a web server, read by windows.
 *
 * <p>Only the blocks (strips or tiles) under a window are read; decoded blocks stay in a cache of
 * bounded size. Only the first image of a file is read, at full resolution, or through {@link
 * #overviews()} at the reduced ones that the file holds. Masks and further pages are ignored, and
 * so are palettes and alpha. Scale and offset are told by {@link RasterInfo#scalings} and not
 * applied.
 *
 * <p>Bands and pixels count from 0. {@link #readFloats} gives NaN where a pixel equals the file's
 * no-data value; {@link #readRaw} gives what is stored. A sparse block, one that the file leaves
 * out, has no data, or 0 when the file declares no such value.
 *
 * <p>Safe for use by several threads. Interrupting a thread while it reads from disk closes the
 * file, as with every {@link java.nio.channels.FileChannel}. Whoever opens a file closes it.
 *
 * <p>A malformed file or one that uses a feature that is not supported ends in {@link
 * RasterFormatException} with file, tag or block, what was found and what was expected; a file that
 * cannot be read ends in {@link java.io.UncheckedIOException}.
 */
public final class GeoTiff implements AutoCloseable {
  /** How many bytes of decoded blocks {@link #open(Path)} keeps: 64 MiB. */
  public static final long DEFAULT_CACHE_BYTES = 64L << 20;

  /** The largest block, decoded, that is read unless another limit is given: 256 MiB. */
  public static final long DEFAULT_MAX_BLOCK_BYTES = 256L << 20;

  private final TiffSource source;
  private final RasterInfo info;
  private final BlockPixels pixels;
  private final BlockDecoder decoder;
  private final long[] offsets;
  private final long[] byteCounts;
  private final Cache<BlockKey, byte[]> cache;
  private final long maxBlockBytes;
  private final TiffDirectory directory;
  private final boolean reduced;
  private @Nullable List<GeoTiff> overviews;

  /** A block of one image of an open file; several files can share a cache. */
  record BlockKey(GeoTiff image, int index) {}

  private GeoTiff(
      TiffSource source,
      Cache<BlockKey, byte[]> cache,
      long maxBlockBytes,
      TiffDirectory directory,
      SampleLayout samples,
      RasterInfo info,
      boolean reduced) {
    this.source = source;
    this.cache = cache;
    this.maxBlockBytes = maxBlockBytes;
    this.directory = directory;
    this.info = info;
    this.reduced = reduced;
    pixels = new BlockPixels(info);
    // The conversion may rely on pixels within the limit; only then is it known what is stored.
    checkBlockBytes((double) info.blockWidth() * info.blockHeight() * pixels.step());
    decoder =
        new BlockDecoder(source, info, samples.stored(info.blockWidth()), samples.jpegTables());
    checkBlockBytes((double) decoder.storedBytes(info.blockHeight()));
    int blocks = checkedBlocks();
    TiffTag offsetTag = info.tiled() ? TiffTag.TILE_OFFSETS : TiffTag.STRIP_OFFSETS;
    TiffTag countTag = info.tiled() ? TiffTag.TILE_BYTE_COUNTS : TiffTag.STRIP_BYTE_COUNTS;
    offsets = directory.integers(offsetTag, blocks, blocks);
    if (directory.has(countTag) || info.compression() != Compression.NONE) {
      byteCounts = directory.integers(countTag, blocks, blocks);
    } else {
      byteCounts = new long[blocks];
      Arrays.fill(byteCounts, Long.MAX_VALUE);
    }
  }

  /**
   * Opens a file with a cache of {@link #DEFAULT_CACHE_BYTES}.
   *
   * @param path the file
   * @return the open file
   * @throws RasterFormatException when it is not a TIFF that can be read
   * @throws java.io.UncheckedIOException when the file cannot be opened
   */
  public static GeoTiff open(Path path) {
    return open(path, DEFAULT_CACHE_BYTES);
  }

  /**
   * Opens a file.
   *
   * @param path the file
   * @param cacheBytes how many bytes of decoded blocks to keep, at least 0
   * @return the open file
   * @throws RasterFormatException when it is not a TIFF that can be read
   * @throws java.io.UncheckedIOException when the file cannot be opened
   */
  public static GeoTiff open(Path path, long cacheBytes) {
    return open(path, cacheBytes, DEFAULT_MAX_BLOCK_BYTES);
  }

  /**
   * Opens a file with a limit on the memory that one block may take, for example a small one for
   * files that strangers upload.
   *
   * @param path the file
   * @param cacheBytes how many bytes of decoded blocks to keep, at least 0
   * @param maxBlockBytes the largest block to decode, 1 to 2,147,483,639 bytes; decoding takes up
   *     to three times as much for a moment, five times for JPEG as long as its pixels
   * @return the open file
   * @throws RasterFormatException when it is not a TIFF that can be read, or its blocks are larger
   * @throws java.io.UncheckedIOException when the file cannot be opened
   */
  public static GeoTiff open(Path path, long cacheBytes, long maxBlockBytes) {
    Cache<BlockKey, byte[]> cache = cache(cacheBytes);
    return open(TiffSource.of(path), cache, maxBlockBytes);
  }

  /**
   * Opens a file on a web server, with a cache of {@link #DEFAULT_CACHE_BYTES}, for example a
   * cloud-optimized GeoTIFF in object storage. Connecting may take ten seconds, a request a minute.
   *
   * @param uri its address, http or https
   * @return the open file
   * @throws IllegalArgumentException when the address is not one of http or https
   * @throws RasterFormatException when it is not a TIFF that can be read
   * @throws java.io.UncheckedIOException when the server cannot be reached or does not serve ranges
   */
  public static GeoTiff open(URI uri) {
    return open(uri, DefaultClient.CLIENT, Duration.ofMinutes(1));
  }

  /**
   * Opens a file on a web server by a client of one's own, which decides about proxies, passwords,
   * certificates and redirects.
   *
   * <p>The server must answer range requests. The first one fetches 64 KiB, which hold all
   * directories of most cloud-optimized files; after that only what lies under the windows is
   * fetched, in pages of 16 KiB and with blocks that lie together in one request of at most 4 MiB.
   * 16 MiB of pages are kept beside the decoded blocks. A request is not repeated when it fails.
   * When the file changes on the server while it is open (size, ETag or Last-Modified), reading
   * ends in an {@link java.io.UncheckedIOException}, never in pixels of two versions.
   *
   * <p>Interrupting a thread ends its read with an {@link java.io.UncheckedIOException} and leaves
   * the file open.
   *
   * @param uri its address, http or https
   * @param client asks the server; it stays open
   * @param timeout how long a request may take, from the first byte sent to the last one received
   * @return the open file
   * @throws IllegalArgumentException when the address is not one of http or https
   * @throws RasterFormatException when it is not a TIFF that can be read
   * @throws java.io.UncheckedIOException when the server cannot be reached or does not serve ranges
   */
  public static GeoTiff open(URI uri, HttpClient client, Duration timeout) {
    return open(TiffSource.of(uri, client, timeout), cache(DEFAULT_CACHE_BYTES));
  }

  /** Made when first needed: a client has a thread of its own. */
  private static final class DefaultClient {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
  }

  /**
   * Opens a file that is in memory, for example one out of a database, with a cache of {@link
   * #DEFAULT_CACHE_BYTES}.
   *
   * @param name what to call it in messages
   * @param content all bytes of the file; they are not copied and must not change while it is open
   * @return the open file
   * @throws RasterFormatException when it is not a TIFF that can be read
   */
  public static GeoTiff open(String name, byte[] content) {
    return open(name, content, DEFAULT_CACHE_BYTES, DEFAULT_MAX_BLOCK_BYTES);
  }

  /**
   * Opens a file that is in memory with a limit on the memory that one block may take.
   *
   * @param name what to call it in messages
   * @param content all bytes of the file; they are not copied and must not change while it is open
   * @param cacheBytes how many bytes of decoded blocks to keep, at least 0
   * @param maxBlockBytes as in {@link #open(Path, long, long)}
   * @return the open file
   * @throws RasterFormatException when it is not a TIFF that can be read, or its blocks are larger
   */
  public static GeoTiff open(String name, byte[] content, long cacheBytes, long maxBlockBytes) {
    return open(TiffSource.of(name, content), cache(cacheBytes), maxBlockBytes);
  }

  static GeoTiff open(Path path, Cache<BlockKey, byte[]> cache) {
    return open(TiffSource.of(path), cache);
  }

  static GeoTiff open(TiffSource source, Cache<BlockKey, byte[]> cache) {
    return open(source, cache, DEFAULT_MAX_BLOCK_BYTES);
  }

  private static GeoTiff open(
      TiffSource source, Cache<BlockKey, byte[]> cache, long maxBlockBytes) {
    try {
      if (maxBlockBytes < 1 || maxBlockBytes > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "maxBlockBytes must be in 1..%d but was %d"
                .formatted(Integer.MAX_VALUE - 8, maxBlockBytes));
      }
      TiffDirectory directory = new TiffDirectory(source);
      TiffHeader header = new TiffHeader(directory);
      return new GeoTiff(
          source, cache, maxBlockBytes, directory, header.samples(), header.info(), false);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  static Cache<BlockKey, byte[]> cache(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("cacheBytes must be at least 0 but was " + bytes);
    }
    return Caffeine.newBuilder()
        .maximumWeight(bytes)
        .weigher((BlockKey key, byte[] block) -> block.length)
        .executor(Runnable::run)
        .build();
  }

  private void checkBlockBytes(double blockBytes) {
    if (blockBytes > maxBlockBytes) {
      throw directory.malformed(
          info.tiled() ? TiffTag.TILE_LENGTH : TiffTag.ROWS_PER_STRIP,
          "blocks of %.0f decoded bytes".formatted(blockBytes),
          "at most %d; write the file anew with tiles, or open it with a higher limit"
              .formatted(maxBlockBytes));
    }
  }

  private int checkedBlocks() {
    double blocks =
        (double) info.blocksAcross() * info.blocksDown() * (info.planar() ? info.bands() : 1);
    if (blocks > Integer.MAX_VALUE - 8) {
      throw directory.malformed(
          info.tiled() ? TiffTag.TILE_OFFSETS : TiffTag.STRIP_OFFSETS,
          "%.0f blocks".formatted(blocks),
          "at most " + (Integer.MAX_VALUE - 8));
    }
    return (int) blocks;
  }

  /**
   * What the file says about itself.
   *
   * @return size, types, layout, coordinate system, names
   */
  public RasterInfo info() {
    return info;
  }

  /**
   * The image at the reduced resolutions that the file holds, for pictures and coarse lookups. Each
   * is read like the file itself, in windows of its own pixels; its {@link RasterInfo} has the
   * place, the no-data value and the names of the full image, and its transform spans the same
   * ground. They share this file's cache, and closing one does nothing.
   *
   * <p>An overview is a directory that follows the image and is marked as reduced; masks, overviews
   * of further pages and files named {@code .ovr} are not among them.
   *
   * @return from the finest to the coarsest; empty when the file has none
   * @throws RasterFormatException when the chain of directories is broken or a cycle
   */
  public List<GeoTiff> overviews() {
    if (reduced) {
      return List.of();
    }
    synchronized (directory) {
      if (overviews == null) {
        overviews =
            OverviewDirectories.of(directory, info).stream()
                .map(
                    found ->
                        new GeoTiff(
                            source,
                            cache,
                            maxBlockBytes,
                            found.directory(),
                            found.samples(),
                            found.info(),
                            true))
                .toList();
      }
      return overviews;
    }
  }

  /**
   * Reads pixels; those that equal the no-data value become NaN.
   *
   * @param band the band, from 0
   * @param window the pixels, inside the raster
   * @return {@code [height, width]} row by row; 32-bit integers and doubles are rounded to float
   * @throws IllegalArgumentException when the band does not exist or the window is not inside
   * @throws RasterFormatException when a block is malformed
   */
  public float[] readFloats(int band, Window window) {
    window.requireInside(info.width(), info.height(), 1);
    float[] target = new float[window.width() * window.height()];
    readFloats(band, window, target, 0);
    return target;
  }

  /**
   * Reads pixels into an array; those that equal the no-data value become NaN.
   *
   * @param band the band, from 0
   * @param window the pixels, inside the raster
   * @param target receives {@code [height, width]} row by row
   * @param offset where the first pixel goes
   * @throws IllegalArgumentException when the band does not exist or the window is not inside
   * @throws IndexOutOfBoundsException when the target is too short
   * @throws RasterFormatException when a block is malformed
   */
  public void readFloats(int band, Window window, float[] target, int offset) {
    window.requireInside(info.width(), info.height(), 1);
    Objects.checkFromIndexSize(offset, window.width() * window.height(), target.length);
    readBlocks(
        band,
        window,
        (block, at, count, index) -> pixels.toFloats(block, at, count, target, offset + index));
  }

  /**
   * Reads pixels as they are stored, no-data values included. Every pixel type fits a double
   * without loss.
   *
   * @param band the band, from 0
   * @param window the pixels, inside the raster
   * @return {@code [height, width]} row by row
   * @throws IllegalArgumentException when the band does not exist or the window is not inside
   * @throws RasterFormatException when a block is malformed
   */
  public double[] readRaw(int band, Window window) {
    window.requireInside(info.width(), info.height(), 1);
    double[] target = new double[window.width() * window.height()];
    readRows(band, window, (row, count, index) -> System.arraycopy(row, 0, target, index, count));
    return target;
  }

  /**
   * Reads pixels as they are stored, no-data values included, part of a row by part of a row, with
   * memory for one such part. The parts come block by block, so that each block is decoded once
   * whatever the cache keeps.
   *
   * @param band the band, from 0
   * @param window the pixels, inside the raster
   * @param sink receives the pixels
   * @throws IllegalArgumentException when the band does not exist or the window is not inside
   * @throws RasterFormatException when a block is malformed
   */
  public void readRaw(int band, Window window, RowSink sink) {
    readRows(band, window, sink);
  }

  /**
   * Reads unsigned 8-bit pixels as they are stored, no-data values included, without a detour by
   * another type.
   *
   * @param band the band, from 0
   * @param window the pixels, inside the raster
   * @param target receives {@code [height, width]} row by row
   * @param offset where the first pixel goes
   * @throws IllegalArgumentException when pixels are of another type, the band does not exist or
   *     the window is not inside
   * @throws IndexOutOfBoundsException when the target is too short
   * @throws RasterFormatException when a block is malformed
   */
  public void readBytes(int band, Window window, byte[] target, int offset) {
    if (info.pixelType() != PixelType.UINT8) {
      throw new IllegalArgumentException(
          "pixels must be UINT8 to be read as bytes but were " + info.pixelType());
    }
    window.requireInside(info.width(), info.height(), 1);
    Objects.checkFromIndexSize(offset, window.width() * window.height(), target.length);
    double sparse = info.noData().orElse(0);
    byte fill = (byte) (sparse >= 0 && sparse <= 255 ? (int) sparse : 0);
    int step = pixels.step();
    readBlocks(
        band,
        window,
        (block, at, count, index) -> {
          int to = offset + index;
          if (block.capacity() == 0) {
            Arrays.fill(target, to, to + count, fill);
          } else if (step == 1) {
            block.get(at, target, to, count);
          } else {
            for (int i = 0; i < count; i++) {
              target[to + i] = block.get(at + i * step);
            }
          }
        });
  }

  /**
   * Computes statistics of one band, block by block; pixels without data do not count.
   *
   * @param band the band, from 0
   * @return minimum, maximum, mean, standard deviation and count of the valid pixels
   * @throws IllegalArgumentException when the band does not exist
   * @throws RasterFormatException when a block is malformed
   */
  public BandSummary summarize(int band) {
    Moments moments = new Moments(pixels.noData());
    for (int y = 0; y < info.height(); y += info.blockHeight()) {
      for (int x = 0; x < info.width(); x += info.blockWidth()) {
        int width = Math.min(info.blockWidth(), info.width() - x);
        int height = Math.min(info.blockHeight(), info.height() - y);
        readRows(band, new Window(x, y, width, height), moments);
        if (info.width() - x <= info.blockWidth()) {
          break;
        }
      }
      if (info.height() - y <= info.blockHeight()) {
        break;
      }
    }
    return moments.summary();
  }

  /** Releases the file, its overviews included. Blocks in the cache go when this object does. */
  @Override
  public void close() {
    if (!reduced) {
      source.close();
    }
  }

  private void readRows(int band, Window window, RowSink sink) {
    double[] row = new double[Math.min(window.width(), info.blockWidth())];
    readBlocks(
        band,
        window,
        (block, at, count, index) -> {
          pixels.toDoubles(block, at, count, row);
          sink.accept(row, count, index);
        });
  }

  private void readBlocks(int band, Window window, BlockRow visitor) {
    if (band < 0 || band >= info.bands()) {
      throw new IllegalArgumentException(
          "band must be in 0..%d but was %d".formatted(info.bands() - 1, band));
    }
    window.requireInside(info.width(), info.height(), 1);
    int right = window.x() + window.width();
    int bottom = window.y() + window.height();
    int lastColumn = (right - 1) / info.blockWidth();
    int lastRow = (bottom - 1) / info.blockHeight();
    for (int blockRow = window.y() / info.blockHeight(); blockRow <= lastRow; blockRow++) {
      int top = blockRow * info.blockHeight();
      int fromY = Math.max(top, window.y());
      int toY = (int) Math.min((long) top + info.blockHeight(), bottom);
      for (int column = window.x() / info.blockWidth(); column <= lastColumn; column++) {
        int left = column * info.blockWidth();
        int fromX = Math.max(left, window.x());
        int count = (int) Math.min((long) left + info.blockWidth(), right) - fromX;
        if (source.isRemote()) {
          readAhead(band, blockRow, column, lastColumn);
        }
        ByteBuffer block = block(band, blockRow, column);
        for (int y = fromY; y < toY; y++) {
          int at = (y - top) * rowBytes() + (fromX - left) * pixels.step() + bandOffset(band);
          visitor.accept(block, at, count, (y - window.y()) * window.width() + fromX - window.x());
        }
      }
    }
  }

  /** Receives part of a row in its block, from byte {@code at}; {@code index} as in RowSink. */
  @FunctionalInterface
  private interface BlockRow {
    void accept(ByteBuffer block, int at, int count, int index);
  }

  /** Receives pixels of one band, part of a row at a time. */
  @FunctionalInterface
  public interface RowSink {
    /**
     * The next pixels.
     *
     * @param row the pixels from index 0; used again for the next part
     * @param count how many they are
     * @param index place of the first one in the window, counted row by row
     */
    void accept(double[] row, int count, int index);
  }

  /** The decoded block; without capacity when the file leaves it out. */
  private ByteBuffer block(int band, int blockRow, int blockColumn) {
    int index = blockIndex(band, blockRow, blockColumn);
    if (offsets[index] == 0 && byteCounts[index] == 0) {
      return ByteBuffer.allocate(0);
    }
    byte[] block = cache.get(new BlockKey(this, index), key -> decode(key.index, blockRow));
    return ByteBuffer.wrap(block).order(info.byteOrder());
  }

  private int blockIndex(int band, int blockRow, int blockColumn) {
    int plane = info.planar() ? band : 0;
    return (plane * info.blocksDown() + blockRow) * info.blocksAcross() + blockColumn;
  }

  /** Announces the blocks from one column to another that have to be read. */
  private void readAhead(int band, int blockRow, int column, int lastColumn) {
    int[] missing =
        IntStream.rangeClosed(column, lastColumn)
            .map(at -> blockIndex(band, blockRow, at))
            .filter(index -> byteCounts[index] != 0)
            .filter(index -> cache.getIfPresent(new BlockKey(this, index)) == null)
            .toArray();
    source.readAhead(
        Arrays.stream(missing).mapToLong(index -> offsets[index]).toArray(),
        Arrays.stream(missing).mapToLong(index -> byteCounts[index]).toArray());
  }

  private byte[] decode(int index, int blockRow) {
    int rows =
        info.tiled()
            ? info.blockHeight()
            : Math.min(info.blockHeight(), info.height() - blockRow * info.blockHeight());
    String what =
        "%s %d at byte %d".formatted(info.tiled() ? "tile" : "strip", index, offsets[index]);
    return decoder.decode(what, offsets[index], byteCounts[index], rows);
  }

  private int rowBytes() {
    return info.blockWidth() * pixels.step();
  }

  private int bandOffset(int band) {
    return info.planar() ? 0 : band * info.pixelType().bytes();
  }
}
