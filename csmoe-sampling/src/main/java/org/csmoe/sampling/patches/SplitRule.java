package org.csmoe.sampling.patches;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.OptionalDouble;

/**
 * Decides for every patch by itself whether it is for training or validation, from the seed and the
 * patch alone. So the split depends neither on the order of the tiles nor on what else is cut, and
 * a dropped patch changes no other.
 *
 * <p>A key is for validation when {@code h / 2^64 < fraction}, {@code h} being the first eight
 * bytes of the SHA-256 of the text {@code seed:key}, big-endian and unsigned. With {@link #random}
 * the key is the patch's id, as in the paper's random 5 % (section III.A). With {@link #blocks} it
 * is the block of the globe in which the centre of the patch lies.
 *
 * <p>Neighbouring patches look alike, and by {@code random} many a validation patch has neighbours
 * in training: such a validation loss is too good. Blocks keep whole regions apart; only along the
 * border of two blocks do patches of both parts still touch.
 *
 * <p>The share of validation is {@code fraction} on average, not exactly. Immutable and safe for
 * use by several threads.
 */
public final class SplitRule {
  /** Mean radius of the Earth in kilometres, as for all distances of the toolkit. */
  private static final double RADIUS = 6371.0088;

  private static final double HASHES = 0x1p64;

  private final double fraction;
  private final OptionalDouble blockKm;

  private SplitRule(double fraction, OptionalDouble blockKm) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("fraction must be in 0..1 but was " + fraction);
    }
    this.fraction = fraction;
    this.blockKm = blockKm;
  }

  /**
   * Every patch by itself.
   *
   * @param fraction share of validation, 0 to 1
   * @return the rule
   * @throws IllegalArgumentException when out of range
   */
  public static SplitRule random(double fraction) {
    return new SplitRule(fraction, OptionalDouble.empty());
  }

  /**
   * Whole blocks of the globe: bands of latitude of this height from the south pole, each cut from
   * longitude -180 into equal cells whose width at the band's middle is nearest to it.
   *
   * @param fraction share of validation, 0 to 1
   * @param km height of a block and about its width, 1 to 5000 kilometres
   * @return the rule
   * @throws IllegalArgumentException when out of range
   */
  public static SplitRule blocks(double fraction, double km) {
    if (!(km >= 1 && km <= 5000)) {
      throw new IllegalArgumentException("km must be in 1..5000 but was " + km);
    }
    return new SplitRule(fraction, OptionalDouble.of(km));
  }

  /**
   * Decides.
   *
   * @param seed the same seed, the same split
   * @param id the patch
   * @param longitude of the patch's centre, degrees
   * @param latitude of the patch's centre, degrees
   * @return what the patch is for
   */
  public Split split(long seed, String id, double longitude, double latitude) {
    String key = blockKm.isPresent() ? block(longitude, latitude) : id;
    return hash(seed + ":" + key) / HASHES < fraction ? Split.VALIDATION : Split.TRAIN;
  }

  /**
   * The block of a place; of rules by block only.
   *
   * @param longitude degrees, -180 to 180
   * @param latitude degrees, -90 to 90
   * @return {@code band_column}, both from 0
   * @throws IllegalStateException when the rule is {@link #random}
   */
  public String block(double longitude, double latitude) {
    double km =
        blockKm.orElseThrow(() -> new IllegalStateException("a random split has no blocks"));
    double height = Math.toDegrees(km / RADIUS);
    double band = Math.floor((latitude + 90) / height);
    double middle = Math.min(90, (band + 0.5) * height - 90);
    double around = 2 * Math.PI * RADIUS * Math.cos(Math.toRadians(middle));
    double columns = Math.max(1, Math.rint(around / km));
    double column = Math.floor((longitude + 180) / 360 * columns) % columns;
    return "%d_%d".formatted((long) band, (long) column);
  }

  private static double hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long bits = ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
      return (bits >>> 1) * 2.0 + (bits & 1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** For example {@code random 0.05} or {@code blocks of 50 km, 0.05}. */
  @Override
  public String toString() {
    return (blockKm.isPresent() ? "blocks of " + plain(blockKm.getAsDouble()) + " km, " : "random ")
        + plain(fraction);
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
