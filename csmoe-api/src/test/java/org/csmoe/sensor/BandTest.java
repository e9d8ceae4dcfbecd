package org.csmoe.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BandTest {

  @ParameterizedTest
  @CsvSource({"B02, B02", "b2, B02", "B8A, B8A", "b08a, B8A", "' vv ', VV", "B12, B12"})
  void aBandIsFoundByTheNamesInUse(String name, Band band) {
    assertThat(Band.find(name)).contains(band);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "B0", "B13", "HH", "2"})
  void aNameThatIsNoBandsIsNotFound(String name) {
    assertThat(Band.find(name)).isEmpty();
  }

  @Test
  void theDefaultBandsOfASensorAreItsOwn() {
    for (Sensor sensor : Sensor.values()) {
      assertThat(sensor.defaultBands()).isNotEmpty().allMatch(band -> band.sensor() == sensor);
    }
  }
}
