package org.csmoe.training;

/**
 * What turns tokens back into pixels during pretraining: transformer blocks with dense layers,
 * which are dropped afterwards.
 *
 * @param sharing which pairs of sensors share what
 * @param width dimensions of a token, a multiple of 4 and of the heads
 * @param layers blocks of each decoder
 * @param heads attention heads per block
 */
public record DecoderConfig(Sharing sharing, int width, int layers, int heads) {

  /** Which of the four reconstructions share a decoder and a head. */
  public enum Sharing {
    /** A decoder per target sensor and a head per pair of source and target (paper equation 17). */
    TARGET,
    /** One decoder for all, a head per target: CSMAE's common decoder. */
    COMMON,
    /** A decoder with one head per target: CSMAE's specific decoders. */
    SPECIFIC
  }

  /** Checks the sizes. */
  public DecoderConfig {
    require("decoder width", width, 4, 1 << 14);
    require("decoder layers", layers, 1, 1000);
    require("decoder heads", heads, 1, width);
    if (width % 4 != 0 || width % heads != 0) {
      throw new IllegalArgumentException(
          "decoder width must be a multiple of 4 and of the %d heads but was %d"
              .formatted(heads, width));
    }
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be between %d and %d but was %d".formatted(name, least, most, value));
    }
  }

  /**
   * The decoders of the paper: width 256, 4 layers; 8 heads, which the paper does not state.
   *
   * @return the configuration
   */
  public static DecoderConfig csmoe() {
    return new DecoderConfig(Sharing.TARGET, 256, 4, 8);
  }

  /**
   * CSMAE's decoders: width 512, 8 layers, 16 heads.
   *
   * @param sharing {@code COMMON} or {@code SPECIFIC}
   * @return the configuration
   */
  public static DecoderConfig csmae(Sharing sharing) {
    return new DecoderConfig(sharing, 512, 8, 16);
  }
}
