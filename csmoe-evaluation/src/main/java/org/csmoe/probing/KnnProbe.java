package org.csmoe.probing;

/**
 * Classifies by the samples whose features point in the most similar direction: exact k nearest
 * neighbours by cosine similarity, with no fitting at all. Neighbours of equal similarity are taken
 * in the order of the training samples. Immutable, safe to share between threads.
 *
 * <p>The score of a class is the share of the neighbours that have it. Weighted votes count {@code
 * exp(similarity / temperature)} instead of 1; 0.07 and 20 neighbours are the usual choice for
 * self-supervised features (Wu et al., 2018; Caron et al., 2021).
 *
 * <pre>{@code
 * Classifier classifier = KnnProbe.weighted(Labelling.SINGLE, 20, 0.07).fit(train);
 * }</pre>
 *
 * @param labelling whether it predicts one class or any number
 * @param neighbours how many vote, at least 1
 * @param temperature of weighted votes, at least 0.001; infinity for equal votes
 */
public record KnnProbe(Labelling labelling, int neighbours, double temperature) {

  /** Checks the ranges. */
  public KnnProbe {
    if (neighbours < 1) {
      throw new IllegalArgumentException("neighbours must be positive but was " + neighbours);
    }
    if (!(temperature >= 0.001)) {
      throw new IllegalArgumentException(
          "temperature must be at least 0.001 but was " + temperature);
    }
  }

  /**
   * Every neighbour has one vote.
   *
   * @param labelling whether it predicts one class or any number
   * @param neighbours how many vote, at least 1
   * @return the probe
   */
  public static KnnProbe majority(Labelling labelling, int neighbours) {
    return new KnnProbe(labelling, neighbours, Double.POSITIVE_INFINITY);
  }

  /**
   * More similar neighbours count more.
   *
   * @param labelling whether it predicts one class or any number
   * @param neighbours how many vote, at least 1
   * @param temperature the smaller the more the nearest count, at least 0.001
   * @return the probe
   */
  public static KnnProbe weighted(Labelling labelling, int neighbours, double temperature) {
    return new KnnProbe(labelling, neighbours, temperature);
  }

  /**
   * Keeps the training samples, normalised to length 1. A sample of zeros is similar to nothing.
   *
   * @param train samples; those without target are left out
   * @return the classifier, with a copy of the features
   * @throws IllegalArgumentException when targets do not suit or are fewer than the neighbours
   */
  public KnnClassifier fit(FeatureMatrix train) {
    Labels labels = Labels.of(train, labelling);
    if (labels.rows().length < neighbours) {
      throw new IllegalArgumentException(
          "neighbours must be in 1..%d, the samples with targets, but was %d"
              .formatted(labels.rows().length, neighbours));
    }
    FeatureMatrix kept = train.subset(labels.rows());
    KnnClassifier.normalise(kept);
    return new KnnClassifier(this, kept);
  }
}
