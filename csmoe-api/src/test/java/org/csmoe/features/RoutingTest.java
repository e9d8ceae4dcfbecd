package org.csmoe.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RoutingTest {
  private static final int TOKENS = 5;
  private static final int EXPERTS = 3;
  private static final int SLOTS = 2;

  /** The value of {@code [token, expert, slot]} is its own index in decimal digits. */
  private static Routing routing() {
    float[] values = new float[TOKENS * EXPERTS * SLOTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 * (i / (EXPERTS * SLOTS)) + 10 * (i / SLOTS % EXPERTS) + i % SLOTS;
    }
    FeatureTensor tensor = FeatureTensor.of(values, TOKENS, EXPERTS, SLOTS);
    return new Routing(0, 2, tensor, tensor);
  }

  @Test
  void aDispatchMapLeavesOutTheClsToken() {
    FeatureTensor map = routing().dispatchMap(2, 1);

    assertThat(map.shape()).containsExactly(2, 2);
    assertThat(map.data()).containsExactly(121, 221, 321, 421);
  }

  @Test
  void expertsAndSlotsAreThoseOfTheWeights() {
    assertThat(routing().experts()).isEqualTo(EXPERTS);
    assertThat(routing().slotsPerExpert()).isEqualTo(SLOTS);
  }

  @Test
  void anExpertOrSlotThatDoesNotExistIsRefused() {
    assertThatThrownBy(() -> routing().dispatchMap(EXPERTS, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> routing().dispatchMap(0, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
