package org.csmoe.sampling.statistics;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How tiles are spread over classes or strata.
 *
 * @param groups how many classes or strata have at least one tile
 * @param mean tiles per group; 0 without groups
 * @param deviation population standard deviation of the tiles per group (divided by the number of
 *     groups, not one less)
 * @param min fewest tiles of a group; 0 without groups
 * @param max most tiles of a group; 0 without groups
 */
public record Spread(int groups, double mean, double deviation, int min, int max) {

  static Spread of(Collection<Integer> counts) {
    double mean = counts.stream().mapToInt(Integer::intValue).average().orElse(0);
    double variance = counts.stream().mapToDouble(n -> (n - mean) * (n - mean)).average().orElse(0);
    int min = counts.stream().mapToInt(Integer::intValue).min().orElse(0);
    int max = counts.stream().mapToInt(Integer::intValue).max().orElse(0);
    return new Spread(counts.size(), mean, Math.sqrt(variance), min, max);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("groups", groups);
    map.put("mean", mean);
    map.put("standardDeviation", deviation);
    map.put("min", min);
    map.put("max", max);
    return map;
  }
}
