package org.csmoe.training;

import org.csmoe.features.Pooling;

/**
 * What pretraining minimises (paper equation 20): reconstruction of masked patches from the same
 * and from the other sensor, mutual information of pairs, and two terms that regularise routing. A
 * term of weight 0 is neither computed nor reported.
 *
 * @param masking how masks of the two sensors relate
 * @param maskRatio the share of patches that the encoder does not see, rounded so that {@code
 *     floor(patches * (1 - maskRatio))} remain
 * @param sortedTokens whether visible patches keep their raster order, or come in the order drawn
 * @param reconstruction what a pixel costs
 * @param patchNormalisation whether the target of each patch is brought to mean 0 and deviation 1
 * @param decoders what reconstructs
 * @param unimodalWeight of the reconstruction from the same sensor (equation 4)
 * @param crossModalWeight of the reconstruction from the other sensor (equation 9)
 * @param mutualInformationWeight of the mutual information (equation 11)
 * @param mutualInformation which images a pair is told from (equation 10)
 * @param temperature the divisor of similarities in the mutual information
 * @param contrasted what is compared: {@code CLS}, {@code CLS_PROJECTED} or {@code MEAN_PATCHES}
 * @param repulsionWeight of the slot repulsion (equation 18), lambda of equation 20
 * @param repulsion which vectors are kept apart
 * @param entropyWeight of the entropy of dispatch weights (equation 19), gamma of equation 20
 * @param paperSigns whether equations 18 and 19 have the signs that are printed, which do the
 *     opposite of what the text says: minimised, they raise correlation and sharpen dispatch
 */
public record Objective(
    Masking masking,
    double maskRatio,
    boolean sortedTokens,
    Reconstruction reconstruction,
    boolean patchNormalisation,
    DecoderConfig decoders,
    double unimodalWeight,
    double crossModalWeight,
    double mutualInformationWeight,
    MutualInformation mutualInformation,
    double temperature,
    Pooling contrasted,
    double repulsionWeight,
    Repulsion repulsion,
    double entropyWeight,
    boolean paperSigns) {

  /** Checks the ranges. */
  public Objective {
    requireRange("maskRatio", maskRatio, 0, 1);
    requireRange("unimodalWeight", unimodalWeight, 0, 1e6);
    requireRange("crossModalWeight", crossModalWeight, 0, 1e6);
    requireRange("mutualInformationWeight", mutualInformationWeight, 0, 1e6);
    requireRange("repulsionWeight", repulsionWeight, 0, 1e6);
    requireRange("entropyWeight", entropyWeight, 0, 1e6);
    requireRange("temperature", temperature, 0.02, 100);
    if (contrasted == Pooling.MEAN_ALL || contrasted == Pooling.CLS_NORMALISED) {
      throw new IllegalArgumentException(
          "contrasted must be CLS, CLS_PROJECTED or MEAN_PATCHES but was " + contrasted);
    }
    if (unimodalWeight + crossModalWeight + mutualInformationWeight == 0) {
      throw new IllegalArgumentException(
          "one of unimodalWeight, crossModalWeight and mutualInformationWeight must be positive");
    }
  }

  private static void requireRange(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s but was %s".formatted(name, least, most, value));
    }
  }

  /** Whether decoders are needed. */
  boolean reconstructs() {
    return unimodalWeight > 0 || crossModalWeight > 0;
  }

  /**
   * Begins an objective with the defaults of {@link ObjectiveBuilder}.
   *
   * @return the builder
   */
  public static ObjectiveBuilder builder() {
    return new ObjectiveBuilder();
  }
}
