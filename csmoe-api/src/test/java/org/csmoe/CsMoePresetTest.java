package org.csmoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsMoePresetTest {

  @ParameterizedTest
  @CsvSource({
    "csmoe-p16, CSMOE_P16",
    "p32, CSMOE_P32",
    "CSMAE_SECD, CSMAE_SECD",
    "csmae-cecd, CSMAE_CECD",
    "' Small ', CSMOE_SMALL",
  })
  void aPresetIsFoundByTheNamesPeopleType(String name, CsMoePreset preset) {
    assertThat(CsMoePreset.of(name)).isEqualTo(preset);
  }

  @Test
  void anUnknownNameIsRefusedWithAllNames() {
    assertThatThrownBy(() -> CsMoePreset.of("p17"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"p17\"")
        .hasMessageContaining("CSMOE_P16")
        .hasMessageContaining("CSMAE_TINY");
  }

  @ParameterizedTest
  @CsvSource({"CSMOE_P32, 50, 7", "CSMOE_P28, 65, 9", "CSMOE_P16, 197, 25", "CSMOE_P14, 257, 33"})
  void thePublishedModelsHaveAboutOneSlotPerToken(CsMoePreset preset, int tokens, int slots) {
    assertThat(preset.config().tokens()).isEqualTo(tokens);
    assertThat(preset.config().slotsPerExpert()).isEqualTo(slots);
  }

  @Test
  void anExpertHasAtLeastOneFixedSlot() {
    assertThatThrownBy(() -> Slots.fixed(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("perExpert must be between 1 and 4096 but was 0");
  }
}
