package org.csmoe.raster;

import java.util.Optional;

/** How the blocks of a file are compressed. */
public enum Compression {
  /** Not compressed. */
  NONE(1),
  /** Lempel-Ziv-Welch, as in TIFF 6.0 (most significant bit first) and as before it. */
  LZW(2730),
  /** Deflate in a zlib stream; the TIFF codes 8 and 32946 are the same. */
  DEFLATE(1040),
  /** Byte-wise run lengths. */
  PACKBITS(64),
  /** Zstandard; needs com.github.luben:zstd-jni on the class path. */
  ZSTD(1 << 15);

  private final int maxRatio;

  Compression(int maxRatio) {
    this.maxRatio = maxRatio;
  }

  /**
   * The most bytes that one compressed byte can become; a block that claims more cannot be honest.
   */
  int maxRatio() {
    return maxRatio;
  }

  static Optional<Compression> ofTag(long code) {
    return switch ((int) Math.min(code, Integer.MAX_VALUE)) {
      case 1 -> Optional.of(NONE);
      case 5 -> Optional.of(LZW);
      case 8, 32946 -> Optional.of(DEFLATE);
      case 32773 -> Optional.of(PACKBITS);
      case 50000 -> Optional.of(ZSTD);
      default -> Optional.empty();
    };
  }

  /** What a tag's value that is not supported is called. */
  static String describe(long code) {
    return switch ((int) Math.min(code, Integer.MAX_VALUE)) {
      case 2, 3, 4 -> "CCITT fax";
      case 6, 7 -> "JPEG";
      case 34676, 34677 -> "SGI LogLuv";
      case 34712 -> "JPEG 2000";
      case 34887 -> "LERC";
      case 34925 -> "LZMA";
      case 50001 -> "WebP";
      default -> "not known";
    };
  }
}
