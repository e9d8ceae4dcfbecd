package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.csmoe.WeightFormatException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real checkpoints of other projects; skipped where the data folder is not there. */
class SharedCheckpointsTest {
  private static final Path ROOT = Path.of(System.getProperty("csmoe.data", "none"), "weights");

  @BeforeEach
  void requireData() {
    assumeThat(ROOT).as("folder of real checkpoints, system property csmoe.data").isDirectory();
  }

  @Test
  void readsWhatPyTorchAndSafetensorsRead() throws IOException {
    JsonNode golden = Json.MAPPER.readTree(Files.readAllBytes(WeightFiles.golden("shared.json")));
    List<String> files;
    try (Stream<Path> walk = Files.walk(ROOT)) {
      files =
          walk.filter(path -> path.toString().matches(".*\\.(pt|pth|safetensors)"))
              .map(path -> ROOT.relativize(path).toString().replace('\\', '/'))
              .toList();
    }
    assertThat(files).containsExactlyInAnyOrderElementsOf(golden::fieldNames);
    for (String name : files) {
      JsonNode wanted = golden.get(name);
      if (wanted.isTextual()) {
        assertThatThrownBy(() -> Checkpoint.open(ROOT.resolve(name)))
            .isInstanceOf(WeightFormatException.class)
            .hasMessageContaining(name.substring(name.lastIndexOf('/') + 1))
            .hasMessageContaining(wanted.asText());
      } else {
        try (Checkpoint checkpoint = Checkpoint.open(ROOT.resolve(name))) {
          GoldenValues.require(checkpoint, wanted);
        }
      }
    }
  }

  @Test
  void countsTheParametersOfARealVisionTransformer() throws IOException {
    try (Checkpoint encoder = Checkpoint.open(ROOT.resolve("galileo-nano/encoder.pt"));
        Checkpoint decoder = Checkpoint.open(ROOT.resolve("galileo-nano/decoder.pt"))) {
      assertThat(encoder.tensors()).hasSize(106);
      assertThat(parameters(encoder)).isEqualTo(1_037_856);
      assertThat(decoder.tensors()).hasSize(47);
      assertThat(parameters(decoder)).isEqualTo(431_904);
    }
  }

  private static long parameters(Checkpoint checkpoint) {
    return checkpoint.tensors().values().stream().mapToLong(TensorInfo::elementCount).sum();
  }

  @Test
  void readsOneNetworkFromBothFormats() throws IOException {
    // Two trainings of one network: equal names and shapes, different values.
    try (Checkpoint torch = Checkpoint.open(ROOT.resolve("pytorch-zip/burn_mnist.pt"));
        Checkpoint safe = Checkpoint.open(ROOT.resolve("safetensors/burn_mnist.safetensors"))) {
      assertThat(torch.tensors()).containsExactlyInAnyOrderEntriesOf(safe.tensors());
      assertThat(WeightFiles.read(torch, "norm1.num_batches_tracked")).containsExactly(3752);
      assertThat(WeightFiles.read(safe, "norm1.num_batches_tracked")).containsExactly(7504);
    }
  }
}
