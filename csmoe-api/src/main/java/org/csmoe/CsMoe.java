package org.csmoe;

import org.csmoe.cost.ModelCost;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.sensor.Sensor;

/**
 * A CSMoE model with its weights. Build it once, share it, close it.
 *
 * <pre>{@code
 * try (CsMoe model = CsMoe.builder().patchSize(16).experts(8).build()) {
 *   FeatureTensor cls = model.features(Sensor.SENTINEL2).embed(image);
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; results are those of single-threaded use. Whoever builds a
 * model closes it; extractors become unusable then.
 */
public interface CsMoe extends AutoCloseable {

  /**
   * Starts a model.
   *
   * @return a builder that starts from {@link CsMoePreset#CSMOE_P16}
   */
  static CsMoeBuilder builder() {
    return new CsMoeBuilder(CsMoePreset.CSMOE_P16.config());
  }

  /**
   * The configuration.
   *
   * @return an immutable record
   */
  CsMoeConfig config();

  /**
   * What became of each tensor when the weights were loaded. For untrained weights everything is
   * missing.
   *
   * @return the report
   */
  LoadReport loadReport();

  /**
   * An extractor of features of one sensor's images. Cheap; may be called often.
   *
   * @param sensor the sensor
   * @return an extractor that shares this model
   */
  FeatureExtractor features(Sensor sensor);

  /**
   * What one image costs.
   *
   * @param sensor the sensor whose path is counted
   * @return parameters, operations and memory
   */
  default ModelCost cost(Sensor sensor) {
    return ModelCost.of(config(), sensor);
  }

  /**
   * Gives access to what implements this model, in the manner of JDBC: {@code
   * unwrap(org.nd4j.autodiff.samediff.SameDiff.class)} gives the graph to those who fine-tune by
   * hand. What is done with it is outside of this type's contract. Weights lie row by row from then
   * on, which can make this model slower.
   *
   * @param <T> the type
   * @param type the type to unwrap
   * @return an object of the type
   * @throws CsMoeException when the implementation has none; the message lists what it has
   */
  <T> T unwrap(Class<T> type);

  /** Frees the weights. Closing twice does nothing. */
  @Override
  void close();
}
