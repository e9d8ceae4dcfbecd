package org.csmoe.sampling.statistics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Great-circle distances of the pairs of a set of tiles, on a sphere of 6371.0088 km.
 *
 * @param distanceKm mean distance of two different tiles, kilometres
 * @param entropy Shannon entropy, in nats, of the histogram of these distances: 64 bins of equal
 *     width from 0 to half the Earth's circumference, at most ln 64 = 4.16. From sampled pairs it
 *     is too small by about (occupied bins - 1) / (2 pairs), below 0.001 from 32,000 pairs on
 */
public record PairStatistics(Estimate distanceKm, double entropy) {

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("distanceKm", distanceKm.toMap());
    map.put("entropyNats", entropy);
    return map;
  }
}
