package org.csmoe.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.DispatchInput;
import org.csmoe.FeedForward;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCostTest {

  @ParameterizedTest
  @CsvSource({
    "CSMOE_P32, 277106688,  2920605696,  2938515456",
    "CSMOE_P28, 275275008,  3670060032,  3702346752",
    "CSMOE_P16, 271321344, 10108541952, 10446468096",
    "CSMOE_P14, 270906624, 13395667968, 13978555392",
    "CSMAE_SECD, 86836992,  5637834240,  5709219840",
  })
  void thePublishedModelsCostWhatThePaperPrints(
      CsMoePreset preset, long parameters, long flops, long macs) {
    ModelCost cost = ModelCost.of(preset.config(), Sensor.SENTINEL2);

    assertThat(cost.parameters()).isEqualTo(parameters);
    assertThat(cost.flops()).isEqualTo(flops);
    assertThat(cost.macs()).isEqualTo(macs);
  }

  @ParameterizedTest
  @CsvSource({
    "CSMOE_P32, 277097472",
    "CSMOE_P28, 275265792",
    "CSMOE_P16, 271312128",
    "CSMOE_P14, 270897408",
  })
  void rootMeanSquareNormsHaveAGainOnlyAndNoFlops(CsMoePreset preset, long parameters) {
    ModelCost withLayerNorm = ModelCost.of(preset.config(), Sensor.SENTINEL2);
    CsMoeConfig config =
        CsMoe.builder().preset(preset).routingNorm(RoutingNorm.RMS_NORM).buildConfig();
    ModelCost cost = ModelCost.of(config, Sensor.SENTINEL2);

    long normalised = 6L * 768 * (config.tokens() + 8L * config.slotsPerExpert());
    assertThat(cost.parameters()).isEqualTo(parameters);
    assertThat(cost.macs()).isEqualTo(withLayerNorm.macs());
    assertThat(cost.flops()).isEqualTo(withLayerNorm.flops() - 5 * normalised);
  }

  @Test
  void csmaeAtTheResolutionOfTheOtherModelsCostsThreeTimesWhatThePaperPrints() {
    CsMoeConfig config =
        CsMoe.builder().preset(CsMoePreset.CSMAE_SECD).imageSize(224).patchSize(16).buildConfig();
    ModelCost cost = ModelCost.of(config, Sensor.SENTINEL2);

    assertThat(cost.flops()).isEqualTo(17_137_147_392L);
    assertThat(cost.parameters() / 1e6).isCloseTo(87.18, within(0.005)); // printed digits
    // FLOPs without 26 layer norms of five per value, with attention of twelve layers.
    assertThat(cost.macs())
        .isEqualTo(17_137_147_392L - 26 * 5 * 197 * 768 + 12L * 2 * 197 * 197 * 768);
    assertThat(cost.c2c()).isCloseTo(5.1, within(0.05)); // printed digits
  }

  @Test
  void oneFixedSlotPerExpertIsTheCheapAblation() {
    ModelCost cost =
        ModelCost.of(CsMoe.builder().slots(Slots.fixed(1)).buildConfig(), Sensor.SENTINEL2);

    // Slot embeddings [8, 1, 768] instead of a map 768 -> 6144 in each of six layers.
    assertThat(cost.parameters()).isEqualTo(271_321_344L - 6 * 4_718_592 + 6 * 8 * 768);
    assertThat(cost.macs() / 1e9).isCloseTo(3.78, within(0.005)); // printed digits
  }

  @Test
  void aDenseModelOfEqualDepthIsCheaperThanSoftMoe() {
    CsMoeConfig config = CsMoe.builder().feedForward(FeedForward.DENSE).buildConfig();

    assertThat(ModelCost.of(config, Sensor.SENTINEL2).macs() / 1e9)
        .isCloseTo(9.11, within(0.005)); // printed digits
  }

  @Test
  void withoutSensorLayersThereIsNoSensorNorm() {
    ModelCost specific = ModelCost.of(CsMoePreset.CSMAE_SECD.config(), Sensor.SENTINEL2);
    ModelCost common = ModelCost.of(CsMoePreset.CSMAE_CECD.config(), Sensor.SENTINEL2);

    assertThat(specific.parameters() - common.parameters()).isEqualTo(2 * 768);
    assertThat(specific.flops() - common.flops()).isEqualTo(5 * 65 * 768);
    assertThat(specific.macs()).isEqualTo(common.macs());
  }

  @Test
  void aProjectionIsOneLinearMapOfTheClsToken() {
    ModelCost identity = ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2);
    ModelCost projected =
        ModelCost.of(CsMoe.builder().projection(128).buildConfig(), Sensor.SENTINEL2);

    assertThat(projected.parameters() - identity.parameters()).isEqualTo(769 * 128);
    assertThat(projected.macs() - identity.macs()).isEqualTo(768 * 128);
    assertThat(projected.flops() - identity.flops()).isEqualTo(768 * 128);
  }

  @Test
  void aPoolNormHasParametersButIsNotOnThePathOfTheClsToken() {
    ModelCost without = ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2);
    ModelCost with = ModelCost.of(CsMoe.builder().poolNorm(true).buildConfig(), Sensor.SENTINEL2);

    assertThat(with.parameters() - without.parameters()).isEqualTo(2 * 768);
    assertThat(with.flops()).isEqualTo(without.flops());
    assertThat(with.macs()).isEqualTo(without.macs());
  }

  @Test
  void everyBandCostsOneSliceOfThePatchEmbedding() {
    ModelCost ten = ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2);
    ModelCost three =
        ModelCost.of(
            CsMoe.builder()
                .bands(Sensor.SENTINEL2, List.of(Band.B04, Band.B03, Band.B02))
                .buildConfig(),
            Sensor.SENTINEL2);
    ModelCost two = ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL1);

    assertThat(ten.parameters() - three.parameters()).isEqualTo(7 * 256 * 768);
    assertThat(ten.macs() - three.macs()).isEqualTo(7 * 256 * 768 * 196);
    assertThat(ten.parameters() - two.parameters()).isEqualTo(8 * 256 * 768);
  }

  @Test
  void theRatioIsOfExactCountsOrOfRoundedOnesAsInThePaper() {
    ModelCost cost = ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2);

    // 271.321344 / 10.108541952, and 271 / 10.11 rounded
    assertThat(cost.c2c()).isCloseTo(26.8408, within(0.0001));
    assertThat(cost.c2cAsPublished()).isEqualTo(26.81);
  }

  @Test
  void thePeakOfADenseModelIsInItsPerceptronWhenHeadsAreFew() {
    CsMoeConfig config = CsMoePreset.CSMAE_SECD.config();

    // x, hidden and activated units of 65 tokens, against two copies of ten bands of pixels.
    assertThat(ModelCost.of(config, Sensor.SENTINEL1).peakActivations())
        .isEqualTo(65 * (768 + 2 * 3072));
    assertThat(ModelCost.of(config, Sensor.SENTINEL2).peakActivations())
        .isEqualTo(65 * (768 + 2 * 3072));
  }

  @Test
  void thePeakOfTheReferenceModelIsInAttention() {
    // x and queries-keys-values of 197 tokens, logits and weights of 12 heads.
    long values = 4 * 197 * 768 + 2 * 12 * 197 * 197;
    ModelCost cost = ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2);

    assertThat(cost.peakActivations()).isEqualTo(values);
    assertThat(cost.peakActivationBytes(8)).isEqualTo(4 * 8 * values);
  }

  @Test
  void thePeakWithFewTokensAndFewBandsIsInTheExperts() {
    // x of 50 tokens, logits, and hidden and activated units of 56 slots.
    assertThat(ModelCost.of(CsMoePreset.CSMOE_P32.config(), Sensor.SENTINEL1).peakActivations())
        .isEqualTo(50 * 768 + 50 * 56 + 2 * 56 * 3072);
  }

  @Test
  void thePeakWithLargePatchesIsInThePatchEmbedding() {
    // Ten bands of 224 x 224 pixels and their copy in the order of patches.
    assertThat(ModelCost.of(CsMoePreset.CSMOE_P32.config(), Sensor.SENTINEL2).peakActivations())
        .isEqualTo(2 * 10 * 224 * 224);
  }

  @Test
  void thePeakWithManyHeadsIsInAttention() {
    CsMoeConfig config =
        CsMoe.builder().preset(CsMoePreset.CSMAE_TINY).patchSize(1).heads(16).buildConfig();

    // x and queries-keys-values of 1025 tokens, logits and weights of 16 heads.
    assertThat(ModelCost.of(config, Sensor.SENTINEL2).peakActivations())
        .isEqualTo(1025 * 32 * 4 + 2 * 16 * 1025 * 1025);
  }

  @Test
  void thePeakWithMoreSlotsThanTokensIsInTheirDispatch() {
    CsMoeConfig config =
        CsMoe.builder()
            .preset(CsMoePreset.CSMOE_TINY)
            .patchSize(1)
            .heads(1)
            .experts(1024)
            .buildConfig();

    // x, dispatched tokens, logits and dispatch weights of 2 x 1024 slots, slots.
    assertThat(ModelCost.of(config, Sensor.SENTINEL2).peakActivations())
        .isEqualTo(2 * 1025 * 32 + 2 * 1025 * 2048 + 2048 * 32);
  }

  @Test
  void thePeakOfATinyModelWithALargeProjectionIsInTheProjection() {
    CsMoeConfig config =
        CsMoe.builder().preset(CsMoePreset.CSMAE_TINY).projection(1 << 14).buildConfig();

    // 17 normalised tokens and the projected CLS token, against two copies of 2 Ki pixels.
    assertThat(ModelCost.of(config, Sensor.SENTINEL1).peakActivations())
        .isEqualTo(17 * 32 + (1 << 14));
  }

  @Test
  void whatIsDispatchedDoesNotChangeTheCost() {
    CsMoeConfig config = CsMoe.builder().dispatchInput(DispatchInput.RAW).buildConfig();

    assertThat(ModelCost.of(config, Sensor.SENTINEL2))
        .isEqualTo(ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2));
  }

  @Test
  void aSensorWithoutEncoderHasNoCost() {
    CsMoeConfig config = CsMoe.builder().onlySensor(Sensor.SENTINEL2).buildConfig();

    assertThatThrownBy(() -> ModelCost.of(config, Sensor.SENTINEL1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SENTINEL1")
        .hasMessageContaining("[SENTINEL2]");
  }

  @Test
  void aBatchOfNothingIsRefused() {
    ModelCost cost = ModelCost.of(CsMoePreset.CSMOE_TINY.config(), Sensor.SENTINEL2);

    assertThatThrownBy(() -> cost.peakActivationBytes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch must be at least 1 but was 0");
  }

  @Test
  void countsThatDoNotFitAreAnErrorInsteadOfANegativeNumber() {
    CsMoeConfig config =
        CsMoe.builder()
            .imageSize(1 << 14)
            .patchSize(1)
            .width(1 << 14)
            .heads(1)
            .slots(Slots.fixed(4096))
            .experts(4096)
            .buildConfig();

    assertThatThrownBy(() -> ModelCost.of(config, Sensor.SENTINEL2))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void theNameSaysModelPatchSizeAndSensor() {
    assertThat(ModelCost.of(CsMoePreset.CSMOE_P16.config(), Sensor.SENTINEL2).name())
        .isEqualTo("CSMoE patch 16, s2");
    assertThat(ModelCost.of(CsMoePreset.CSMAE_SECD.config(), Sensor.SENTINEL1).name())
        .isEqualTo("CSMAE patch 15, s1");
  }
}
