package org.csmoe.sampling.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class DistanceBinsProperties {
  @Property
  void aSquaredChordFallsIntoTheBinOfItsAngle(
      @ForAll @IntRange(min = 2, max = 512) int count,
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(12) double share) {
    double angle = share * Math.PI;
    double exact = share * count;
    double half = Math.sin(angle / 2);
    int bin = DistanceBins.of(count).bin(4 * half * half);
    assertThat(bin).isBetween(0, count - 1);
    // Rounding of the chord decides within 1e-6 of an edge: near pi the chord hardly depends on
    // the angle, d(chord^2)/d(angle) = 2 sin(angle).
    if (Math.abs(exact - Math.rint(exact)) > 1e-6) {
      assertThat(bin).isEqualTo((int) exact);
    }
  }

  @Example
  void bothEndsHaveABin() {
    DistanceBins bins = DistanceBins.of(64);
    assertThat(bins.bin(0)).isZero();
    assertThat(bins.bin(4)).isEqualTo(63);
    assertThat(bins.bin(4.000000000000001)).isEqualTo(63);
  }

  @Example
  void tooManyBinsAreRefused() {
    assertThatThrownBy(() -> DistanceBins.of(513))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bins must be in 2..512 but was 513");
  }
}
