package org.csmoe.sampling.statistics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A mean over pairs of tiles: of all pairs, or of pairs drawn at random with its standard error.
 *
 * @param value the mean, in the unit of what is averaged; kilometres for distances
 * @param standardError in the same unit; 0 when exact
 * @param pairs how many pairs went into it
 * @param exact whether these were all pairs there are
 */
public record Estimate(double value, double standardError, long pairs, boolean exact) {

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("value", value);
    map.put("standardError", standardError);
    map.put("pairs", pairs);
    map.put("exact", exact);
    return map;
  }
}
