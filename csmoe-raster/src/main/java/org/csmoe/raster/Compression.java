package org.csmoe.raster;

import java.util.Optional;

/** How the blocks of a file are compressed. */
public enum Compression {
  /** Not compressed. */
  NONE(1),
  /** Lempel-Ziv-Welch, TIFF 6.0 (most significant bit first). */
  LZW(2730),
  /** Deflate in a zlib stream; the TIFF codes 8 and 32946 are the same. */
  DEFLATE(1040),
  /** Byte-wise run lengths. */
  PACKBITS(64);

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
      default -> Optional.empty();
    };
  }
}
