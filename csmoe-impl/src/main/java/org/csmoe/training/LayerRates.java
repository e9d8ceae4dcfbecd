package org.csmoe.training;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.CsMoeConfig;

/**
 * Factors of learning rates by depth, as in BEiT's fine-tuning: patch embedding and CLS tokens are
 * depth 0, block i is depth i + 1, norms and pooling after the last block, and the head, are the
 * deepest, with factor 1.
 *
 * @param config of the encoder
 * @param frozen how many blocks are not trained, with what is below them; -1 for nothing, more than
 *     there are for the whole encoder
 * @param decay the factor from one depth to the one below
 */
record LayerRates(CsMoeConfig config, int frozen, double decay) {
  private static final Pattern BLOCK = Pattern.compile("blocks(_s[12])?\\.(\\d+)\\..*");

  /** Freezes the whole encoder. */
  static final int ENCODER = Integer.MAX_VALUE;

  double of(String parameter) {
    int deepest = config.layers() + 1;
    if (parameter.startsWith(Operations.PREFIX)) {
      return 1;
    }
    int depth = depth(parameter, deepest);
    return depth <= frozen ? 0 : Math.pow(decay, deepest - depth);
  }

  private int depth(String parameter, int deepest) {
    Matcher block = BLOCK.matcher(parameter);
    if (block.matches()) {
      int index = Integer.parseInt(block.group(2)) + 1;
      return block.group(1) == null ? config.sensorLayers() + index : index;
    }
    if (parameter.startsWith("patch_embed") || parameter.startsWith("cls_token")) {
      return 0;
    }
    return parameter.startsWith("norm_s") ? config.sensorLayers() : deepest;
  }
}
