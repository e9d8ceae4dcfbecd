package org.csmoe;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics;
import org.csmoe.sensor.Sensor;

/** Named configurations: the paper's four (Table IV), its baseline, and small ones. */
public enum CsMoePreset {
  /** CSMoE with patches of 32 pixels: 277,106,688 parameters per sensor path. */
  CSMOE_P32(moe(224, 32, 768, 12, 4, 2, 8)),
  /** CSMoE with patches of 28 pixels: 275,275,008 parameters per sensor path. */
  CSMOE_P28(moe(224, 28, 768, 12, 4, 2, 8)),
  /** CSMoE with patches of 16 pixels, the paper's reference: 271,321,344 parameters. */
  CSMOE_P16(moe(224, 16, 768, 12, 4, 2, 8)),
  /** CSMoE with patches of 14 pixels: 270,906,624 parameters per sensor path. */
  CSMOE_P14(moe(224, 14, 768, 12, 4, 2, 8)),
  /** CSMAE, sensor-specific encoder: 10 + 2 dense layers, 120-pixel images, patches of 15. */
  CSMAE_SECD(dense(120, 15, 768, 12, 10, 2)),
  /** CSMAE, common encoder: 0 + 12 dense layers, 120-pixel images, patches of 15. */
  CSMAE_CECD(dense(120, 15, 768, 12, 0, 12)),
  /** A small CSMoE for demonstrations on 224-pixel images: width 64, 2 + 1 layers, 4 experts. */
  CSMOE_SMALL(moe(224, 16, 64, 4, 2, 1, 4)),
  /**
   * A CSMoE that trains on a laptop: 64-pixel images, patches of 8, width 128, 2 + 2 layers, 4
   * experts; about 4 million parameters for both sensors.
   */
  CSMOE_MINI(moe(64, 8, 128, 4, 2, 2, 4)),
  /** A tiny CSMoE for tests: 32-pixel images, width 32, 1 + 1 layers, 4 experts. */
  CSMOE_TINY(moe(32, 8, 32, 4, 1, 1, 4)),
  /** A CSMAE to compare {@link #CSMOE_MINI} with: 3 + 2 dense layers take as many FLOPs. */
  CSMAE_MINI(dense(64, 8, 128, 4, 3, 2)),
  /** A tiny CSMAE for tests: 32-pixel images, width 32, 1 + 1 layers. */
  CSMAE_TINY(dense(32, 8, 32, 4, 1, 1));

  @SuppressWarnings("ImmutableEnumChecker") // the record copies its collections
  private final CsMoeConfig config;

  CsMoePreset(CsMoeConfig config) {
    this.config = config;
  }

  /**
   * The configuration.
   *
   * @return an immutable record
   */
  public CsMoeConfig config() {
    return config;
  }

  /**
   * Finds a preset by name as typed on a command line: {@code csmoe-p16}, {@code p16}, {@code
   * CSMAE_SECD}, {@code small}.
   *
   * @param name a preset's name in any case, with or without {@code csmoe}
   * @return the preset
   * @throws IllegalArgumentException when the name is no preset's; the message lists all
   */
  public static CsMoePreset of(String name) {
    String key = name.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (CsMoePreset preset : values()) {
      if (preset.name().equals(key) || preset.name().equals("CSMOE_" + key)) {
        return preset;
      }
    }
    throw new IllegalArgumentException(
        "preset must be one of %s but was \"%s\"".formatted(List.of(values()), name));
  }

  private static CsMoeConfig moe(
      int imageSize, int patchSize, int width, int heads, int own, int shared, int experts) {
    return config(imageSize, patchSize, width, heads, own, shared, FeedForward.SOFT_MOE, experts);
  }

  private static CsMoeConfig dense(
      int imageSize, int patchSize, int width, int heads, int own, int shared) {
    return config(imageSize, patchSize, width, heads, own, shared, FeedForward.DENSE, 1);
  }

  private static CsMoeConfig config(
      int imageSize,
      int patchSize,
      int width,
      int heads,
      int own,
      int shared,
      FeedForward feedForward,
      int experts) {
    Map<Sensor, List<Band>> bands = new EnumMap<>(Sensor.class);
    for (Sensor sensor : Sensor.values()) {
      bands.put(sensor, sensor.defaultBands());
    }
    return new CsMoeConfig(
        imageSize,
        patchSize,
        width,
        heads,
        own,
        shared,
        feedForward,
        experts,
        Slots.dynamic(),
        RoutingNorm.LAYER_NORM,
        DispatchInput.NORMALISED,
        1.0,
        bands,
        BandStatistics.bigEarthNetV2(),
        0,
        false,
        0L);
  }
}
