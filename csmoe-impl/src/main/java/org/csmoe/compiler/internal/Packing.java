package org.csmoe.compiler.internal;

import java.nio.FloatBuffer;

/**
 * The order in which oneDNN's convolutions on AVX2 read weights {@code [rows, columns]}: tiles of 8
 * x 8, one row of tiles after the other, and in a tile 8 rows of one column after those of the
 * column before.
 */
public final class Packing {
  static final int TILE = 8;

  private Packing() {}

  /**
   * Packs matrices one below the other.
   *
   * @param plain row by row
   * @param packed as long; may be the same memory
   * @param columns a multiple of 8, as is the number of rows
   */
  public static void pack(FloatBuffer plain, FloatBuffer packed, int columns) {
    float[] rows = new float[TILE * columns];
    float[] tiles = new float[TILE * columns];
    for (int at = 0; at < plain.limit(); at += rows.length) {
      plain.get(at, rows);
      for (int row = 0; row < TILE; row++) {
        for (int column = 0; column < columns; column++) {
          tiles[column * TILE + row] = rows[row * columns + column];
        }
      }
      packed.put(at, tiles);
    }
  }

  /**
   * Undoes {@link #pack}.
   *
   * @param packed what was packed
   * @param plain as long; may be the same memory
   * @param columns as for packing
   */
  public static void unpack(FloatBuffer packed, FloatBuffer plain, int columns) {
    float[] rows = new float[TILE * columns];
    float[] tiles = new float[TILE * columns];
    for (int at = 0; at < plain.limit(); at += rows.length) {
      packed.get(at, tiles);
      for (int row = 0; row < TILE; row++) {
        for (int column = 0; column < columns; column++) {
          rows[row * columns + column] = tiles[column * TILE + row];
        }
      }
      plain.put(at, rows);
    }
  }
}
