package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

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
  void readsEveryFileButThoseOfTheOldFormat() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(ROOT)) {
      files = walk.filter(path -> path.toString().matches(".*\\.(pt|pth|safetensors)")).toList();
    }
    assertThat(files).hasSizeGreaterThan(30);
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.startsWith("legacy_") || name.contains("simple_legacy")) {
        refuses(file, "before 1.6");
      } else if (name.equals("broken.pt")) {
        refuses(file, "3 bytes");
      } else {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
          assertThat(checkpoint.tensors()).as(name).isNotEmpty();
          for (String tensor : checkpoint.tensors().keySet()) {
            WeightFiles.read(checkpoint, tensor);
          }
        }
      }
    }
  }

  private static void refuses(Path file, String found) {
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining(found);
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
