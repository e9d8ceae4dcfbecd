package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SafetensorsProperties {

  @Provide
  Arbitrary<Map<String, List<Long>>> shapes() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .filter(
                name ->
                    !name.equals("__metadata__")
                        && name.codePoints().noneMatch(SafetensorsProperties::isLone));
    return Arbitraries.maps(names, Arbitraries.longs().between(0, 5).list().ofMaxSize(4))
        .ofMaxSize(6);
  }

  /** Half of a surrogate pair has no UTF-8. */
  private static boolean isLone(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  @Property(tries = 100)
  void readsBackWhatWasWritten(
      @ForAll("shapes") Map<String, List<Long>> shapes,
      @ForAll Random random,
      @ForAll boolean direct)
      throws IOException {
    Path file = Files.createTempFile("round-trip", ".safetensors");
    try {
      List<TensorInfo> tensors = new ArrayList<>();
      shapes.forEach((name, shape) -> tensors.add(new TensorInfo(name, DType.F32, shape)));
      List<float[]> values = new ArrayList<>();
      try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of())) {
        for (TensorInfo tensor : tensors) {
          float[] array = new float[(int) tensor.elementCount()];
          for (int i = 0; i < array.length; i++) {
            array[i] = Float.intBitsToFloat(random.nextInt());
          }
          values.add(array);
          FloatBuffer buffer =
              direct
                  ? ByteBuffer.allocateDirect(array.length * 4).asFloatBuffer().put(array).flip()
                  : FloatBuffer.wrap(array);
          writer.write(tensor.name(), buffer);
        }
        writer.commit();
      }
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(checkpoint.tensors().values()).containsExactlyInAnyOrderElementsOf(tensors);
        for (int i = 0; i < tensors.size(); i++) {
          assertThat(WeightFiles.read(checkpoint, tensors.get(i).name())).isEqualTo(values.get(i));
        }
      }
    } finally {
      Files.delete(file);
    }
  }
}
