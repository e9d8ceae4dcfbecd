package org.csmoe.features;

import java.util.List;

/**
 * Which intermediate layers to return, and how.
 *
 * @param indices blocks from 0 (first of the sensor encoder) to layers - 1, negative from the end
 * @param norm whether the norm that follows the block's encoder is applied: the sensor norm after
 *     sensor blocks, the final norm after shared blocks
 * @param cls whether the CLS token is included; only with {@link TokenLayout#NLC}
 * @param layout the order of dimensions
 */
public record LayerSelection(List<Integer> indices, boolean norm, boolean cls, TokenLayout layout) {
  /** Checks and copies the values. */
  public LayerSelection {
    indices = List.copyOf(indices);
    if (indices.isEmpty()) {
      throw new IllegalArgumentException("indices must be at least one but were empty");
    }
    if (cls && layout == TokenLayout.NCHW) {
      throw new IllegalArgumentException("cls must be false with layout NCHW but was true");
    }
  }

  /**
   * Token grids of layers, normalised.
   *
   * @param indices blocks, negative from the end
   * @return a selection without CLS token in layout NCHW, as segmentation heads take it
   */
  public static LayerSelection grids(Integer... indices) {
    return new LayerSelection(List.of(indices), true, false, TokenLayout.NCHW);
  }
}
