package org.csmoe.compiler.internal;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** What a tensor's numbers are stored as, and where. */
enum Element {
  F32(Float.BYTES, dnnl_f32) {
    @Override
    Pointer at(Pointer begin, long index) {
      return new FloatPointer(begin).getPointer(index);
    }
  },
  /** Floats in the order of {@link Packing}: second factors of products alone. */
  PACKED(Float.BYTES, dnnl_f32) {
    @Override
    Pointer at(Pointer begin, long index) {
      return F32.at(begin, index);
    }
  },
  /** The upper half of a float. */
  BF16(Short.BYTES, dnnl_bf16) {
    @Override
    Pointer at(Pointer begin, long index) {
      return new ShortPointer(begin).getPointer(index);
    }
  };

  private final int bytes;
  private final int dnnlType;

  Element(int bytes, int dnnlType) {
    this.bytes = bytes;
    this.dnnlType = dnnlType;
  }

  /** oneDNN's number of it. */
  int dnnlType() {
    return dnnlType;
  }

  /** How many floats take as much memory as so many of these. */
  long floats(long count) {
    return (count * bytes + Float.BYTES - 1) / Float.BYTES;
  }

  /** The address of an element. */
  abstract Pointer at(Pointer begin, long index);
}
