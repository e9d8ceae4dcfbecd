package org.csmoe.raster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.csmoe.io.AtomicFile;

/**
 * Copies tiles from a store into the order of a cloud-optimized GeoTIFF: all directories at the
 * beginning, from the full image to the coarsest overview, then tiles from the coarsest to the full
 * image. The header comes last, so that an unfinished file is no TIFF.
 */
final class CloudOptimizedLayout {
  private static final long CLASSIC_LIMIT = 0xFFFFFFFFL;

  private final GeoTiffWriterBuilder settings;
  private final TileStore store;
  private final List<ImageTiles> images;

  CloudOptimizedLayout(GeoTiffWriterBuilder settings, TileStore store, List<ImageTiles> images) {
    this.settings = settings;
    this.store = store;
    this.images = images;
  }

  void write(AtomicFile target) throws IOException {
    boolean big = settings.bigTiff() || end(false) > CLASSIC_LIMIT;
    long tiles = firstTile(big);
    List<ImageTiles> placed = new ArrayList<>();
    for (int i = images.size() - 1; i >= 0; i--) {
      placed.add(copy(images.get(i), tiles, target));
      tiles += images.get(i).bytes();
    }
    Collections.reverse(placed);
    long start = headerBytes(big);
    for (int i = 0; i < placed.size(); i++) {
      DirectoryWriter directory = settings.directory(big, placed.get(i), i > 0);
      long next = start + directory.size();
      ByteBuffer bytes = directory.directory(start, i < placed.size() - 1 ? next : 0);
      target.write(bytes, start);
      start = next;
    }
    target.channel().force(false);
    target.write(new DirectoryWriter(big).header(headerBytes(big)), 0);
  }

  private static int headerBytes(boolean big) {
    return big ? 16 : 8;
  }

  private long firstTile(boolean big) {
    long at = headerBytes(big);
    for (int i = 0; i < images.size(); i++) {
      at += settings.directory(big, images.get(i), i > 0).size();
    }
    return at;
  }

  private long end(boolean big) {
    return firstTile(big) + images.stream().mapToLong(ImageTiles::bytes).sum();
  }

  private ImageTiles copy(ImageTiles image, long start, AtomicFile target) throws IOException {
    ImageTiles placed =
        new ImageTiles(image.width(), image.height(), settings.bands(), settings.tileSize());
    long at = start;
    for (int i = 0; i < image.offsets().length; i++) {
      int count = (int) image.byteCounts()[i];
      target.write(store.read(image.offsets()[i], count), at);
      placed.put(i, at, count);
      at += count;
    }
    return placed;
  }
}
