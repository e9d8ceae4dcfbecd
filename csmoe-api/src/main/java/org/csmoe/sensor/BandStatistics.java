package org.csmoe.sensor;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.csmoe.BandMismatchException;

/**
 * Mean and standard deviation per band, with which pixels are normalised to z-scores before they
 * enter the model. Statistics belong to the weights they were trained with.
 *
 * @param name what the statistics were computed on
 * @param values one entry per band, in the band's unit
 */
public record BandStatistics(String name, Map<Band, Moments> values) {

  /**
   * Mean and standard deviation of one band.
   *
   * @param mean in the band's unit
   * @param standardDeviation in the band's unit, positive
   */
  public record Moments(double mean, double standardDeviation) {
    /** Checks the values. */
    public Moments {
      if (!Double.isFinite(mean)) {
        throw new IllegalArgumentException("mean must be finite but was " + mean);
      }
      if (!Double.isFinite(standardDeviation) || standardDeviation <= 0) {
        throw new IllegalArgumentException(
            "standardDeviation must be positive and finite but was " + standardDeviation);
      }
    }
  }

  /** Copies the values into an immutable map. */
  public BandStatistics {
    EnumMap<Band, Moments> copy = new EnumMap<>(Band.class);
    copy.putAll(values);
    values = Collections.unmodifiableMap(copy);
  }

  /**
   * The statistics of one band.
   *
   * @param band the band
   * @return its mean and standard deviation
   * @throws BandMismatchException when these statistics do not have the band
   */
  public Moments of(Band band) {
    Moments moments = values.get(band);
    if (moments == null) {
      throw new BandMismatchException(
          "Statistics \"%s\" have no band %s; found %s".formatted(name, band, values.keySet()));
    }
    return moments;
  }

  /**
   * BigEarthNet v2 train split, 120 x 120 pixels, 20 m and 60 m bands by nearest neighbour: the
   * published table of ConfigILM ({@code BENv2_utils.py}, key {@code 120_nearest}).
   *
   * @return the default statistics
   */
  public static BandStatistics bigEarthNetV2() {
    return BigEarthNetV2.STATISTICS;
  }

  private static final class BigEarthNetV2 {
    static final BandStatistics STATISTICS =
        new BandStatistics(
            "BigEarthNet-v2 120_nearest",
            Map.ofEntries(
                entry(Band.B01, 361.0767822265625, 575.0687255859375),
                entry(Band.B02, 438.3720703125, 607.02685546875),
                entry(Band.B03, 614.0556640625, 603.2968139648438),
                entry(Band.B04, 588.4096069335938, 684.56884765625),
                entry(Band.B05, 942.8433227539062, 738.4326782226562),
                entry(Band.B06, 1769.931640625, 1100.4560546875),
                entry(Band.B07, 2049.551513671875, 1275.805419921875),
                entry(Band.B08, 2193.2919921875, 1369.3717041015625),
                entry(Band.B8A, 2235.556640625, 1356.5440673828125),
                entry(Band.B09, 2241.455322265625, 1316.393310546875),
                entry(Band.B11, 1568.226806640625, 1070.1612548828125),
                entry(Band.B12, 997.7324829101562, 813.5276489257812),
                entry(Band.VV, -12.643863677978516, 5.133493900299072),
                entry(Band.VH, -19.352558135986328, 5.590505599975586)));

    private static Map.Entry<Band, Moments> entry(Band band, double mean, double deviation) {
      return Map.entry(band, new Moments(mean, deviation));
    }
  }
}
