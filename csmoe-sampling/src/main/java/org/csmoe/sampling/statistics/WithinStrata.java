package org.csmoe.sampling.statistics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Mean great-circle distance of two tiles of the same stratum, in the three weightings that the
 * paper's "Distance within S(u,v)" leaves open. Strata with a single tile have no pair and do not
 * count.
 *
 * @param perStratum kilometres; every stratum counts the same
 * @param perTile kilometres; a stratum counts by its tiles
 * @param perPair kilometres; a stratum counts by its pairs, so that every pair counts the same
 */
public record WithinStrata(Estimate perStratum, Estimate perTile, Estimate perPair) {

  static Optional<WithinStrata> of(List<StratumStatistics> strata) {
    List<StratumStatistics> paired = strata.stream().filter(s -> s.pairs().isPresent()).toList();
    if (paired.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new WithinStrata(
            weighted(paired, s -> 1),
            weighted(paired, StratumStatistics::tiles),
            weighted(paired, s -> s.tiles() * (s.tiles() - 1.0) / 2)));
  }

  private static Estimate weighted(
      List<StratumStatistics> strata, ToDoubleFunction<StratumStatistics> weight) {
    double weights = 0;
    double sum = 0;
    double variance = 0;
    long pairs = 0;
    boolean exact = true;
    for (StratumStatistics stratum : strata) {
      Estimate mean = stratum.pairs().orElseThrow().distanceKm();
      double w = weight.applyAsDouble(stratum);
      weights += w;
      sum += w * mean.value();
      variance += w * w * mean.standardError() * mean.standardError();
      pairs += mean.pairs();
      exact &= mean.exact();
    }
    return new Estimate(sum / weights, Math.sqrt(variance) / weights, pairs, exact);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("perStratum", perStratum.toMap());
    map.put("perTile", perTile.toMap());
    map.put("perPair", perPair.toMap());
    return map;
  }
}
