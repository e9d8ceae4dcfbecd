package org.csmoe.raster;

/**
 * Statistics of the valid pixels of one band; NaN and no-data pixels do not count.
 *
 * @param min smallest value, NaN when no pixel is valid
 * @param max largest value, NaN when no pixel is valid
 * @param mean arithmetic mean, NaN when no pixel is valid
 * @param standardDeviation population standard deviation, NaN when no pixel is valid
 * @param validCount number of valid pixels
 */
public record BandSummary(
    double min, double max, double mean, double standardDeviation, long validCount) {}
