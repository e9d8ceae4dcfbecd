package org.csmoe.compiler.internal;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * The order in which oneDNN's convolutions on AVX2 read weights {@code [rows, columns]}: tiles of 8
 * x 8, one row of tiles after the other, and in a tile 8 rows of one column after those of the
 * column before.
 */
public final class Packing {
  static final int TILE = 8;

  private Packing() {}

  /**
   * Packs matrices one below the other, on all cores.
   *
   * @param plain row by row
   * @param packed as long; may be the same memory
   * @param columns a multiple of 8, as is the number of rows
   */
  public static void pack(FloatBuffer plain, FloatBuffer packed, int columns) {
    forParts(
        plain.limit() / (TILE * columns),
        (begin, end) -> {
          float[] rows = new float[TILE * columns];
          float[] tiles = new float[TILE * columns];
          for (int i = begin; i < end; i++) {
            plain.get(i * rows.length, rows);
            for (int row = 0; row < TILE; row++) {
              for (int column = 0; column < columns; column++) {
                tiles[column * TILE + row] = rows[row * columns + column];
              }
            }
            packed.put(i * tiles.length, tiles);
          }
        });
  }

  /**
   * Undoes {@link #pack}.
   *
   * @param packed what was packed
   * @param plain as long; may be the same memory
   * @param columns as for packing
   */
  public static void unpack(FloatBuffer packed, FloatBuffer plain, int columns) {
    forParts(
        plain.limit() / (TILE * columns),
        (begin, end) -> {
          float[] rows = new float[TILE * columns];
          float[] tiles = new float[TILE * columns];
          for (int i = begin; i < end; i++) {
            packed.get(i * tiles.length, tiles);
            for (int row = 0; row < TILE; row++) {
              for (int column = 0; column < columns; column++) {
                rows[row * columns + column] = tiles[column * TILE + row];
              }
            }
            plain.put(i * rows.length, rows);
          }
        });
  }

  private static int share(int count, int i, int parts) {
    return (int) ((long) count * i / parts);
  }

  private interface Part {
    void run(int begin, int end);
  }

  private static void forParts(int count, Part part) {
    int parts = Math.min(count, Runtime.getRuntime().availableProcessors());
    IntStream.range(0, parts)
        .parallel()
        .forEach(i -> part.run(share(count, i, parts), share(count, i + 1, parts)));
  }
}
