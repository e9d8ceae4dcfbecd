package org.csmoe;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics;
import org.csmoe.sensor.Sensor;
import org.csmoe.spi.CsMoeProvider;

/**
 * Builds a {@link CsMoe}. Starts from {@link CsMoePreset#CSMOE_P16}; each setter may be called
 * once. Values are checked against each other in {@link #buildConfig()} and {@link #build()}. Not
 * safe for use by several threads.
 */
public final class CsMoeBuilder {
  private final Set<String> assigned = new HashSet<>();
  private final Map<Sensor, List<Band>> bands = new EnumMap<>(Sensor.class);
  private int imageSize;
  private int patchSize;
  private int width;
  private int heads;
  private int sensorLayers;
  private int sharedLayers;
  private FeedForward feedForward;
  private int experts;
  private Slots slots;
  private RoutingNorm routingNorm;
  private DispatchInput dispatchInput;
  private double dispatchTemperature;
  private BandStatistics statistics;
  private int projection;
  private boolean poolNorm;
  private long seed;
  private Weights weights = Weights.untrained();
  private Backend backend = Backend.AUTO;
  private int threads;
  private Precision precision = Precision.F32;

  CsMoeBuilder(CsMoeConfig base) {
    bands.putAll(base.bands());
    this.imageSize = base.imageSize();
    this.patchSize = base.patchSize();
    this.width = base.width();
    this.heads = base.heads();
    this.sensorLayers = base.sensorLayers();
    this.sharedLayers = base.sharedLayers();
    this.feedForward = base.feedForward();
    this.experts = base.experts();
    this.slots = base.slots();
    this.routingNorm = base.routingNorm();
    this.dispatchInput = base.dispatchInput();
    this.dispatchTemperature = base.dispatchTemperature();
    this.statistics = base.statistics();
    this.projection = base.projection();
    this.poolNorm = base.poolNorm();
    this.seed = base.seed();
  }

  /**
   * Starts from a preset. Call it before any other setter.
   *
   * @param preset a named configuration; default {@link CsMoePreset#CSMOE_P16}
   * @return this builder
   * @throws IllegalStateException when anything was set before
   */
  public CsMoeBuilder preset(CsMoePreset preset) {
    return config(preset.config());
  }

  /**
   * Starts from a configuration. Call it before any other setter.
   *
   * @param config a configuration
   * @return this builder
   * @throws IllegalStateException when anything was set before
   */
  public CsMoeBuilder config(CsMoeConfig config) {
    if (!assigned.isEmpty()) {
      throw new IllegalStateException(
          "preset or config must come before all other settings but came after " + assigned);
    }
    assigned.add("config");
    bands.clear();
    bands.putAll(config.bands());
    this.imageSize = config.imageSize();
    this.patchSize = config.patchSize();
    this.width = config.width();
    this.heads = config.heads();
    this.sensorLayers = config.sensorLayers();
    this.sharedLayers = config.sharedLayers();
    this.feedForward = config.feedForward();
    this.experts = config.experts();
    this.slots = config.slots();
    this.routingNorm = config.routingNorm();
    this.dispatchInput = config.dispatchInput();
    this.dispatchTemperature = config.dispatchTemperature();
    this.statistics = config.statistics();
    this.projection = config.projection();
    this.poolNorm = config.poolNorm();
    this.seed = config.seed();
    return this;
  }

  /**
   * Sets pixels per side of an input image, a multiple of the patch size.
   *
   * @param imageSize pixels per side of an input image, a multiple of the patch size; default 224
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder imageSize(int imageSize) {
    once("imageSize");
    this.imageSize = imageSize;
    return this;
  }

  /**
   * Sets pixels per side of a patch, a divisor of the image size such as 14, 16, 28 or 32.
   *
   * @param patchSize pixels per side of a patch, a divisor of the image size such as 14, 16, 28 or
   *     32; default 16
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder patchSize(int patchSize) {
    once("patchSize");
    this.patchSize = patchSize;
    return this;
  }

  /**
   * Sets dimensions of a token, a multiple of 4 and of the heads.
   *
   * @param width dimensions of a token, a multiple of 4 and of the heads; default 768
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder width(int width) {
    once("width");
    this.width = width;
    return this;
  }

  /**
   * Sets attention heads per block, a divisor of the width.
   *
   * @param heads attention heads per block, a divisor of the width; default 12
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder heads(int heads) {
    once("heads");
    this.heads = heads;
    return this;
  }

  /**
   * Sets blocks of each sensor encoder, 0 to 1000.
   *
   * @param sensorLayers blocks of each sensor encoder, 0 to 1000; default 4
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder sensorLayers(int sensorLayers) {
    once("sensorLayers");
    this.sensorLayers = sensorLayers;
    return this;
  }

  /**
   * Sets blocks of the cross-sensor encoder, 0 to 1000.
   *
   * @param sharedLayers blocks of the cross-sensor encoder, 0 to 1000; default 2
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder sharedLayers(int sharedLayers) {
    once("sharedLayers");
    this.sharedLayers = sharedLayers;
    return this;
  }

  /**
   * Sets dense perceptrons (CSMAE) or Soft MoE (CSMoE).
   *
   * @param feedForward dense perceptrons (CSMAE) or Soft MoE (CSMoE); default {@link
   *     FeedForward#SOFT_MOE}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder feedForward(FeedForward feedForward) {
    once("feedForward");
    this.feedForward = Objects.requireNonNull(feedForward, "feedForward");
    return this;
  }

  /**
   * Sets experts per Soft MoE layer, 1 to 4096.
   *
   * @param experts experts per Soft MoE layer, 1 to 4096; default 8
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder experts(int experts) {
    once("experts");
    this.experts = experts;
    return this;
  }

  /**
   * Sets slots per expert.
   *
   * @param slots slots per expert; default {@link Slots#dynamic()}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder slots(Slots slots) {
    once("slots");
    this.slots = Objects.requireNonNull(slots, "slots");
    return this;
  }

  /**
   * Sets the normalisation inside a Soft MoE layer.
   *
   * @param routingNorm the normalisation inside a Soft MoE layer; default {@link
   *     RoutingNorm#LAYER_NORM}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder routingNorm(RoutingNorm routingNorm) {
    once("routingNorm");
    this.routingNorm = Objects.requireNonNull(routingNorm, "routingNorm");
    return this;
  }

  /**
   * Sets what slots are weighted means of.
   *
   * @param dispatchInput what slots are weighted means of; default {@link DispatchInput#NORMALISED}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder dispatchInput(DispatchInput dispatchInput) {
    once("dispatchInput");
    this.dispatchInput = Objects.requireNonNull(dispatchInput, "dispatchInput");
    return this;
  }

  /**
   * Sets the divisor of dispatch logits, positive.
   *
   * @param dispatchTemperature the divisor of dispatch logits, positive; default 1.0
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder dispatchTemperature(double dispatchTemperature) {
    once("dispatchTemperature");
    this.dispatchTemperature = dispatchTemperature;
    return this;
  }

  /**
   * Sets mean and standard deviation that pixels are normalised with.
   *
   * @param statistics mean and standard deviation that pixels are normalised with; default {@link
   *     BandStatistics#bigEarthNetV2()}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder statistics(BandStatistics statistics) {
    once("statistics");
    this.statistics = Objects.requireNonNull(statistics, "statistics");
    return this;
  }

  /**
   * Sets width of the projection of the CLS token, 0 for the identity.
   *
   * @param projection width of the projection of the CLS token, 0 for the identity; default 0
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder projection(int projection) {
    once("projection");
    this.projection = projection;
    return this;
  }

  /**
   * Sets whether the mean of the patch tokens passes one more LayerNorm (CSMAE's fc_norm).
   *
   * @param poolNorm whether the mean of the patch tokens passes one more LayerNorm (CSMAE's
   *     fc_norm); default false
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder poolNorm(boolean poolNorm) {
    once("poolNorm");
    this.poolNorm = poolNorm;
    return this;
  }

  /**
   * Sets seed of untrained weights.
   *
   * @param seed seed of untrained weights; default 0
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder seed(long seed) {
    once("seed");
    this.seed = seed;
    return this;
  }

  /**
   * Sets the bands of a sensor, in the order in which the network takes them.
   *
   * @param sensor the sensor
   * @param bands its bands; default {@link Sensor#defaultBands()}
   * @return this builder
   * @throws IllegalStateException when set twice for the sensor, or {@link #onlySensor} left it out
   */
  public CsMoeBuilder bands(Sensor sensor, List<Band> bands) {
    once("bands of " + sensor);
    if (!this.bands.containsKey(sensor)) {
      throw new IllegalStateException(
          "bands of %s cannot be set: the model has only %s"
              .formatted(sensor, this.bands.keySet()));
    }
    this.bands.put(sensor, List.copyOf(bands));
    return this;
  }

  /**
   * Builds only the encoder of one sensor, which saves the memory of the other's.
   *
   * @param sensor the only sensor; default is both
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder onlySensor(Sensor sensor) {
    once("onlySensor");
    bands.keySet().retainAll(Set.of(sensor));
    return this;
  }

  /**
   * Sets where the weights come from.
   *
   * @param weights a source; default {@link Weights#untrained()}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder weights(Weights weights) {
    once("weights");
    this.weights = Objects.requireNonNull(weights, "weights");
    return this;
  }

  /**
   * Sets which executor runs the network.
   *
   * @param backend a hint; default {@link Backend#AUTO}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder backend(Backend backend) {
    once("backend");
    this.backend = Objects.requireNonNull(backend, "backend");
    return this;
  }

  /**
   * Sets how many cores one run of the network may use. Runs of all models of the process share the
   * cores: one waits until as many are free as it may use. So one model with all cores is fastest
   * for a single caller, and a few threads each serve several callers side by side. Results depend
   * on the number of threads by rounding alone. More than the machine has means all.
   *
   * @param threads at least 1; default all cores, or {@code OMP_NUM_THREADS} where it is set
   * @return this builder
   * @throws IllegalStateException when set twice
   * @throws IllegalArgumentException when below 1
   */
  public CsMoeBuilder threads(int threads) {
    once("threads");
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1 but was " + threads);
    }
    this.threads = threads;
    return this;
  }

  /**
   * Sets what weights are stored as and their products are computed in.
   *
   * @param precision {@link Precision#BF16} for half the memory; default {@link Precision#F32}
   * @return this builder
   * @throws IllegalStateException when set twice
   */
  public CsMoeBuilder precision(Precision precision) {
    once("precision");
    this.precision = Objects.requireNonNull(precision, "precision");
    return this;
  }

  /**
   * Checks and freezes the configuration without building a network.
   *
   * @return the configuration
   * @throws IllegalArgumentException when a value is out of range or does not fit another; the
   *     message has the name, the value and the allowed range
   * @throws BandMismatchException when a band belongs to another sensor, is repeated or has no
   *     statistics
   */
  public CsMoeConfig buildConfig() {
    return new CsMoeConfig(
        imageSize,
        patchSize,
        width,
        heads,
        sensorLayers,
        sharedLayers,
        feedForward,
        experts,
        slots,
        routingNorm,
        dispatchInput,
        dispatchTemperature,
        bands,
        statistics,
        projection,
        poolNorm,
        seed);
  }

  /**
   * Builds the network and loads its weights.
   *
   * @return a model; the caller closes it
   * @throws IllegalArgumentException as {@link #buildConfig()}
   * @throws WeightFormatException when the weights are malformed or do not fit
   * @throws CsMoeException when no implementation is on the class path, weights cannot be had, or
   *     what the backend or the precision needs is missing here
   */
  public CsMoe build() {
    return CsMoeProvider.load().create(buildConfig(), weights, backend, threads, precision);
  }

  private void once(String name) {
    if (!assigned.add(name)) {
      throw new IllegalStateException(name + " was already set");
    }
  }
}
