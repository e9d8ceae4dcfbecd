/**
 * What a selection is like: tiles per class and great-circle distances, as in the paper's Table II.
 * Read {@link org.csmoe.sampling.statistics.SampleStatistics} first.
 */
@NullMarked
package org.csmoe.sampling.statistics;

import org.jspecify.annotations.NullMarked;
