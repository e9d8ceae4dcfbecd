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
    transpose(plain, packed, TILE, columns);
  }

  /**
   * Undoes {@link #pack}.
   *
   * @param packed what was packed
   * @param plain as long; may be the same memory
   * @param columns as for packing
   */
  public static void unpack(FloatBuffer packed, FloatBuffer plain, int columns) {
    transpose(packed, plain, columns, TILE);
  }

  /** Transposes each of the matrices {@code [rows, columns]} that lie one after the other. */
  private static void transpose(FloatBuffer from, FloatBuffer to, int rows, int columns) {
    int size = rows * columns;
    int count = from.limit() / size;
    int parts = Math.min(count, Runtime.getRuntime().availableProcessors());
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              float[] matrix = new float[size];
              float[] transposed = new float[size];
              for (int i = share(count, part, parts); i < share(count, part + 1, parts); i++) {
                from.get(i * size, matrix);
                for (int row = 0; row < rows; row++) {
                  for (int column = 0; column < columns; column++) {
                    transposed[column * rows + row] = matrix[row * columns + column];
                  }
                }
                to.put(i * size, transposed);
              }
            });
  }

  private static int share(int count, int part, int parts) {
    return (int) ((long) count * part / parts);
  }
}
