package org.csmoe.sampling;

/**
 * A stratum: one climate class and one land-cover class (paper section II.C). Tiles of one stratum
 * are thought alike in climate and theme.
 *
 * @param climate code of the climate product, such as 1 to 30 of the Köppen-Geiger classes
 * @param landCover code of the thematic product, such as 10 for tree cover of ESA WorldCover
 */
public record Stratum(int climate, int landCover) {}
