package org.csmoe.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTensorTest {
  private final FeatureTensor tensor = FeatureTensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);

  @Test
  void numbersAreRowMajor() {
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.get(0, 2)).isEqualTo(2);
    assertThat(tensor.get(1, 0)).isEqualTo(3);
  }

  @Test
  void aRowIsACopyOfOneDimensionLess() {
    FeatureTensor row = tensor.row(1);
    row.data()[0] = -1;

    assertThat(row.shape()).containsExactly(3);
    assertThat(row.data()).containsExactly(-1, 4, 5);
    assertThat(tensor.get(1, 0)).isEqualTo(3);
  }

  @Test
  void lengthAndShapeMustAgree() {
    assertThatThrownBy(() -> FeatureTensor.of(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("data must have 6 values for shape [2, 3] but had 5");
  }

  @Test
  void anIndexOutsideOfTheShapeIsRefused() {
    assertThatThrownBy(() -> tensor.get(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("index must have 2 dimensions but had 1");
    assertThatThrownBy(() -> tensor.get(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tensor.row(2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aSelectionNeedsAnIndexAndNoClsTokenInAGrid() {
    assertThatThrownBy(() -> LayerSelection.grids())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("indices must be at least one but were empty");
    assertThatThrownBy(() -> new LayerSelection(List.of(-1), true, true, TokenLayout.NCHW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cls must be false with layout NCHW but was true");
  }
}
