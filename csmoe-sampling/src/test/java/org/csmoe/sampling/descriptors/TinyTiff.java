package org.csmoe.sampling.descriptors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntBinaryOperator;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.PixelType;

/** Writes small uncompressed tiled GeoTIFFs whose pixels follow a formula. */
final class TinyTiff {
  private static final int TILE = 16;

  private final GeoTransform transform;
  private final int width;
  private final int height;
  private IntBinaryOperator codes = (x, y) -> 1;
  private PixelType type = PixelType.UINT8;
  private int epsg = 4326;
  private String noData = "";
  private boolean point;
  private int bands = 1;

  private TinyTiff(GeoTransform transform, int width, int height) {
    this.transform = transform;
    this.width = width;
    this.height = height;
  }

  static TinyTiff of(GeoTransform transform, int width, int height) {
    return new TinyTiff(transform, width, height);
  }

  /** North up, from a corner. */
  static TinyTiff of(double west, double north, double pixel, int width, int height) {
    return of(GeoTransform.northUp(west, north, pixel), width, height);
  }

  /** Codes by column and row. */
  TinyTiff codes(IntBinaryOperator formula) {
    codes = formula;
    return this;
  }

  /** UINT8, UINT16, INT16, or FLOAT32, which holds a tenth of every code. */
  TinyTiff type(PixelType pixelType) {
    type = pixelType;
    return this;
  }

  TinyTiff epsg(int code) {
    epsg = code;
    return this;
  }

  TinyTiff noData(String text) {
    noData = text;
    return this;
  }

  /** The transform's origin is then the middle of the first pixel in the file. */
  TinyTiff pixelIsPoint() {
    point = true;
    return this;
  }

  TinyTiff bands(int count) {
    bands = count;
    return this;
  }

  Path write(Path path) {
    int across = (width - 1) / TILE + 1;
    int down = (height - 1) / TILE + 1;
    int tileBytes = TILE * TILE * bands * type.bytes();
    TreeMap<Integer, Object> tags = new TreeMap<>();
    tags.put(256, new int[] {width});
    tags.put(257, new int[] {height});
    tags.put(258, fill(bands, 8 * type.bytes()));
    tags.put(259, new int[] {1});
    tags.put(262, new int[] {1});
    tags.put(277, new int[] {bands});
    tags.put(322, new int[] {TILE});
    tags.put(323, new int[] {TILE});
    int[] offsets = new int[across * down];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = 8 + i * tileBytes;
    }
    tags.put(324, offsets);
    tags.put(325, fill(offsets.length, tileBytes));
    boolean signed = type == PixelType.INT16;
    tags.put(339, fill(bands, type.isFloat() ? 3 : signed ? 2 : 1));
    georeference(tags);
    if (!noData.isEmpty()) {
      tags.put(42113, noData + "\0");
    }
    byte[] directory = directory(tags, 8 + offsets.length * tileBytes);
    ByteBuffer file =
        ByteBuffer.allocate(8 + offsets.length * tileBytes + directory.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42);
    file.putInt(8 + offsets.length * tileBytes);
    for (int tile = 0; tile < offsets.length; tile++) {
      for (int i = 0; i < TILE * TILE; i++) {
        int x = tile % across * TILE + i % TILE;
        int y = tile / across * TILE + i / TILE;
        int code = x < width && y < height ? codes.applyAsInt(x, y) : 0;
        for (int band = 0; band < bands; band++) {
          put(file, code);
        }
      }
    }
    try {
      return Files.write(path, file.put(directory).array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(ByteBuffer file, int code) {
    switch (type) {
      case UINT8 -> file.put((byte) code);
      case FLOAT32 -> file.putFloat(code / 10f);
      default -> file.putShort((short) code);
    }
  }

  private void georeference(SortedMap<Integer, Object> tags) {
    if (transform.rowX() == 0 && transform.columnY() == 0 && transform.rowY() < 0) {
      tags.put(33550, new double[] {transform.columnX(), -transform.rowY(), 0});
      tags.put(33922, new double[] {0, 0, 0, transform.originX(), transform.originY(), 0});
    } else {
      tags.put(
          34264,
          new double[] {
            transform.columnX(),
            transform.rowX(),
            0,
            transform.originX(),
            transform.columnY(),
            transform.rowY(),
            0,
            transform.originY(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            1
          });
    }
    boolean geographic = epsg == 4326 || epsg == 4258;
    int model = geographic ? 2 : 1;
    int key = geographic ? 2048 : 3072;
    tags.put(
        34735,
        epsg == 0
            ? new int[] {1, 1, 0, 1, 1025, 0, 1, point ? 2 : 1}
            : new int[] {
              1, 1, 0, 3, 1024, 0, 1, model, 1025, 0, 1, point ? 2 : 1, key, 0, 1, epsg
            });
  }

  private static int[] fill(int count, int value) {
    int[] values = new int[count];
    Arrays.fill(values, value);
    return values;
  }

  /** A directory whose integers are all stored as LONG, except where GeoTIFF wants SHORT. */
  private static byte[] directory(SortedMap<Integer, Object> tags, int start) {
    int fixed = 2 + 12 * tags.size() + 4;
    ByteBuffer entries = ByteBuffer.allocate(fixed).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer values = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    entries.putShort((short) tags.size());
    tags.forEach(
        (tag, value) -> {
          int from = values.position();
          int type = value instanceof String ? 2 : value instanceof double[] ? 12 : 4;
          int count = 0;
          if (value instanceof String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            values.put(bytes);
            count = bytes.length;
          } else if (value instanceof double[] doubles) {
            for (double d : doubles) {
              values.putDouble(d);
            }
            count = doubles.length;
          } else if (value instanceof int[] integers) {
            boolean wide = tag != 34735 && tag != 258 && tag != 339;
            type = wide ? 4 : 3;
            for (int i : integers) {
              if (wide) {
                values.putInt(i);
              } else {
                values.putShort((short) i);
              }
            }
            count = integers.length;
          }
          int bytes = values.position() - from;
          entries.putShort(tag.shortValue()).putShort((short) type).putInt(count);
          if (bytes <= 4) {
            byte[] inline = new byte[4];
            values.get(from, inline, 0, bytes);
            values.position(from);
            entries.put(inline);
          } else {
            entries.putInt(start + fixed + from);
          }
        });
    entries.putInt(0);
    byte[] all = new byte[fixed + values.position()];
    entries.flip().get(all, 0, fixed);
    values.flip().get(all, fixed, all.length - fixed);
    return all;
  }
}
