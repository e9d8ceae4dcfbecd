package org.csmoe.sampling.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class EntropyProperties {
  @Property
  void equallyFullBinsHaveTheLogarithmOfTheirNumber(
      @ForAll @IntRange(min = 1, max = 64) int bins,
      @ForAll @LongRange(min = 1, max = 1L << 40) long each) {
    long[] counts = new long[64];
    for (int b = 0; b < bins; b++) {
      counts[(b * 37) % 64] = each;
    }
    // A few units in the last place of ln(64 * 2^40) = 32.
    assertThat(Entropy.of(counts)).isCloseTo(Math.log(bins), within(1e-13));
  }

  @Property
  void itIsMinusTheSumOfSharesTimesTheirLogarithms(
      @ForAll @Size(64) List<@LongRange(max = 20_000) Long> counts) {
    double total = counts.stream().mapToLong(Long::longValue).sum();
    double expected = 0;
    for (long count : counts) {
      expected -= count == 0 ? 0 : count / total * Math.log(count / total);
    }
    assertThat(Entropy.of(counts.stream().mapToLong(Long::longValue).toArray()))
        .isCloseTo(expected, within(1e-12));
  }

  @Example
  void anEmptyHistogramHasNone() {
    assertThat(Entropy.of(new long[64])).isZero();
    assertThat(Entropy.of(new long[] {0, 7, 0})).isZero();
  }
}
