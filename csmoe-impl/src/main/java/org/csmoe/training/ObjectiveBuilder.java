package org.csmoe.training;

import org.csmoe.features.Pooling;

/**
 * Makes an {@link Objective}. Without any setting it is the paper's, as far as the paper states it.
 * Not safe for use by several threads.
 */
public final class ObjectiveBuilder {
  private Masking masking = Masking.INDEPENDENT;
  private double maskRatio = 0.5;
  private boolean sortedTokens = true;
  private Reconstruction reconstruction = Reconstruction.SQUARED_ERROR;
  private boolean patchNormalisation;
  private DecoderConfig decoders = DecoderConfig.csmoe();
  private double unimodalWeight = 1;
  private double crossModalWeight = 1;
  private double mutualInformationWeight = 1;
  private MutualInformation mutualInformation = MutualInformation.NT_XENT;
  private double temperature = 0.5;
  private Pooling contrasted = Pooling.CLS;
  private double repulsionWeight = 0.01;
  private Repulsion repulsion = Repulsion.SLOT_EMBEDDINGS;
  private double entropyWeight;
  private boolean paperSigns;

  ObjectiveBuilder() {}

  /**
   * How masks of the two sensors relate. Default: INDEPENDENT.
   *
   * @param masking see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder masking(Masking masking) {
    this.masking = masking;
    return this;
  }

  /**
   * The share of patches that the encoder does not see. Default: 0.5.
   *
   * @param maskRatio see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder maskRatio(double maskRatio) {
    this.maskRatio = maskRatio;
    return this;
  }

  /**
   * Whether visible patches keep their raster order, as they have it when features are extracted,
   * or come in the order drawn, as in the reference code. Default: true.
   *
   * @param sortedTokens see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder sortedTokens(boolean sortedTokens) {
    this.sortedTokens = sortedTokens;
    return this;
  }

  /**
   * What a reconstructed pixel costs. Default: SQUARED_ERROR.
   *
   * @param reconstruction see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder reconstruction(Reconstruction reconstruction) {
    this.reconstruction = reconstruction;
    return this;
  }

  /**
   * Whether the target of each patch is brought to mean 0 and deviation 1. Default: false.
   *
   * @param patchNormalisation see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder patchNormalisation(boolean patchNormalisation) {
    this.patchNormalisation = patchNormalisation;
    return this;
  }

  /**
   * What reconstructs. Default: {@link DecoderConfig#csmoe()}.
   *
   * @param decoders see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder decoders(DecoderConfig decoders) {
    this.decoders = decoders;
    return this;
  }

  /**
   * Weight of the reconstruction from the same sensor. Default: 1.
   *
   * @param unimodalWeight see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder unimodalWeight(double unimodalWeight) {
    this.unimodalWeight = unimodalWeight;
    return this;
  }

  /**
   * Weight of the reconstruction from the other sensor. Default: 1.
   *
   * @param crossModalWeight see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder crossModalWeight(double crossModalWeight) {
    this.crossModalWeight = crossModalWeight;
    return this;
  }

  /**
   * Weight of the mutual information. Default: 1.
   *
   * @param mutualInformationWeight see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder mutualInformationWeight(double mutualInformationWeight) {
    this.mutualInformationWeight = mutualInformationWeight;
    return this;
  }

  /**
   * Which images of the batch a pair is told from. Default: NT_XENT.
   *
   * @param mutualInformation see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder mutualInformation(MutualInformation mutualInformation) {
    this.mutualInformation = mutualInformation;
    return this;
  }

  /**
   * The divisor of similarities in the mutual information. Default: 0.5.
   *
   * @param temperature see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder temperature(double temperature) {
    this.temperature = temperature;
    return this;
  }

  /**
   * What the mutual information compares. Default: CLS.
   *
   * @param contrasted see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder contrasted(Pooling contrasted) {
    this.contrasted = contrasted;
    return this;
  }

  /**
   * Weight of the slot repulsion, lambda of paper equation 20, which the paper does not state.
   * Default: 0.01.
   *
   * @param repulsionWeight see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder repulsionWeight(double repulsionWeight) {
    this.repulsionWeight = repulsionWeight;
    return this;
  }

  /**
   * Which vectors the slot repulsion keeps apart. Default: SLOT_EMBEDDINGS.
   *
   * @param repulsion see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder repulsion(Repulsion repulsion) {
    this.repulsion = repulsion;
    return this;
  }

  /**
   * Weight of the entropy, gamma of paper equation 20, which the paper does not state. Default: 0.
   *
   * @param entropyWeight see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder entropyWeight(double entropyWeight) {
    this.entropyWeight = entropyWeight;
    return this;
  }

  /**
   * Whether equations 18 and 19 have the signs that are printed. Default: false.
   *
   * @param paperSigns see {@link Objective}
   * @return this
   */
  public ObjectiveBuilder paperSigns(boolean paperSigns) {
    this.paperSigns = paperSigns;
    return this;
  }

  /**
   * Makes the objective.
   *
   * @return an immutable record
   * @throws IllegalArgumentException when a value is out of its range
   */
  public Objective build() {
    return new Objective(
        masking,
        maskRatio,
        sortedTokens,
        reconstruction,
        patchNormalisation,
        decoders,
        unimodalWeight,
        crossModalWeight,
        mutualInformationWeight,
        mutualInformation,
        temperature,
        contrasted,
        repulsionWeight,
        repulsion,
        entropyWeight,
        paperSigns);
  }
}
