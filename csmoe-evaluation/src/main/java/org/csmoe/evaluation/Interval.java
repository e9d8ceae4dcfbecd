package org.csmoe.evaluation;

/**
 * A metric, or the difference of two, with its uncertainty from the choice of test samples.
 *
 * @param estimate of the whole test set
 * @param lower end of the interval
 * @param upper end of the interval
 * @param confidence such as 0.95
 */
public record Interval(double estimate, double lower, double upper, double confidence) {}
