package org.csmoe.features;

/**
 * The routing weights of one Soft MoE layer for one image (paper equation 12). Token 0 is the CLS
 * token, the others are patches in raster order.
 *
 * @param layer the block's index
 * @param grid patches per row and per column
 * @param dispatch {@code [tokens, experts, slots per expert]}; sums to 1 over the tokens
 * @param combine {@code [tokens, experts, slots per expert]}; sums to 1 over experts and slots
 */
public record Routing(int layer, int grid, FeatureTensor dispatch, FeatureTensor combine) {

  /**
   * Experts of the layer.
   *
   * @return the number of experts
   */
  public int experts() {
    return dispatch.size(1);
  }

  /**
   * Slots of each expert.
   *
   * @return the number of slots per expert
   */
  public int slotsPerExpert() {
    return dispatch.size(2);
  }

  /**
   * How much each patch contributes to a slot, as a picture such as the paper's Fig. 2.
   *
   * @param expert the expert
   * @param slot the slot of the expert
   * @return {@code [rows, columns]}; the CLS token is left out, so the sum may be below 1
   */
  public FeatureTensor dispatchMap(int expert, int slot) {
    float[] map = new float[grid * grid];
    for (int patch = 0; patch < map.length; patch++) {
      map[patch] = dispatch.get(patch + 1, expert, slot);
    }
    return FeatureTensor.of(map, grid, grid);
  }
}
