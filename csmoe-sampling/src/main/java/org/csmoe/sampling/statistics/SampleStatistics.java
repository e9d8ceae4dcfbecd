package org.csmoe.sampling.statistics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.sampling.DescribedArchive;

/**
 * Statistics of a set of tiles, the rows of the paper's Table II. Distances are great circles on a
 * sphere of 6371.0088 km.
 *
 * <pre>{@code
 * SampleStatistics statistics = SampleStatistics.of(archive, sample.indexes());
 * double km = statistics.withinStrata().orElseThrow().perStratum().value();
 * }</pre>
 *
 * @param tiles how many tiles there are
 * @param climates tiles per climate class that occurs
 * @param thematics tiles per thematic class that occurs
 * @param combinations tiles per joint stratum that occurs
 * @param pairs distances over all pairs; empty with fewer than two tiles
 * @param nearest the closest two tiles; empty with fewer than two
 * @param withinStrata mean distance within strata; empty when no stratum has two tiles
 * @param strata each stratum that occurs, in the order of strata
 */
public record SampleStatistics(
    int tiles,
    Spread climates,
    Spread thematics,
    Spread combinations,
    Optional<PairStatistics> pairs,
    Optional<NearestPair> nearest,
    Optional<WithinStrata> withinStrata,
    List<StratumStatistics> strata) {

  /** Copies the list. */
  public SampleStatistics {
    strata = List.copyOf(strata);
  }

  /**
   * Statistics of a selection, with the defaults of {@link StatisticsCalculator}.
   *
   * @param archive all locations
   * @param indexes which of them, without repetition, in any order
   * @return the statistics
   * @throws IllegalArgumentException when an index is out of range or given twice
   * @throws org.csmoe.CsMoeException when the thread is interrupted
   */
  public static SampleStatistics of(DescribedArchive archive, int[] indexes) {
    return StatisticsCalculator.builder().build().statistics(archive, indexes);
  }

  /**
   * Tiles per joint stratum, of strata with more than so many alone; the paper's "tiles per
   * combination (N_s > 90)".
   *
   * @param tiles the most tiles of a stratum that does not count
   * @return the spread over the larger strata
   */
  public Spread combinationsAbove(int tiles) {
    return Spread.of(strata.stream().map(StratumStatistics::tiles).filter(n -> n > tiles).toList());
  }

  /**
   * The same as nested maps, lists, strings, numbers and booleans, ready for any JSON writer.
   *
   * @return a map in a fixed order; the caller's
   */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("tiles", tiles);
    map.put("tilesPerClimate", climates.toMap());
    map.put("tilesPerThematic", thematics.toMap());
    map.put("tilesPerCombination", combinations.toMap());
    pairs.ifPresent(p -> map.put("allPairs", p.toMap()));
    nearest.ifPresent(n -> map.put("minimumDistanceKm", n.toMap()));
    withinStrata.ifPresent(w -> map.put("distanceWithinStrataKm", w.toMap()));
    map.put("strata", strata.stream().map(StratumStatistics::toMap).toList());
    return map;
  }
}
