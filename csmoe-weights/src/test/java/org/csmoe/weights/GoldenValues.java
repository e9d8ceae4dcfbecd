package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;

/** Compares a checkpoint with what {@code tensors.py} told of the same one. */
final class GoldenValues {
  private GoldenValues() {}

  static void require(Checkpoint checkpoint, JsonNode tensors) throws IOException {
    assertThat(checkpoint.tensors()).hasSize(tensors.size());
    for (Map.Entry<String, JsonNode> tensor : tensors.properties()) {
      TensorInfo info = WeightFiles.info(checkpoint, tensor.getKey());
      JsonNode wanted = tensor.getValue();
      assertThat(info.dtype().name()).as(info.name()).isEqualTo(wanted.get("dtype").asText());
      assertThat(info.shape().toString().replace(" ", ""))
          .as(info.name())
          .isEqualTo(wanted.get("shape").toString());
      requireValues(info.name(), WeightFiles.read(checkpoint, info.name()), wanted);
    }
  }

  private static void requireValues(String name, float[] values, JsonNode wanted) {
    if (wanted.has("bits")) {
      for (int i = 0; i < values.length; i++) {
        assertThat(Float.floatToRawIntBits(values[i]))
            .as("%s[%d]", name, i)
            .isEqualTo((int) wanted.get("bits").get(i).asLong());
      }
      return;
    }
    double sum = 0;
    double weighted = 0;
    double magnitude = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
      weighted += values[i] * (double) (i % 97 + 1);
      magnitude += Math.abs(values[i]) * (i % 97 + 1);
    }
    // Equal float32 values, whose products with small integers are exact in float64; only the order
    // of additions differs, and each of the two orders errs by at most n 2^-53 times the magnitude.
    double tolerance = 2 * values.length * 0x1p-53 * magnitude;
    assertThat(sum).as(name).isCloseTo(wanted.get("sum").asDouble(), within(tolerance));
    assertThat(weighted).as(name).isCloseTo(wanted.get("weighted").asDouble(), within(tolerance));
  }
}
