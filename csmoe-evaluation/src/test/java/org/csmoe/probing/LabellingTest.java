package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.csmoe.data.Target;
import org.junit.jupiter.api.Test;

class LabellingTest {
  @Test
  void samplesAreSingleLabelIfEachHasExactlyOneClass() {
    Target one = Target.classes(3);
    assertThat(Labelling.of(Stream.of(one, Target.classes(0)))).isEqualTo(Labelling.SINGLE);
    assertThat(Labelling.of(Stream.of(one, Target.classes(0, 1)))).isEqualTo(Labelling.MULTI);
    assertThat(Labelling.of(Stream.of(one, Target.classes()))).isEqualTo(Labelling.MULTI);
    assertThat(Labelling.of(Stream.of(one, Target.none()))).isEqualTo(Labelling.MULTI);
  }
}
