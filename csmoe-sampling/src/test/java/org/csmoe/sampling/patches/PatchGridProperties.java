package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PatchGridProperties {

  @Example
  void aTileOf1068PixelsHas64WholeSquaresAnd17LeftOvers() {
    PatchGrid grid = new PatchGrid(1068, 1068, 120, 120);
    assertThat(grid.columns()).isEqualTo(9);
    assertThat(grid.positions()).isEqualTo(81);
    assertThat(grid.isWhole(7, 7)).isTrue();
    assertThat(grid.isWhole(8, 7)).isFalse();
    assertThat(grid.isWhole(7, 8)).isFalse();
  }

  @Property
  void alongAnAxisAllSquaresThatFitAreWholeAndOneMoreTakesWhatIsLeft(
      @ForAll @IntRange(min = 1, max = 300) int pixels,
      @ForAll @IntRange(min = 1, max = 60) int patch,
      @ForAll @IntRange(min = 1, max = 60) int stride) {
    int whole = 0;
    int covered = 0;
    for (int start = 0; start + patch <= pixels; start += stride) {
      whole++;
      covered = start + patch;
    }
    boolean leftOver = covered < pixels && whole * stride < pixels;
    PatchGrid grid = new PatchGrid(pixels, patch, patch, stride);
    assertThat(grid.rows()).isEqualTo(1);
    assertThat(grid.columns()).isEqualTo(whole + (leftOver ? 1 : 0));
    for (int column = 0; column < grid.columns(); column++) {
      assertThat(grid.isWhole(0, column)).isEqualTo(column < whole);
    }
  }
}
