package org.csmoe.sampling.selection;

/**
 * Statistics of one generation of a genetic selection.
 *
 * @param number 0 for the initial population
 * @param bestEver the greatest fitness so far
 * @param best the greatest fitness of this generation
 * @param mean the mean fitness of this generation
 * @param worst the least fitness of this generation
 * @param bestSize members of this generation's best candidate
 */
public record Generation(
    int number, double bestEver, double best, double mean, double worst, int bestSize) {}
