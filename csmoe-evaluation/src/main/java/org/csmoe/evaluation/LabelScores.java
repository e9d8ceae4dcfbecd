package org.csmoe.evaluation;

/**
 * How well one label was predicted, when a sample may have several.
 *
 * @param name of the label
 * @param support how many samples have it
 * @param averagePrecision of the ranking by its scores; 0 without support
 * @param precision share of the scores above the threshold that are right
 * @param recall share of the support that scores above the threshold
 * @param f1 harmonic mean of precision and recall
 */
public record LabelScores(
    String name,
    long support,
    double averagePrecision,
    double precision,
    double recall,
    double f1) {}
