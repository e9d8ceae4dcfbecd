package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.List;

/**
 * What was selected from an archive: D* of the paper's Algorithm 2.
 *
 * @param selector the selector's name and settings, for provenance
 * @param seed the seed that all choices follow from
 * @param strata one entry for each stratum that has members, in the order of strata
 */
public record Sample(String selector, long seed, List<StratumSample> strata) {
  /** Copies the list. */
  public Sample {
    strata = List.copyOf(strata);
  }

  /**
   * All selected locations.
   *
   * @return indexes into the archive, ascending
   */
  public int[] indexes() {
    return strata.stream().flatMapToInt(s -> Arrays.stream(s.indexes())).sorted().toArray();
  }
}
