package org.csmoe.sampling.selection;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.csmoe.sampling.Stratum;

/** What was selected from one stratum. Immutable. */
public final class StratumSample {
  private final Stratum stratum;
  private final int memberCount;
  private final int[] indexes;
  private final List<Generation> history;

  /**
   * A selection.
   *
   * @param stratum the stratum
   * @param memberCount how many members it has in the archive
   * @param indexes the selected members as ascending indexes into the archive; copied
   * @param history generations of the search, thinned where there were many; empty when the
   *     selector does not evolve or the stratum was small enough to be kept whole
   */
  public StratumSample(Stratum stratum, int memberCount, int[] indexes, List<Generation> history) {
    this.stratum = Objects.requireNonNull(stratum, "stratum");
    this.memberCount = memberCount;
    this.indexes = indexes.clone();
    this.history = List.copyOf(history);
    Arrays.sort(this.indexes);
  }

  /**
   * The stratum.
   *
   * @return climate and thematic class
   */
  public Stratum stratum() {
    return stratum;
  }

  /**
   * How many members the stratum has.
   *
   * @return members in the archive
   */
  public int memberCount() {
    return memberCount;
  }

  /**
   * The selected members.
   *
   * @return ascending indexes into the archive; a copy
   */
  public int[] indexes() {
    return indexes.clone();
  }

  /**
   * How the search went.
   *
   * @return generations; empty when nothing was searched
   */
  public List<Generation> history() {
    return history;
  }
}
