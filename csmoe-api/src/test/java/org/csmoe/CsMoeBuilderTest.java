package org.csmoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CsMoeBuilderTest {

  @Test
  void withoutSettingsTheReferenceModelIsBuilt() {
    assertThat(CsMoe.builder().buildConfig()).isEqualTo(CsMoePreset.CSMOE_P16.config());
  }

  @Test
  void aConfigurationSurvivesItsOwnBuilder() {
    for (CsMoePreset preset : CsMoePreset.values()) {
      assertThat(preset.config().toBuilder().buildConfig()).isEqualTo(preset.config());
    }
  }

  @Test
  void everySettingArrivesInTheConfiguration() {
    CsMoeConfig config =
        CsMoe.builder()
            .imageSize(60)
            .patchSize(15)
            .width(24)
            .heads(3)
            .sensorLayers(0)
            .sharedLayers(7)
            .feedForward(FeedForward.DENSE)
            .experts(5)
            .slots(Slots.fixed(2))
            .routingNorm(RoutingNorm.RMS_NORM)
            .dispatchInput(DispatchInput.RAW)
            .dispatchTemperature(0.5)
            .statistics(BandStatistics.bigEarthNetV2())
            .projection(16)
            .poolNorm(true)
            .seed(42)
            .bands(Sensor.SENTINEL1, List.of(Band.VH))
            .buildConfig();

    assertThat(config.imageSize()).isEqualTo(60);
    assertThat(config.patchSize()).isEqualTo(15);
    assertThat(config.width()).isEqualTo(24);
    assertThat(config.heads()).isEqualTo(3);
    assertThat(config.sensorLayers()).isZero();
    assertThat(config.sharedLayers()).isEqualTo(7);
    assertThat(config.feedForward()).isEqualTo(FeedForward.DENSE);
    assertThat(config.experts()).isEqualTo(5);
    assertThat(config.slots()).isEqualTo(Slots.fixed(2));
    assertThat(config.routingNorm()).isEqualTo(RoutingNorm.RMS_NORM);
    assertThat(config.dispatchInput()).isEqualTo(DispatchInput.RAW);
    assertThat(config.dispatchTemperature()).isEqualTo(0.5);
    assertThat(config.projection()).isEqualTo(16);
    assertThat(config.poolNorm()).isTrue();
    assertThat(config.seed()).isEqualTo(42);
    assertThat(config.bands(Sensor.SENTINEL1)).containsExactly(Band.VH);
    assertThat(config.bands(Sensor.SENTINEL2)).isEqualTo(Sensor.SENTINEL2.defaultBands());
    assertThat(config.grid()).isEqualTo(4);
    assertThat(config.tokens()).isEqualTo(17);
    assertThat(config.layers()).isEqualTo(7);
    assertThat(config.hidden()).isEqualTo(96);
    assertThat(config.slotsPerExpert()).isEqualTo(2);
  }

  static Stream<Arguments> badValues() {
    return Stream.of(
        bad("imageSize must be between 1 and 16384 but was 0", b -> b.imageSize(0)),
        bad("patchSize must be between 1 and 16384 but was -1", b -> b.patchSize(-1)),
        bad("patchSize must divide imageSize 224 but was 15", b -> b.patchSize(15)),
        bad("width must be between 4 and 16384 but was 3", b -> b.width(3)),
        bad(
            "width must be a multiple of 4 (sine and cosine of rows and columns) but was 774",
            b -> b.width(774)),
        bad("heads must be between 1 and 768 but was 769", b -> b.heads(769)),
        bad("heads must divide width 768 but was 5", b -> b.heads(5)),
        bad("sensorLayers must be between 0 and 1000 but was -1", b -> b.sensorLayers(-1)),
        bad("sharedLayers must be between 0 and 1000 but was 1001", b -> b.sharedLayers(1001)),
        bad(
            "sensorLayers + sharedLayers must be at least 1 but was 0",
            b -> b.sensorLayers(0).sharedLayers(0)),
        bad("experts must be between 1 and 4096 but was 0", b -> b.experts(0)),
        bad(
            "dispatchTemperature must be positive and finite but was 0.0",
            b -> b.dispatchTemperature(0)),
        bad(
            "dispatchTemperature must be positive and finite but was NaN",
            b -> b.dispatchTemperature(Double.NaN)),
        bad("projection must be between 0 and 16384 but was -1", b -> b.projection(-1)));
  }

  private static Arguments bad(String message, UnaryOperator<CsMoeBuilder> setting) {
    return Arguments.of(message, setting);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badValues")
  void aBadValueIsRefusedWithNameRangeAndValue(
      String message, UnaryOperator<CsMoeBuilder> setting) {
    CsMoeBuilder builder = setting.apply(CsMoe.builder());

    assertThatThrownBy(builder::buildConfig)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        setting("imageSize", b -> b.imageSize(224)),
        setting("patchSize", b -> b.patchSize(16)),
        setting("width", b -> b.width(768)),
        setting("heads", b -> b.heads(12)),
        setting("sensorLayers", b -> b.sensorLayers(4)),
        setting("sharedLayers", b -> b.sharedLayers(2)),
        setting("feedForward", b -> b.feedForward(FeedForward.SOFT_MOE)),
        setting("experts", b -> b.experts(8)),
        setting("slots", b -> b.slots(Slots.dynamic())),
        setting("routingNorm", b -> b.routingNorm(RoutingNorm.LAYER_NORM)),
        setting("dispatchInput", b -> b.dispatchInput(DispatchInput.NORMALISED)),
        setting("dispatchTemperature", b -> b.dispatchTemperature(1)),
        setting("statistics", b -> b.statistics(BandStatistics.bigEarthNetV2())),
        setting("projection", b -> b.projection(0)),
        setting("poolNorm", b -> b.poolNorm(false)),
        setting("seed", b -> b.seed(0)),
        setting(
            "bands of SENTINEL1", b -> b.bands(Sensor.SENTINEL1, Sensor.SENTINEL1.defaultBands())),
        setting("onlySensor", b -> b.onlySensor(Sensor.SENTINEL2)),
        setting("weights", b -> b.weights(Weights.untrained())),
        setting("backend", b -> b.backend(Backend.AUTO)),
        setting("precision", b -> b.precision(Precision.BF16)));
  }

  private static Arguments setting(String name, UnaryOperator<CsMoeBuilder> setting) {
    return Arguments.of(name, setting);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void nothingIsSetTwice(String name, UnaryOperator<CsMoeBuilder> setting) {
    CsMoeBuilder builder = setting.apply(CsMoe.builder());

    assertThatThrownBy(() -> setting.apply(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(name + " was already set");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void aPresetComesBeforeEverythingElse(String name, UnaryOperator<CsMoeBuilder> setting) {
    CsMoeBuilder builder = setting.apply(CsMoe.builder());

    assertThatThrownBy(() -> builder.preset(CsMoePreset.CSMOE_P32))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must come before all other settings")
        .hasMessageContaining(name);
  }

  @Test
  void thereIsOnePresetPerBuilder() {
    CsMoeBuilder builder = CsMoe.builder().preset(CsMoePreset.CSMOE_P32);

    assertThatThrownBy(() -> builder.config(CsMoePreset.CSMOE_P14.config()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("config");
  }

  @Test
  void aSettingChangesThePresetBeforeIt() {
    CsMoeConfig config = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).seed(7).buildConfig();

    assertThat(config.width()).isEqualTo(32);
    assertThat(config.seed()).isEqualTo(7);
  }

  @Test
  void aBandOfAnotherSensorIsRefusedWithFoundAndExpected() {
    CsMoeBuilder builder = CsMoe.builder().bands(Sensor.SENTINEL1, List.of(Band.VV, Band.B02));

    assertThatThrownBy(builder::buildConfig)
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("band B02 belongs to SENTINEL2, not to SENTINEL1")
        .hasMessageContaining("found [VV, B02]")
        .hasMessageContaining("expected bands such as [VV, VH]");
  }

  @Test
  void aSensorWithoutBandsIsRefused() {
    CsMoeBuilder builder = CsMoe.builder().bands(Sensor.SENTINEL1, List.of());

    assertThatThrownBy(builder::buildConfig)
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("SENTINEL1 must be at least one but were []");
  }

  @Test
  void aRepeatedBandIsRefused() {
    CsMoeBuilder builder = CsMoe.builder().bands(Sensor.SENTINEL1, List.of(Band.VV, Band.VV));

    assertThatThrownBy(builder::buildConfig)
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("must not repeat but were [VV, VV]");
  }

  @Test
  void aBandWithoutStatisticsIsRefused() {
    CsMoeBuilder builder = CsMoe.builder().bands(Sensor.SENTINEL2, List.of(Band.B10));

    assertThatThrownBy(builder::buildConfig)
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("BigEarthNet-v2 120_nearest")
        .hasMessageContaining("B10");
  }

  @Test
  void anEncoderThatWasLeftOutHasNoBands() {
    CsMoeConfig config = CsMoe.builder().onlySensor(Sensor.SENTINEL2).buildConfig();

    assertThat(config.bands()).containsOnlyKeys(Sensor.SENTINEL2);
    assertThatThrownBy(() -> config.bands(Sensor.SENTINEL1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[SENTINEL2], but was SENTINEL1");
  }

  @Test
  void withoutAnImplementationTheErrorNamesTheArtifactToAdd() {
    CsMoeBuilder builder = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY);
    CsMoeConfig config = builder.buildConfig();

    assertThatThrownBy(builder::build)
        .isExactlyInstanceOf(CsMoeException.class)
        .hasMessageContaining("org.csmoe:csmoe-impl");
    assertThatThrownBy(config::toJson).hasMessageContaining("org.csmoe:csmoe-impl");
    assertThatThrownBy(() -> CsMoeConfig.fromJson("{}"))
        .hasMessageContaining("org.csmoe:csmoe-impl");
  }

  @Test
  void bandsOfASensorThatWasLeftOutAreRefused() {
    CsMoeBuilder builder = CsMoe.builder().onlySensor(Sensor.SENTINEL2);
    assertThatThrownBy(() -> builder.bands(Sensor.SENTINEL1, List.of(Band.VV)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("only [SENTINEL2]");
  }
}
