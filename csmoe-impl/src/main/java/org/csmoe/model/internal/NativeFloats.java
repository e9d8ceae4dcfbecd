package org.csmoe.model.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A view of an array's native memory, so that values move without an array in between. */
public final class NativeFloats {
  private NativeFloats() {}

  /** The array's values in row-major order; shares the memory, valid until the array is closed. */
  public static FloatBuffer of(INDArray array) {
    if (array.dataType() != DataType.FLOAT || array.ordering() != 'c' || array.isView()) {
      throw new IllegalArgumentException(
          "array must be a contiguous FLOAT array in 'c' order but was %s '%s' view=%s"
              .formatted(array.dataType(), array.ordering(), array.isView()));
    }
    return bytesOf(array).asFloatBuffer();
  }

  static ByteBuffer bytesOf(INDArray array) {
    return array.data().pointer().asByteBuffer().order(ByteOrder.nativeOrder());
  }
}
