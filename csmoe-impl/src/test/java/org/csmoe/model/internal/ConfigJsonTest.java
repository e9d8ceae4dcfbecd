package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.CsMoePreset;
import org.csmoe.DispatchInput;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigJsonTest {

  @ParameterizedTest
  @EnumSource
  void everyPresetSurvivesTheRoundTrip(CsMoePreset preset) {
    assertThat(CsMoeConfig.fromJson(preset.config().toJson())).isEqualTo(preset.config());
  }

  @Test
  void everyOptionSurvivesTheRoundTrip() {
    CsMoeConfig config =
        CsMoePreset.CSMOE_TINY.config().toBuilder()
            .onlySensor(Sensor.SENTINEL2)
            .bands(Sensor.SENTINEL2, List.of(Band.B12, Band.B04))
            .slots(Slots.fixed(3))
            .routingNorm(RoutingNorm.RMS_NORM)
            .dispatchInput(DispatchInput.RAW)
            .dispatchTemperature(0.3)
            .projection(7)
            .poolNorm(true)
            .seed(-5)
            .buildConfig();
    assertThat(CsMoeConfig.fromJson(config.toJson())).isEqualTo(config);
  }

  @Test
  void aFieldThatIsMissingUnknownOrOfAnotherTypeIsNamed() {
    String json = CsMoePreset.CSMOE_TINY.config().toJson();
    assertThatThrownBy(() -> CsMoeConfig.fromJson(json.replace("\"heads\"", "\"heds\"")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("heads");
    assertThatThrownBy(() -> CsMoeConfig.fromJson(json.replaceFirst("\\{", "{\"extra\":1,")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("extra");
    assertThatThrownBy(() -> CsMoeConfig.fromJson(json.replace("\"LAYER_NORM\"", "\"NONE\"")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("routingNorm")
        .hasMessageContaining("RMS_NORM");
    assertThatThrownBy(() -> CsMoeConfig.fromJson("{"))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("JSON");
  }
}
