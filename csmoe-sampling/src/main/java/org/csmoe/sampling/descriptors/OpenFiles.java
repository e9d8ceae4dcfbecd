package org.csmoe.sampling.descriptors;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.csmoe.raster.GeoTiff;

/**
 * The files of a mosaic that are open: opened when first read, the least recently used closed when
 * there are too many. A file in use stays open, so that there may be as many more as threads read.
 * Safe for use by several threads.
 */
final class OpenFiles implements AutoCloseable {
  private final int limit;
  private final Map<RasterTile, OpenFile> files = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  private static final class OpenFile {
    private final GeoTiff tiff;
    private int users;
    private boolean dropped;

    OpenFile(GeoTiff tiff) {
      this.tiff = tiff;
    }
  }

  OpenFiles(int limit) {
    this.limit = limit;
  }

  <T> T read(RasterTile tile, Function<GeoTiff, T> reader) {
    OpenFile file = acquire(tile);
    boolean sound = false;
    try {
      T result = reader.apply(file.tiff);
      sound = true;
      return result;
    } finally {
      release(tile, file, sound);
    }
  }

  private synchronized OpenFile acquire(RasterTile tile) {
    if (closed) {
      throw new IllegalStateException(tile + ": the raster is closed");
    }
    OpenFile file = files.get(tile);
    if (file == null) {
      // Decoded blocks are kept as class codes, not here.
      file = new OpenFile(GeoTiff.open(tile.path(), 0));
      files.put(tile, file);
    }
    file.users++;
    trim();
    return file;
  }

  private void trim() {
    Iterator<OpenFile> eldest = files.values().iterator();
    while (files.size() > limit && eldest.hasNext()) {
      OpenFile file = eldest.next();
      if (file.users == 0) {
        eldest.remove();
        file.tiff.close();
      }
    }
  }

  /** A file that failed may have been closed by an interrupt: the next read opens it anew. */
  private synchronized void release(RasterTile tile, OpenFile file, boolean sound) {
    file.users--;
    if (!sound && files.remove(tile, file)) {
      file.dropped = true;
    }
    if (file.users == 0 && file.dropped) {
      file.tiff.close();
    }
  }

  synchronized int count() {
    return files.size();
  }

  @Override
  public synchronized void close() {
    closed = true;
    List<OpenFile> all = new ArrayList<>(files.values());
    files.clear();
    for (OpenFile file : all) {
      file.dropped = true;
      if (file.users == 0) {
        file.tiff.close();
      }
    }
  }
}
