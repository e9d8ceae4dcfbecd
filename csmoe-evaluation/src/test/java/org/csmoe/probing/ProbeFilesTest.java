package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.DType;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files come back as they were, and damaged ones are refused. */
class ProbeFilesTest {
  @TempDir Path folder = Path.of("");

  @Test
  void featuresComeBackAsTheyWere() throws IOException {
    FeatureMatrix matrix =
        FeatureMatrix.of(
            new float[] {1, 2, 3, 4, 5, 6},
            List.of("plain", "with, \"signs\"\n", "Überflutung"),
            List.of(Target.classes(1, 0), Target.none(), Target.classes()),
            List.of("water", "land"));
    Path path = folder.resolve("features.safetensors");
    matrix.save(path, Map.of("model", "csmoe-p16"));
    FeatureMatrix read = FeatureMatrix.load(path);
    assertThat(read.values()).containsExactly(matrix.values());
    assertThat(read.ids()).isEqualTo(matrix.ids());
    assertThat(read.targets()).isEqualTo(matrix.targets());
    assertThat(read.classes()).isEqualTo(matrix.classes());
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.metadata()).containsEntry("provenance", "{\"model\":\"csmoe-p16\"}");
    }
  }

  @ParameterizedTest
  @EnumSource(Labelling.class)
  void probesComeBackAsTheyWere(Labelling labelling) throws IOException {
    FeatureMatrix train = Synthetic.matrix(labelling, 80, 6, 3, 1);
    FeatureMatrix test = Synthetic.matrix(labelling, 40, 6, 3, 2);
    LinearProbeBuilder builder =
        labelling == Labelling.SINGLE ? LinearProbe.singleLabel() : LinearProbe.multiLabel();
    List<Classifier> classifiers =
        List.of(
            builder.solver(Lbfgs.of(1e-2)).build().fit(train).classifier(),
            KnnProbe.weighted(labelling, 5, 0.1).fit(train),
            KnnProbe.majority(labelling, 3).fit(train));
    for (Classifier classifier : classifiers) {
      Path path = folder.resolve("probe.safetensors");
      classifier.save(path, Map.of());
      Classifier read = Classifier.load(path);
      assertThat(read).hasSameClassAs(classifier);
      assertThat(read.scores(test)).containsExactly(classifier.scores(test));
      assertThat(read.evaluate(test)).isEqualTo(classifier.evaluate(test));
    }
  }

  @Test
  void damagedFilesAreRefusedOrStillProbes() throws IOException {
    FeatureMatrix train = Synthetic.matrix(Labelling.SINGLE, 12, 4, 3, 1);
    Path path = folder.resolve("probe.safetensors");
    KnnProbe.majority(Labelling.SINGLE, 3).fit(train).save(path, Map.of());
    byte[] whole = Files.readAllBytes(path);
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      if (i % 3 == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      Files.write(path, damaged);
      try {
        assertThat(Classifier.load(path).scores(new float[] {1, 2, 3, 4})).hasSize(3);
      } catch (CsMoeException expected) {
        assertThat(expected).hasMessageContaining("probe.safetensors");
      } catch (IllegalArgumentException differentShape) {
        assertThat(differentShape).hasMessageContaining("dimensions");
      }
    }
  }

  @Test
  void filesOfAnotherKindAreRefused() throws IOException {
    Path path = folder.resolve("features.safetensors");
    Synthetic.matrix(Labelling.SINGLE, 5, 2, 2, 1).save(path, Map.of());
    assertThatThrownBy(() -> Classifier.load(path))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("csmoe-features-1")
        .hasMessageContaining("csmoe-linear-probe-1");
    Files.writeString(path, "not a probe");
    assertThatThrownBy(() -> FeatureMatrix.load(path)).isInstanceOf(CsMoeException.class);
  }

  @Test
  void partsOfAProbeThatDoNotFitTogetherAreRefused() throws IOException {
    Map<String, String> good =
        Map.of("format", "csmoe-linear-probe-1", "labelling", "single", "classes", "[\"a\",\"b\"]");
    assertThat(load(good, new float[] {1, 2, 3, 4}, 2, 2, new float[2]).dimensions()).isEqualTo(2);
    for (Map<String, String> wrong :
        List.of(
            Map.of("labelling", "several"),
            Map.of("classes", "[\"a\"]"),
            Map.of("classes", "[\"a\", null]"),
            Map.of("classes", "{\"a\": 1}"),
            Map.of("classes", "null"),
            Map.of("classes", "[]"))) {
      Map<String, String> metadata = new HashMap<>(good);
      metadata.putAll(wrong);
      assertThatThrownBy(() -> load(metadata, new float[] {1, 2, 3, 4}, 2, 2, new float[2]))
          .isInstanceOf(CsMoeException.class);
    }
    assertThatThrownBy(() -> load(good, new float[] {1, 2, 3, 4}, 2, 2, new float[3]))
        .isInstanceOf(CsMoeException.class);
    assertThatThrownBy(() -> load(good, new float[0], 2, 0, new float[2]))
        .isInstanceOf(CsMoeException.class);
    assertThatThrownBy(() -> load(good, new float[] {1, Float.NaN, 3, 4}, 2, 2, new float[2]))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("NaN");
  }

  @Test
  void labelsOutsideOfTheirTensorAreRefused() throws IOException {
    for (int[] counts : List.of(new int[] {3, 0}, new int[] {-2, 1}, new int[] {1, 0})) {
      Path path = folder.resolve("features.safetensors");
      byte[] ids = "[\"a\",\"b\"]".getBytes(StandardCharsets.UTF_8);
      try (SafetensorsWriter writer =
          SafetensorsWriter.create(
              path,
              List.of(
                  TensorInfo.f32("features", 2, 1),
                  new TensorInfo("label_counts", DType.I32, List.of(2L)),
                  new TensorInfo("labels", DType.I32, List.of(2L)),
                  new TensorInfo("ids", DType.U8, List.of((long) ids.length))),
              Map.of("format", "csmoe-features-1", "classes", "[\"a\"]"))) {
        writer.write("features", new float[2]);
        writer.write("label_counts", ints(counts));
        writer.write("labels", ints(0, 0));
        writer.write("ids", ByteBuffer.wrap(ids));
        writer.commit();
      }
      assertThatThrownBy(() -> FeatureMatrix.load(path)).isInstanceOf(CsMoeException.class);
    }
  }

  @Test
  void whatIsNoMatrixIsRefused() {
    List<String> one = List.of("a");
    List<Target> target = List.of(Target.classes(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureMatrix.of(new float[] {Float.NaN}, one, target, List.of("x", "y")))
        .withMessageContaining("sample a, dimension 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureMatrix.of(new float[1], one, target, List.of("x")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureMatrix.of(new float[0], one, target, List.of("x", "y")));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                FeatureMatrix.of(
                    new float[1], one, List.of(Target.Mask.of(1, 1, new int[1])), List.of("x")));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                KnnProbe.majority(Labelling.SINGLE, 6)
                    .fit(Synthetic.matrix(Labelling.SINGLE, 5, 2, 2, 1)))
        .withMessageContaining("1..5");
  }

  private Classifier load(
      Map<String, String> metadata, float[] weight, int rows, int columns, float[] bias)
      throws IOException {
    Path path = folder.resolve("linear.safetensors");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            path,
            List.of(TensorInfo.f32("weight", rows, columns), TensorInfo.f32("bias", bias.length)),
            metadata)) {
      writer.write("weight", weight);
      writer.write("bias", bias);
      writer.commit();
    }
    return Classifier.load(path);
  }

  private static ByteBuffer ints(int... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return bytes;
  }
}
