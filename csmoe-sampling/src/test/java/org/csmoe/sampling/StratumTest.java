package org.csmoe.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StratumTest {
  @Test
  void twoTilesOfTheSameClassesShareAStratum() {
    assertThat(new Stratum(26, 10))
        .isEqualTo(new Stratum(26, 10))
        .isNotEqualTo(new Stratum(10, 26));
  }
}
