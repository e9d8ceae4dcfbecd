package org.csmoe.cost;

/**
 * Counts torchvision's Swin Transformer V2 as Satlas uses it: windows of 8 x 8 tokens on maps
 * padded to whole windows, cosine attention in explicit products, position bias from a small
 * perceptron, norms after each half of a block.
 */
final class SwinV2 {
  private static final int[] DEPTHS = {2, 2, 18, 2};
  private static final int[] HEADS = {4, 8, 16, 32};
  private static final int WINDOW = 8;
  private static final int PATCH_SIZE = 4;
  private static final int BANDS = 9;
  private static final int WIDTH = 128;
  private static final int IMAGENET_CLASSES = 1000;

  private SwinV2() {}

  /** Satlas swin-b at 224 x 224 pixels, features only, as TerraTorch runs it. */
  static void countSatlas(Tally tally) {
    long map = 224 / PATCH_SIZE;
    long width = WIDTH;
    long pixels = BANDS * PATCH_SIZE * PATCH_SIZE;
    tally.linear(1, map * map, pixels, width, true);
    tally.layerNorm(map * map, width, true);
    tally.live(2 * map * map * pixels); // pixels, pixels in the order of patches
    for (int stage = 0; stage < DEPTHS.length; stage++) {
      if (stage > 0) {
        map /= 2;
        mergePatches(tally, map * map, width);
        width *= 2;
      }
      for (int block = 0; block < DEPTHS[stage]; block++) {
        attention(tally, map, width, HEADS[stage]);
        perceptron(tally, map * map, width);
      }
    }
    unusedHead(tally, width);
  }

  /** Four neighbouring tokens become one of twice the width. */
  private static void mergePatches(Tally tally, long tokens, long width) {
    tally.linear(1, tokens, 4 * width, 2 * width, false);
    tally.layerNorm(tokens, 2 * width, true);
  }

  private static void attention(Tally tally, long map, long width, long heads) {
    long windows = (map + WINDOW - 1) / WINDOW;
    long windowTokens = WINDOW * WINDOW;
    long padded = windows * windows * windowTokens;
    tally.linear(1, padded, width, 3 * width, true);
    tally.product(padded, width, windowTokens);
    tally.product(padded, windowTokens, width);
    tally.linear(1, padded, width, width, true);
    tally.layerNorm(map * map, width, true);
    positionBias(tally, heads);
    long stream = map * map * width;
    long values = padded * width;
    long weights = padded * windowTokens * heads;
    tally.live(stream + 5 * values + weights); // x, queries-keys-values, unit ones, cosines
    tally.live(stream + 3 * values + 2 * weights); // x, queries-keys-values, logits, weights
  }

  /** A scale per head, and a perceptron over the relative positions within a window. */
  private static void positionBias(Tally tally, long heads) {
    long offsets = (2 * WINDOW - 1) * (2 * WINDOW - 1);
    tally.parameters(heads);
    tally.linear(1, offsets, 2, 512, true);
    tally.linear(1, offsets, 512, heads, false);
  }

  private static void perceptron(Tally tally, long tokens, long width) {
    long hidden = 4 * width;
    tally.linear(1, tokens, width, hidden, true);
    tally.linear(1, tokens, hidden, width, true);
    tally.layerNorm(tokens, width, true);
    tally.live(tokens * (width + 2 * hidden)); // x, hidden, activated
  }

  /** The final norm and the ImageNet head hold parameters of the checkpoint but never run. */
  private static void unusedHead(Tally tally, long width) {
    tally.parameters(2 * width + (width + 1) * IMAGENET_CLASSES);
  }
}
