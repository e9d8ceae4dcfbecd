package org.csmoe.model.internal;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.csmoe.model.internal.Parameter.Init;

/**
 * Draws untrained weights. Each tensor has its own generator, seeded by the seed and the tensor's
 * name, so that values depend neither on the order nor on which other tensors are drawn.
 */
public final class Initializer {
  private final long seed;

  public Initializer(long seed) {
    this.seed = seed;
  }

  /** Fills a tensor's values; the buffer's position does not move. */
  public void fill(String tensor, Init init, FloatBuffer values, int grid, int width) {
    SplittableRandom random =
        new SplittableRandom(seed * 0x9E3779B97F4A7C15L + tensor.hashCode() * 0xBF58476D1CE4E5B9L);
    if (init instanceof Init.Constant constant) {
      for (int i = 0; i < values.limit(); i++) {
        values.put(i, constant.value());
      }
    } else if (init instanceof Init.Uniform uniform) {
      float scale = (float) (2 * uniform.bound() * 0x1p-24);
      float least = (float) -uniform.bound();
      for (int i = 0; i < values.limit(); i++) {
        values.put(i, least + scale * (random.nextInt() >>> 8));
      }
    } else if (init instanceof Init.Normal normal) {
      for (int i = 0; i < values.limit(); i++) {
        values.put(i, (float) (normal.deviation() * random.nextGaussian()));
      }
    } else {
      values.put(0, sinCos(grid, width));
    }
  }

  /**
   * Two-dimensional sine-cosine positions: a row of zeros for the CLS token, then one row per patch
   * in raster order with sin and cos of the column, then sin and cos of the row, at {@code width /
   * 4} frequencies {@code 10000^(-i / (width / 4))}.
   */
  public static float[] sinCos(int grid, int width) {
    int quarter = width / 4;
    float[] rows = new float[(grid * grid + 1) * width];
    for (int row = 0; row < grid; row++) {
      for (int column = 0; column < grid; column++) {
        int offset = (1 + row * grid + column) * width;
        for (int i = 0; i < quarter; i++) {
          double frequency = Math.pow(10000, -(double) i / quarter);
          rows[offset + i] = (float) Math.sin(column * frequency);
          rows[offset + quarter + i] = (float) Math.cos(column * frequency);
          rows[offset + 2 * quarter + i] = (float) Math.sin(row * frequency);
          rows[offset + 3 * quarter + i] = (float) Math.cos(row * frequency);
        }
      }
    }
    return rows;
  }
}
