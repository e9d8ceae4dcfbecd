package org.csmoe.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.csmoe.BandMismatchException;
import org.junit.jupiter.api.Test;

class SensorImageTest {
  private static final List<Band> POLARISATIONS = List.of(Band.VV, Band.VH);

  private static SensorImage image(List<Band> bands, int width, int height, int values) {
    return SensorImage.of(Sensor.SENTINEL1, bands, width, height, new float[values]);
  }

  @Test
  void anImageKeepsItsArrayAndFindsItsBands() {
    float[] data = new float[2 * 3 * 4];
    SensorImage image = SensorImage.of(Sensor.SENTINEL1, POLARISATIONS, 4, 3, data);

    assertThat(image.data()).isSameAs(data);
    assertThat(image.width()).isEqualTo(4);
    assertThat(image.height()).isEqualTo(3);
    assertThat(image.offset(Band.VV)).isZero();
    assertThat(image.offset(Band.VH)).isEqualTo(12);
  }

  @Test
  void aBandOfAnotherSensorIsRefusedWithFoundAndExpected() {
    assertThatThrownBy(() -> image(List.of(Band.VV, Band.B02), 1, 1, 2))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("band B02 belongs to SENTINEL2, not to SENTINEL1")
        .hasMessageContaining("found [VV, B02]")
        .hasMessageContaining("expected bands such as [VV, VH]");
  }

  @Test
  void noBandsAndRepeatedBandsAreRefused() {
    assertThatThrownBy(() -> image(List.of(), 1, 1, 0))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("[]");
    assertThatThrownBy(() -> image(List.of(Band.VV, Band.VV), 1, 1, 2))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("[VV, VV]");
  }

  @Test
  void sizesAndArrayLengthMustAgree() {
    assertThatThrownBy(() -> image(POLARISATIONS, 4, 3, 23))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("data must have 24 values (2 bands x 3 rows x 4 columns) but had 23");
    assertThatThrownBy(() -> image(POLARISATIONS, 0, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("width and height must be positive but were 0 x 3");
  }

  @Test
  void aBandThatTheImageLacksIsNamed() {
    SensorImage image = image(POLARISATIONS, 1, 1, 2);

    assertThatThrownBy(() -> image.offset(Band.B02))
        .isInstanceOf(BandMismatchException.class)
        .hasMessage("image of SENTINEL1 has no band B02; found [VV, VH]");
  }
}
