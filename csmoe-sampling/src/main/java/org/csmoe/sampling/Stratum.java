package org.csmoe.sampling;

import java.util.Comparator;

/**
 * A stratum: one climate class and one thematic class, the joined descriptors of the paper's
 * section II.C. Tiles of one stratum are thought alike in climate and theme. Strata are ordered by
 * climate, then by theme.
 *
 * @param climate code of the climate product, such as 1 to 30 of the Köppen-Geiger classes
 * @param thematic code of the thematic product, such as 10 for tree cover of ESA WorldCover
 */
public record Stratum(int climate, int thematic) implements Comparable<Stratum> {
  private static final Comparator<Stratum> ORDER =
      Comparator.comparingInt(Stratum::climate).thenComparingInt(Stratum::thematic);

  @Override
  public int compareTo(Stratum other) {
    return ORDER.compare(this, other);
  }
}
