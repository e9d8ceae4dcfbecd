package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointGoldenTest {

  static Stream<String> files() throws IOException {
    Iterable<Map.Entry<String, JsonNode>> entries = expected().properties();
    return StreamSupport.stream(entries.spliterator(), false).map(Map.Entry::getKey);
  }

  private static JsonNode expected() throws IOException {
    return Json.MAPPER.readTree(Files.readAllBytes(WeightFiles.golden("expected.json")));
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsWhatPythonWrote(String file) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(WeightFiles.golden(file))) {
      GoldenValues.require(checkpoint, expected().get(file));
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void mapsTheSameValuesUnlessTheyAreStrided(String file) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(WeightFiles.golden(file))) {
      for (TensorInfo info : checkpoint.tensors().values()) {
        float[] values = WeightFiles.read(checkpoint, info.name());
        ByteBuffer bytes;
        try {
          bytes = checkpoint.bytes(info.name());
        } catch (UnsupportedOperationException e) {
          assertThat(e).hasMessageContaining("not contiguous").hasMessageContaining(info.name());
          continue;
        }
        assertThat(bytes.remaining()).isEqualTo((int) info.byteCount());
        assertThatThrownBy(() -> bytes.put((byte) 0)).isInstanceOf(ReadOnlyBufferException.class);
        FloatBuffer mapped = FloatBuffer.allocate(values.length);
        FloatDecoder.decode(info.dtype(), bytes, values.length, mapped);
        assertThat(mapped.array()).as(info.name()).isEqualTo(values);
      }
    }
  }

  @Test
  void readsAtThePositionOfASliceAndAdvancesIt() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(WeightFiles.golden("little_endian.pt"))) {
      float[] values = WeightFiles.read(checkpoint, "a");
      FloatBuffer stacked = ByteBuffer.allocateDirect(80).asFloatBuffer().slice(4, 12).position(3);
      checkpoint.read("a", stacked);
      assertThat(stacked.position()).isEqualTo(9);
      assertThat(stacked.get(2)).isZero();
      assertThat(stacked.get(3)).isEqualTo(values[0]);
      assertThat(stacked.get(8)).isEqualTo(values[5]);
      assertThatThrownBy(() -> checkpoint.read("a", FloatBuffer.allocate(5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("room for the 6 elements")
          .hasMessageContaining("has 5");
      assertThatThrownBy(() -> checkpoint.read("c", stacked))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"c\"");
    }
  }

  @Test
  void readsForManyThreadsAtOnce() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(WeightFiles.golden("strided.pt"))) {
      float[] base = WeightFiles.read(checkpoint, "base");
      float[] transposed = WeightFiles.read(checkpoint, "transposed");
      IntStream.range(0, 2000)
          .parallel()
          .forEach(
              i -> {
                try {
                  assertThat(WeightFiles.read(checkpoint, i % 2 == 0 ? "base" : "transposed"))
                      .isEqualTo(i % 2 == 0 ? base : transposed);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Test
  void tellsTheMetadata() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(WeightFiles.golden("dtypes.safetensors"))) {
      assertThat(checkpoint.metadata()).containsEntry("format", "pt");
    }
  }
}
