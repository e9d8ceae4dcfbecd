package org.csmoe.sampling.descriptors;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Rejections;

/**
 * What {@link DescriptorExtractor} made of a source.
 *
 * @param archive the locations that have both classes, in the order of the source
 * @param rejections what was left out and why
 * @param unnamedClimates how many locations of the archive have each climate code that is not in
 *     the raster's legend
 * @param unnamedThematics the same for the thematic raster
 */
public record Descriptors(
    DescribedArchive archive,
    Rejections rejections,
    SortedMap<Integer, Long> unnamedClimates,
    SortedMap<Integer, Long> unnamedThematics) {

  /** Copies the maps. */
  public Descriptors {
    unnamedClimates = Collections.unmodifiableSortedMap(new TreeMap<>(unnamedClimates));
    unnamedThematics = Collections.unmodifiableSortedMap(new TreeMap<>(unnamedThematics));
  }
}
