package org.csmoe.weights;

import java.io.Serial;
import java.util.List;
import java.util.Map;

/**
 * What a pickle may consist of here: data only. Beside these, values are {@link Boolean}, {@link
 * Long}, {@link java.math.BigInteger}, {@link Double} and {@link String}.
 */
sealed interface Pickled {

  /** Values without content that matters to tensors. */
  enum Constant implements Pickled {
    NONE,
    /** Bytes, sets, sizes, devices, numpy scalars: accepted and not looked at. */
    OPAQUE
  }

  /** A tuple. */
  record Tuple(List<Object> items) implements Pickled {}

  /** A list, which grows after its creation. */
  record Sequence(List<Object> items) implements Pickled {}

  /** A dictionary, which grows after its creation. Keys that are no text are kept as text. */
  record Dictionary(Map<String, Object> items) implements Pickled {}

  /** A name of the allow-list. It is never resolved to code. */
  record Global(String name) implements Pickled {}

  /** The bytes behind tensors: an entry of the archive. Length in elements. */
  record Storage(String key, DType dtype, long length) implements Pickled {}

  /** A view of a storage. Offset and strides in elements. */
  record Tensor(Storage storage, DType dtype, long offset, List<Long> shape, List<Long> strides)
      implements Pickled {}

  /** Why a pickle is not read on. Caught where file and offset are known. */
  final class Refusal extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Refusal(String found, String expected) {
      super("found " + found + "; expected " + expected);
    }
  }

  /** A value's kind for messages; never its content, which may be endless. */
  static String kind(Object value) {
    return value instanceof Global global
        ? "global " + WeightFile.quote(global.name())
        : value.getClass().getSimpleName();
  }
}
