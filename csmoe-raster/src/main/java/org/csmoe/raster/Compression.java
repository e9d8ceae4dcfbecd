package org.csmoe.raster;

import java.util.Optional;

/** How the blocks of a file are compressed. */
public enum Compression {
  /** Not compressed. */
  NONE(1, 1),
  /** Lempel-Ziv-Welch, as in TIFF 6.0 (most significant bit first) and as before it. */
  LZW(5, 2730),
  /** Deflate in a zlib stream; the TIFF codes 8 and 32946 are the same. */
  DEFLATE(8, 1040),
  /** Byte-wise run lengths. */
  PACKBITS(32773, 64),
  /** Zstandard; needs com.github.luben:zstd-jni on the class path. */
  ZSTD(50000, 1 << 15),
  /**
   * Baseline JPEG of 8 bits (TIFF Technical Note 2), read only; needs the module java.desktop. At
   * best six blocks of two bits stand for 256 pixels of three samples.
   */
  JPEG(7, 512);

  private final int code;
  private final int maxRatio;

  Compression(int code, int maxRatio) {
    this.code = code;
    this.maxRatio = maxRatio;
  }

  /** The value of the tag. */
  int code() {
    return code;
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
      case 7 -> Optional.of(JPEG);
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
      case 6 -> "JPEG of the old style";
      case 34676, 34677 -> "SGI LogLuv";
      case 34712 -> "JPEG 2000";
      case 34887 -> "LERC";
      case 34925 -> "LZMA";
      case 50001 -> "WebP";
      default -> "not known";
    };
  }

  /** What has to be added before the codec can be used; empty when nothing is missing. */
  Optional<String> missing() {
    return switch (this) {
      case ZSTD ->
          isPresent("com.github.luben.zstd.Zstd")
              ? Optional.empty()
              : Optional.of(
                  Zstandard.ARTIFACT
                      + " on the class path; add this artifact to your dependencies");
      case JPEG ->
          isPresent("javax.imageio.ImageIO")
              ? Optional.empty()
              : Optional.of("the module java.desktop; require it or add it to your Java runtime");
      default -> Optional.empty();
    };
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, Compression.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
