package org.csmoe.sampling.descriptors;

/**
 * The decoded class codes of one block of a raster, rows of the block's full width. A value is a
 * class code from 0, or {@link CategoricalRaster#NO_DATA}.
 */
abstract sealed class Block {
  abstract int code(int index);

  /** Bytes held. */
  abstract int weight();

  /** Codes of one byte, with what each of the 256 means. */
  static final class OfBytes extends Block {
    private final byte[] codes;
    private final short[] meanings;

    OfBytes(byte[] codes, short[] meanings) {
      this.codes = codes;
      this.meanings = meanings;
    }

    @Override
    int code(int index) {
      return meanings[codes[index] & 0xFF];
    }

    @Override
    int weight() {
      return codes.length;
    }
  }

  /** Codes of two bytes. */
  static final class OfShorts extends Block {
    private final short[] codes;

    OfShorts(short[] codes) {
      this.codes = codes;
    }

    @Override
    int code(int index) {
      return codes[index];
    }

    @Override
    int weight() {
      return 2 * codes.length;
    }
  }
}
