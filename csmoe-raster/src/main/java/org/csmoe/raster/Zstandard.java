package org.csmoe.raster;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/**
 * Zstandard frames by zstd-jni, an optional dependency. No other class refers to it, and this one
 * must not be loaded before it is known to be there.
 */
final class Zstandard {
  /** What to put on the class path. */
  static final String ARTIFACT = "com.github.luben:zstd-jni";

  private Zstandard() {}

  /** Encodes one frame, which tells its size, at the library's own level. */
  static byte[] encode(byte[] input) {
    return Zstd.compress(input);
  }

  /**
   * Decodes one frame in one go, so that the window which the frame asks for is never allocated.
   *
   * @return how many bytes were written
   * @throws IllegalArgumentException when the frame is broken or longer than the output
   */
  static int decode(byte[] input, byte[] output) {
    try {
      return (int) Zstd.decompressByteArray(output, 0, output.length, input, 0, input.length);
    } catch (ZstdException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
