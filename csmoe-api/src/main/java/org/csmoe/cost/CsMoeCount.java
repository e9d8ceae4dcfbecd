package org.csmoe.cost;

import org.csmoe.CsMoeConfig;
import org.csmoe.FeedForward;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.sensor.Sensor;

/** Counts one sensor's path through a CSMoE or CSMAE encoder up to the CLS token. */
final class CsMoeCount {
  private final Tally tally;
  private final CsMoeConfig config;
  private final long tokens;
  private final long width;
  private final TransformerBlock block;

  private CsMoeCount(Tally tally, CsMoeConfig config) {
    this.tally = tally;
    this.config = config;
    this.tokens = config.tokens();
    this.width = config.width();
    this.block = new TransformerBlock(tally, tokens, width, true);
  }

  static void count(Tally tally, CsMoeConfig config, Sensor sensor) {
    new CsMoeCount(tally, config).path(sensor);
  }

  private void path(Sensor sensor) {
    embedPatches(config.bands(sensor).size());
    for (int layer = 0; layer < config.layers(); layer++) {
      block.attention(config.heads(), true);
      if (config.feedForward() == FeedForward.DENSE) {
        block.perceptron(config.hidden());
      } else {
        softMoe();
      }
    }
    if (config.sensorLayers() > 0) {
      block.norm();
    }
    block.norm();
    if (config.projection() > 0) {
      tally.linear(1, 1, width, config.projection(), true);
      tally.live(tokens * width + config.projection());
    }
    if (config.poolNorm()) {
      tally.parameters(2 * width); // only the mean of the patches passes it, not the CLS token
    }
  }

  private void embedPatches(long bands) {
    long patches = tokens - 1;
    long pixels = bands * config.patchSize() * config.patchSize();
    tally.linear(1, patches, pixels, width, true);
    tally.parameters(tokens * width + width); // fixed position embeddings, CLS token
    tally.live(2 * patches * pixels); // pixels, pixels in the order of patches
  }

  /** Paper equations 12 and 13 for every expert at once. */
  private void softMoe() {
    long experts = config.experts();
    long segments = config.slotsPerExpert();
    long slots = experts * segments;
    long hidden = config.hidden();

    block.norm();
    routingNorm(tokens);
    if (config.slots() instanceof Slots.Dynamic) {
      tally.linear(1, segments, width, experts * width, false);
    } else {
      tally.parameters(slots * width);
    }
    routingNorm(slots);
    tally.product(tokens, width, slots); // logits
    tally.product(slots, tokens, width); // dispatch
    tally.linear(experts, segments, width, hidden, true);
    tally.linear(experts, segments, hidden, width, true);
    tally.product(tokens, slots, width); // combine

    long stream = tokens * width;
    long logits = tokens * slots;
    tally.live(2 * stream + 2 * logits + slots * width); // x, dispatched, logits, dispatch, slots
    tally.live(stream + logits + 2 * slots * hidden); // x, logits, hidden, activated
  }

  private void routingNorm(long rows) {
    if (config.routingNorm() == RoutingNorm.LAYER_NORM) {
      tally.layerNorm(rows, width, true);
    } else {
      tally.rootMeanSquareNorm(width);
    }
  }
}
