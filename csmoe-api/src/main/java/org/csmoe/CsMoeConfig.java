package org.csmoe;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics;
import org.csmoe.sensor.Sensor;
import org.csmoe.spi.CsMoeProvider;

/**
 * Everything that determines the network: shapes, routing, bands, normalisation of pixels, and the
 * seed of untrained weights. Immutable; made by {@link CsMoeBuilder} or {@link #fromJson}.
 *
 * @param imageSize pixels per side of an input image
 * @param patchSize pixels per side of a patch; divides the image size
 * @param width dimensions of a token, a multiple of 4 and of the heads
 * @param heads attention heads per block
 * @param sensorLayers blocks of each sensor encoder
 * @param sharedLayers blocks of the cross-sensor encoder
 * @param feedForward dense (CSMAE) or Soft MoE (CSMoE)
 * @param experts experts per Soft MoE layer; unused when dense
 * @param slots slots per expert; unused when dense
 * @param routingNorm normalisation inside a Soft MoE layer
 * @param dispatchInput what slots are means of
 * @param dispatchTemperature the divisor of dispatch logits, positive (paper equation 12)
 * @param bands the bands of each sensor in input order; a sensor that is not a key has no encoder
 * @param statistics mean and standard deviation that pixels are normalised with
 * @param projection width of the projection of the CLS token, or 0 for the identity
 * @param poolNorm whether the mean of the patch tokens passes one more LayerNorm, as CSMAE's {@code
 *     fc_norm}
 * @param seed seed of untrained weights
 */
public record CsMoeConfig(
    int imageSize,
    int patchSize,
    int width,
    int heads,
    int sensorLayers,
    int sharedLayers,
    FeedForward feedForward,
    int experts,
    Slots slots,
    RoutingNorm routingNorm,
    DispatchInput dispatchInput,
    double dispatchTemperature,
    Map<Sensor, List<Band>> bands,
    BandStatistics statistics,
    int projection,
    boolean poolNorm,
    long seed) {

  /** Largest sizes accepted, so that a hostile configuration cannot ask for all memory. */
  private static final int MAX_SIZE = 1 << 14;

  /** Checks every value against its range and against the others. */
  public CsMoeConfig {
    requireRange("imageSize", imageSize, 1, MAX_SIZE);
    requireRange("patchSize", patchSize, 1, MAX_SIZE);
    if (imageSize % patchSize != 0) {
      throw new IllegalArgumentException(
          "patchSize must divide imageSize %d but was %d".formatted(imageSize, patchSize));
    }
    requireRange("width", width, 4, MAX_SIZE);
    if (width % 4 != 0) {
      throw new IllegalArgumentException(
          "width must be a multiple of 4 (sine and cosine of rows and columns) but was " + width);
    }
    requireRange("heads", heads, 1, width);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "heads must divide width %d but was %d".formatted(width, heads));
    }
    requireRange("sensorLayers", sensorLayers, 0, 1000);
    requireRange("sharedLayers", sharedLayers, 0, 1000);
    if (sensorLayers + sharedLayers == 0) {
      throw new IllegalArgumentException(
          "sensorLayers + sharedLayers must be at least 1 but was 0");
    }
    requireRange("experts", experts, 1, 4096);
    if (!Double.isFinite(dispatchTemperature) || dispatchTemperature <= 0) {
      throw new IllegalArgumentException(
          "dispatchTemperature must be positive and finite but was " + dispatchTemperature);
    }
    requireRange("projection", projection, 0, MAX_SIZE);
    EnumMap<Sensor, List<Band>> copy = new EnumMap<>(Sensor.class);
    if (bands.isEmpty()) {
      throw new BandMismatchException(
          "bands must name at least one sensor but were empty; expected some of "
              + List.of(Sensor.values()));
    }
    for (Map.Entry<Sensor, List<Band>> entry : bands.entrySet()) {
      Sensor sensor = entry.getKey();
      List<Band> list = List.copyOf(entry.getValue());
      if (list.isEmpty()) {
        throw new BandMismatchException(
            "bands of %s must be at least one but were %s; expected bands such as %s"
                .formatted(sensor, list, sensor.defaultBands()));
      }
      for (Band band : list) {
        if (band.sensor() != sensor) {
          throw new BandMismatchException(
              "band %s belongs to %s, not to %s; found %s, expected bands such as %s"
                  .formatted(band, band.sensor(), sensor, list, sensor.defaultBands()));
        }
        statistics.of(band);
      }
      if (new HashSet<>(list).size() != list.size()) {
        throw new BandMismatchException(
            "bands of %s must not repeat but were %s".formatted(sensor, list));
      }
      copy.put(sensor, list);
    }
    bands = Collections.unmodifiableMap(copy);
  }

  private static void requireRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be between %d and %d but was %d".formatted(name, least, most, value));
    }
  }

  /**
   * The bands of one sensor.
   *
   * @param sensor the sensor
   * @return its bands in input order
   * @throws IllegalArgumentException when the model has no encoder for the sensor
   */
  public List<Band> bands(Sensor sensor) {
    List<Band> list = bands.get(sensor);
    if (list == null) {
      throw new IllegalArgumentException(
          "sensor must be one that the model has an encoder for, %s, but was %s"
              .formatted(bands.keySet(), sensor));
    }
    return list;
  }

  /**
   * Patches per row and per column.
   *
   * @return {@code imageSize / patchSize}
   */
  public int grid() {
    return imageSize / patchSize;
  }

  /**
   * Tokens of an image, the CLS token included.
   *
   * @return {@code grid^2 + 1}
   */
  public int tokens() {
    return grid() * grid() + 1;
  }

  /**
   * Blocks that an image of one sensor passes.
   *
   * @return {@code sensorLayers + sharedLayers}
   */
  public int layers() {
    return sensorLayers + sharedLayers;
  }

  /**
   * Hidden units of a perceptron.
   *
   * @return {@code 4 * width}
   */
  public int hidden() {
    return 4 * width;
  }

  /**
   * Slots per expert of a full image.
   *
   * @return slots per expert
   */
  public int slotsPerExpert() {
    return slots.perExpert(tokens(), experts);
  }

  /**
   * A builder that starts from this configuration.
   *
   * @return a new builder
   */
  public CsMoeBuilder toBuilder() {
    return new CsMoeBuilder(this);
  }

  /**
   * Writes this configuration as JSON; {@link #fromJson} reads it back to an equal record.
   *
   * @return a JSON object
   * @throws CsMoeException when no implementation is on the class path
   */
  public String toJson() {
    return CsMoeProvider.load().toJson(this);
  }

  /**
   * Reads a configuration.
   *
   * @param json what {@link #toJson} wrote
   * @return the configuration
   * @throws CsMoeException when the JSON is malformed, or no implementation is on the class path
   * @throws IllegalArgumentException when a value is out of range
   */
  public static CsMoeConfig fromJson(String json) {
    return CsMoeProvider.load().fromJson(json);
  }
}
