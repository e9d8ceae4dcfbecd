package org.csmoe.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.DispatchInput;
import org.csmoe.FeedForward;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.sensor.Sensor;

class ModelCostProperties {

  @Provide
  Arbitrary<CsMoeConfig> configs() {
    Arbitrary<CsMoeConfig> shapes =
        Combinators.combine(
                Arbitraries.integers().between(1, 12),
                Arbitraries.of(4, 8, 16, 32),
                Arbitraries.integers().between(1, 24),
                Arbitraries.integers().between(0, 5),
                Arbitraries.integers().between(1, 4),
                Arbitraries.integers().between(1, 12),
                Arbitraries.of(0, 16))
            .as(
                (grid, patchSize, fours, own, shared, experts, projection) ->
                    CsMoe.builder()
                        .imageSize(grid * patchSize)
                        .patchSize(patchSize)
                        .width(4 * fours)
                        .heads(fours)
                        .sensorLayers(own)
                        .sharedLayers(shared)
                        .experts(experts)
                        .projection(projection)
                        .buildConfig());
    Arbitrary<Slots> slots =
        Arbitraries.integers().between(0, 4).map(n -> n == 0 ? Slots.dynamic() : Slots.fixed(n));
    return Combinators.combine(
            shapes,
            Arbitraries.of(FeedForward.class),
            slots,
            Arbitraries.of(RoutingNorm.class),
            Arbitraries.of(DispatchInput.class))
        .as(
            (shape, feedForward, slot, norm, input) ->
                shape.toBuilder()
                    .feedForward(feedForward)
                    .slots(slot)
                    .routingNorm(norm)
                    .dispatchInput(input)
                    .buildConfig());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void everySharedLayerAddsTheSameCost(
      @ForAll("configs") CsMoeConfig config, @ForAll Sensor sensor) {
    ModelCost first = ModelCost.of(config, sensor);
    ModelCost second = ModelCost.of(withSharedLayers(config, 1), sensor);
    ModelCost third = ModelCost.of(withSharedLayers(config, 2), sensor);

    assertThat(second.parameters() - first.parameters())
        .isPositive()
        .isEqualTo(third.parameters() - second.parameters());
    assertThat(second.macs() - first.macs()).isPositive().isEqualTo(third.macs() - second.macs());
    assertThat(second.flops() - first.flops())
        .isPositive()
        .isEqualTo(third.flops() - second.flops());
    assertThat(second.peakActivations()).isEqualTo(first.peakActivations());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aSensorLayerCostsWhatASharedLayerDoes(
      @ForAll("configs") CsMoeConfig config, @ForAll Sensor sensor) {
    CsMoeConfig own = withSensorLayers(config, 1);
    ModelCost moreOwn = ModelCost.of(withSensorLayers(own, 1), sensor);
    ModelCost moreShared = ModelCost.of(withSharedLayers(own, 1), sensor);

    assertThat(moreOwn).isEqualTo(moreShared);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void largerImagesCostMore(
      @ForAll("configs") CsMoeConfig config,
      @ForAll Sensor sensor,
      @ForAll @IntRange(min = 1, max = 8) int more) {
    CsMoeConfig larger =
        config.toBuilder().imageSize(config.imageSize() + more * config.patchSize()).buildConfig();
    ModelCost small = ModelCost.of(config, sensor);
    ModelCost large = ModelCost.of(larger, sensor);

    assertThat(large.macs()).isGreaterThan(small.macs());
    assertThat(large.flops()).isGreaterThan(small.flops());
    assertThat(large.parameters()).isGreaterThan(small.parameters());
    assertThat(large.peakActivations()).isGreaterThan(small.peakActivations());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void flopsLackOnlyFusedAttention(@ForAll("configs") CsMoeConfig config, @ForAll Sensor sensor) {
    ModelCost cost = ModelCost.of(config, sensor);
    long tokens = config.tokens();
    long attention = 2L * config.layers() * tokens * tokens * config.width();

    // What remains are layer norms: two per block and the final one at least.
    assertThat(cost.flops() - (cost.macs() - attention))
        .isGreaterThanOrEqualTo(5 * (2L * config.layers() + 1) * tokens * config.width());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void routingDoesNotChangeTheCostOfADenseModel(
      @ForAll("configs") CsMoeConfig config, @ForAll Sensor sensor) {
    CsMoeConfig dense = config.toBuilder().feedForward(FeedForward.DENSE).buildConfig();
    CsMoeConfig other =
        CsMoe.builder()
            .config(dense)
            .experts(3)
            .slots(Slots.fixed(5))
            .routingNorm(RoutingNorm.RMS_NORM)
            .buildConfig();

    assertThat(ModelCost.of(other, sensor)).isEqualTo(ModelCost.of(dense, sensor));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theRatioIsMillionsOfParametersPerBillionFlops(
      @ForAll("configs") CsMoeConfig config, @ForAll Sensor sensor) {
    ModelCost cost = ModelCost.of(config, sensor);
    double expected = (cost.parameters() / 1e6) / (cost.flops() / 1e9);

    // Two roundings of double precision.
    assertThat(cost.c2c()).isCloseTo(expected, within(expected * 1e-14));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theRoundedRatioIsCloseToTheExactOneForModelsOfPublishedSize(
      @ForAll @IntRange(min = 2, max = 40) int layers) {
    CsMoeConfig config =
        CsMoe.builder().preset(CsMoePreset.CSMAE_SECD).sensorLayers(layers).buildConfig();
    ModelCost cost = ModelCost.of(config, Sensor.SENTINEL2);

    // Half a million of at least 23 million parameters, 0.005 of at least 1.4 billion FLOPs.
    assertThat(cost.c2cAsPublished()).isCloseTo(cost.c2c(), within(cost.c2c() * 0.03));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void bytesAreFourPerValueAndImage(
      @ForAll("configs") CsMoeConfig config, @ForAll @IntRange(min = 1, max = 256) int batch) {
    ModelCost cost = ModelCost.of(config, Sensor.SENTINEL2);

    assertThat(cost.peakActivationBytes(batch)).isEqualTo(4L * batch * cost.peakActivations());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noOtherSetOfLiveTensorsIsLargerThanThePeak(
      @ForAll("configs") CsMoeConfig config, @ForAll Sensor sensor) {
    long patches = config.tokens() - 1L;
    long pixels = patches * config.patchSize() * config.patchSize() * config.bands(sensor).size();
    long x = (long) config.tokens() * config.width();
    long weights = (long) config.heads() * config.tokens() * config.tokens();
    LongStream embedding = LongStream.of(2 * pixels, pixels + patches * config.width(), 2 * x);
    LongStream attention = LongStream.of(2 * x, 5 * x, 4 * x + 2 * weights, 5 * x + weights, 3 * x);
    LongStream halves =
        config.feedForward() == FeedForward.DENSE ? perceptron(config, x) : softMoe(config, x);
    LongStream projection = LongStream.of(2 * x, x + config.projection());
    long largest =
        LongStream.of(
                embedding.max().orElseThrow(),
                attention.max().orElseThrow(),
                halves.max().orElseThrow(),
                projection.max().orElseThrow())
            .max()
            .orElseThrow();

    assertThat(ModelCost.of(config, sensor).peakActivations()).isEqualTo(largest);
  }

  private static LongStream perceptron(CsMoeConfig config, long x) {
    long hidden = (long) config.tokens() * config.hidden();
    return LongStream.of(2 * x + hidden, x + 2 * hidden, 3 * x);
  }

  /** Every set from the norm to the sum, in the order of execution. */
  private static LongStream softMoe(CsMoeConfig config, long x) {
    long slotCount = (long) config.experts() * config.slotsPerExpert();
    long slots = slotCount * config.width();
    long hidden = slotCount * config.hidden();
    long logits = config.tokens() * slotCount;
    boolean fixed = config.slots() instanceof Slots.Fixed;
    long means = fixed ? 0 : (long) config.slotsPerExpert() * config.width();
    long embeddings = fixed ? 0 : slots;
    long raw = config.dispatchInput() == DispatchInput.RAW ? x : 0;
    return LongStream.of(
        3 * x, // x, norm(x), normalised tokens
        2 * x + raw + means + embeddings,
        2 * x + raw + 2 * embeddings, // before and after the slot norm
        2 * x + raw + embeddings + logits,
        2 * x + 2 * logits, // x, dispatched tokens, logits, dispatch weights
        2 * x + 2 * logits + slots,
        x + logits + slots + hidden,
        x + logits + 2 * hidden,
        x + logits + hidden + slots,
        x + 2 * logits + slots, // x, logits, combine weights, outputs
        2 * x + logits + slots,
        3 * x);
  }

  private static CsMoeConfig withSharedLayers(CsMoeConfig config, int more) {
    return config.toBuilder().sharedLayers(config.sharedLayers() + more).buildConfig();
  }

  private static CsMoeConfig withSensorLayers(CsMoeConfig config, int more) {
    return config.toBuilder().sensorLayers(config.sensorLayers() + more).buildConfig();
  }
}
