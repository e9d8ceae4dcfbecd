package org.csmoe.spi;

import java.util.ServiceLoader;
import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.Precision;
import org.csmoe.Weights;

/** What an implementation of the API provides; registered as a service. */
public interface CsMoeProvider {

  /**
   * Builds a network and loads its weights.
   *
   * @param config the configuration
   * @param weights where the weights come from
   * @param backend which executor to use
   * @param threads how many cores a run may use; 0 for all
   * @param precision what weights are stored as
   * @return a model; the caller closes it
   */
  CsMoe create(
      CsMoeConfig config, Weights weights, Backend backend, int threads, Precision precision);

  /**
   * Writes a configuration.
   *
   * @param config the configuration
   * @return a JSON object
   */
  String toJson(CsMoeConfig config);

  /**
   * Reads a configuration.
   *
   * @param json a JSON object
   * @return the configuration
   */
  CsMoeConfig fromJson(String json);

  /**
   * Finds the implementation.
   *
   * @return the first one on the class path
   * @throws CsMoeException when there is none; the message names the artifact to add
   */
  static CsMoeProvider load() {
    return ServiceLoader.load(CsMoeProvider.class, CsMoeProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new CsMoeException(
                    "No implementation of CSMoE was found on the class path; add the artifact"
                        + " org.csmoe:csmoe-impl and an nd4j-native for this platform"));
  }
}
