package org.csmoe.sampling.statistics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.csmoe.sampling.Stratum;

/**
 * What one stratum is like.
 *
 * @param stratum climate and thematic class
 * @param tiles how many tiles it has, at least 1
 * @param pairs distances within it; empty for a single tile
 */
public record StratumStatistics(Stratum stratum, int tiles, Optional<PairStatistics> pairs) {

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("climate", stratum.climate());
    map.put("thematic", stratum.thematic());
    map.put("tiles", tiles);
    pairs.ifPresent(p -> map.putAll(p.toMap()));
    return map;
  }
}
