package org.csmoe.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import org.csmoe.BandMismatchException;
import org.csmoe.sensor.BandStatistics.Moments;
import org.junit.jupiter.api.Test;

class BandStatisticsTest {

  @Test
  void aBandThatTheStatisticsLackIsNamed() {
    BandStatistics statistics = new BandStatistics("mine", Map.of(Band.VV, new Moments(-12, 5)));

    assertThatThrownBy(() -> statistics.of(Band.VH))
        .isInstanceOf(BandMismatchException.class)
        .hasMessage("Statistics \"mine\" have no band VH; found [VV]");
  }

  @Test
  void statisticsCopyTheirValues() {
    Map<Band, Moments> values = new EnumMap<>(Band.class);
    values.put(Band.VV, new Moments(-12, 5));
    BandStatistics statistics = new BandStatistics("mine", values);
    values.clear();

    assertThat(statistics.of(Band.VV).mean()).isEqualTo(-12);
  }

  @Test
  void momentsMustBeFiniteAndDeviationsPositive() {
    assertThatThrownBy(() -> new Moments(Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mean must be finite but was NaN");
    assertThatThrownBy(() -> new Moments(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("standardDeviation must be positive and finite but was 0.0");
  }

  @Test
  void theDefaultStatisticsCoverTheDefaultBands() {
    for (Sensor sensor : Sensor.values()) {
      assertThat(BandStatistics.bigEarthNetV2().values().keySet())
          .containsAll(sensor.defaultBands());
    }
  }
}
