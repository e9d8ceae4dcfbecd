package org.csmoe.sampling.statistics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The two different tiles that lie closest together; one such pair where several are equally close.
 *
 * @param first index into the archive
 * @param second index into the archive, greater than the first
 * @param distanceKm great-circle distance in kilometres; 0 when two tiles have the same centre
 */
public record NearestPair(int first, int second, double distanceKm) {

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("value", distanceKm);
    map.put("indexes", new int[] {first, second});
    return map;
  }
}
