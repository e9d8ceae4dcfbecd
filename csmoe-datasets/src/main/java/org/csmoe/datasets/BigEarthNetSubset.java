package org.csmoe.datasets;

import java.util.function.Predicate;

/** Parts of BigEarthNet v2 that retrieval is measured on. */
public enum BigEarthNetSubset implements Predicate<BigEarthNetPatch> {
  /** All 480,038 patches. */
  ALL(1, 12, ""),
  /** BENv2-14k: Serbia, June to August; 13,683 patches. */
  SERBIA_SUMMER(6, 8, "Serbia"),
  /** BENv2-243k: June to November; 243,130 patches. */
  SUMMER_AUTUMN(6, 11, "");

  private final int firstMonth;
  private final int lastMonth;
  private final String country;

  BigEarthNetSubset(int firstMonth, int lastMonth, String country) {
    this.firstMonth = firstMonth;
    this.lastMonth = lastMonth;
    this.country = country;
  }

  /**
   * Whether a patch belongs to this part.
   *
   * @param patch the patch
   * @return whether its month, and its country where one is given, are the part's
   */
  @Override
  public boolean test(BigEarthNetPatch patch) {
    return patch.month() >= firstMonth
        && patch.month() <= lastMonth
        && (country.isEmpty() || country.equals(patch.country()));
  }
}
