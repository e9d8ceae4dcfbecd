package org.csmoe.model.internal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps equal PyTorch's; the golden file is by make_adamw_golden.py. */
class AdamWTest {
  /** A few roundings of numbers up to 4. */
  private static final float TOLERANCE = 2e-6f;

  private static final int SIZE = 2500;

  @Test
  void stepsEqualPyTorchs() throws IOException {
    float[] gradients = golden("gradients");
    try (INDArray decayed = array(golden("before"));
        INDArray kept = array(golden("before"));
        INDArray gradient = Nd4j.create(DataType.FLOAT, SIZE);
        AdamW optimiser =
            new AdamW(
                List.of(
                    new AdamW.Target(decayed, gradient, 0.05, 1),
                    new AdamW.Target(kept, gradient, 0, 1)),
                AdamW.Settings.DEFAULT)) {
      for (int step = 0; step < 5; step++) {
        NativeFloats.of(gradient).put(gradients, step * SIZE, SIZE);
        optimiser.update(0.01, 1);
      }
      assertThat(decayed.data().asFloat()).containsExactly(golden("decayed"), within(TOLERANCE));
      assertThat(kept.data().asFloat()).containsExactly(golden("kept"), within(TOLERANCE));
    }
  }

  private static INDArray array(float[] values) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, values.length);
    NativeFloats.of(array).put(values);
    return array;
  }

  private static float[] golden(String name) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(Path.of("src/test/resources/adamw.safetensors"))) {
      int count = (int) requireNonNull(checkpoint.tensors().get(name)).elementCount();
      FloatBuffer values = FloatBuffer.allocate(count);
      checkpoint.read(name, values);
      return values.array();
    }
  }
}
