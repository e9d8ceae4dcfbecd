package org.csmoe.raster;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Takes pixels of one band out of decoded blocks. A block without capacity is one that the file
 * leaves out: its pixels have the no-data value, or 0 when there is none.
 */
final class BlockPixels {
  private final PixelType type;

  /** Bytes from a pixel of the band to the next. */
  private final int step;

  private final double absent;
  private final float absentFloat;

  /** The no-data value as a pixel of this type would hold it; NaN, equal to nothing, when none. */
  private final double noData;

  BlockPixels(RasterInfo info) {
    type = info.pixelType();
    step = type.bytes() * (info.planar() ? 1 : info.bands());
    absent = info.noData().orElse(0);
    absentFloat = info.noData().isPresent() ? Float.NaN : 0;
    double declared = info.noData().orElse(Double.NaN);
    noData = type == PixelType.FLOAT32 ? (float) declared : declared;
  }

  int step() {
    return step;
  }

  double noData() {
    return noData;
  }

  /** Pixels without loss. */
  void toDoubles(ByteBuffer block, int at, int count, double[] row) {
    if (block.capacity() == 0) {
      Arrays.fill(row, 0, count, absent);
      return;
    }
    switch (type) {
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.get(at + i * step) & 0xFF;
        }
      }
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.get(at + i * step);
        }
      }
      case UINT16 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.getShort(at + i * step) & 0xFFFF;
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.getShort(at + i * step);
        }
      }
      case UINT32 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.getInt(at + i * step) & 0xFFFFFFFFL;
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.getInt(at + i * step);
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.getFloat(at + i * step);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          row[i] = block.getDouble(at + i * step);
        }
      }
    }
  }

  /** Pixels as floats, NaN where there is no data; wider types are compared before rounding. */
  void toFloats(ByteBuffer block, int at, int count, float[] target, int to) {
    if (block.capacity() == 0) {
      Arrays.fill(target, to, to + count, absentFloat);
      return;
    }
    copy(block, at, count, target, to);
    // A no-data value that is no float equals no pixel that is one.
    float missing = (float) noData;
    if (missing == noData && !isWiderThanFloat()) {
      for (int i = to; i < to + count; i++) {
        target[i] = target[i] == missing ? Float.NaN : target[i];
      }
    }
  }

  private boolean isWiderThanFloat() {
    return type == PixelType.UINT32 || type == PixelType.INT32 || type == PixelType.FLOAT64;
  }

  private float rounded(double value) {
    return value == noData ? Float.NaN : (float) value;
  }

  private void copy(ByteBuffer block, int at, int count, float[] target, int to) {
    switch (type) {
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = block.get(at + i * step) & 0xFF;
        }
      }
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = block.get(at + i * step);
        }
      }
      case UINT16 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = block.getShort(at + i * step) & 0xFFFF;
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = block.getShort(at + i * step);
        }
      }
      case FLOAT32 -> {
        if (step == Float.BYTES) {
          block
              .slice(at, count * Float.BYTES)
              .order(block.order())
              .asFloatBuffer()
              .get(target, to, count);
        } else {
          for (int i = 0; i < count; i++) {
            target[to + i] = block.getFloat(at + i * step);
          }
        }
      }
      case UINT32 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = rounded((double) (block.getInt(at + i * step) & 0xFFFFFFFFL));
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = rounded(block.getInt(at + i * step));
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = rounded(block.getDouble(at + i * step));
        }
      }
    }
  }
}
