package org.csmoe.weights;

import java.net.URI;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * Published weights and what must be known to use them.
 *
 * @param name the name users ask for
 * @param url where the file is, http or https
 * @param sha256 the file's hash, 64 hexadecimal digits
 * @param configuration the name of the model's preset or configuration file
 * @param bands the bands each encoder was trained with, in their order
 * @param statistics the name of the band statistics that inputs are normalised with
 * @param publication the DOI or address of the publication
 * @param licence the licence of the weights, best an SPDX identifier
 */
public record CatalogueEntry(
    String name,
    URI url,
    String sha256,
    String configuration,
    Map<Sensor, List<Band>> bands,
    String statistics,
    URI publication,
    String licence) {

  /**
   * Checks the values and copies the bands.
   *
   * @throws IllegalArgumentException when the URL is not http or https, the hash is no SHA-256, a
   *     text is blank, there are no bands, or a band is another sensor's or named twice
   */
  public CatalogueEntry {
    requireText("name", name);
    requireText("configuration", configuration);
    requireText("statistics", statistics);
    requireText("licence", licence);
    WeightCache.requireHttp(url);
    sha256 = WeightCache.requireSha256(sha256);
    if (bands.isEmpty()) {
      throw new IllegalArgumentException("bands must name at least one sensor but was empty");
    }
    Map<Sensor, List<Band>> copy = new EnumMap<>(Sensor.class);
    bands.forEach(
        (sensor, list) -> {
          for (Band band : list) {
            if (band.sensor() != sensor || Collections.frequency(list, band) > 1) {
              throw new IllegalArgumentException(
                  "bands must be %s's, each once, but had %s in %s"
                      .formatted(sensor.shortName().toUpperCase(Locale.ROOT), band, list));
            }
          }
          copy.put(sensor, List.copyOf(list));
        });
    bands = Collections.unmodifiableMap(copy);
  }

  private static void requireText(String field, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(field + " must not be blank");
    }
  }
}
