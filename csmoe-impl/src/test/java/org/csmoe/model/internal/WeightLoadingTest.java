package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.LoadReport;
import org.csmoe.WeightFormatException;
import org.csmoe.Weights;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightLoadingTest {
  private static final CsMoeConfig TINY = CsMoePreset.CSMOE_TINY.config();

  @TempDir private Path folder = Path.of("");

  /**
   * Writes untrained weights of a configuration under changed names; a null name leaves one out.
   */
  private Path write(CsMoeConfig config, UnaryOperator<String> rename, String... extra)
      throws IOException {
    EncoderGraph network = new EncoderGraph(config);
    Initializer initializer = new Initializer(config.seed());
    List<TensorInfo> infos = new ArrayList<>();
    Map<String, float[]> values = new HashMap<>();
    for (Parameter parameter : network.parameters()) {
      long[] shape = parameter.tensorShape().stream().mapToLong(Long::longValue).toArray();
      for (String tensor : parameter.tensors()) {
        String name = rename.apply(tensor);
        if (!name.isEmpty()) {
          float[] data = new float[(int) Parameter.size(parameter.tensorShape())];
          initializer.fill(
              tensor, parameter.init(), FloatBuffer.wrap(data), config.grid(), config.width());
          infos.add(TensorInfo.f32(name, shape));
          values.put(name, data);
        }
      }
    }
    for (String name : extra) {
      infos.add(TensorInfo.f32(name, 1));
      values.put(name, new float[1]);
    }
    Path path = folder.resolve("weights.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, infos, Map.of())) {
      for (TensorInfo info : infos) {
        writer.write(info.name(), values.getOrDefault(info.name(), new float[0]));
      }
      writer.commit();
    }
    return path;
  }

  private static float[] embed(CsMoe model) {
    int size = model.config().imageSize();
    List<Band> bands = Sensor.SENTINEL2.defaultBands();
    float[] pixels = new float[bands.size() * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i * 37 % 3000;
    }
    return model
        .features(Sensor.SENTINEL2)
        .embed(SensorImage.of(Sensor.SENTINEL2, bands, size, size, pixels))
        .data();
  }

  private static CsMoe build(CsMoeConfig config, Weights weights) {
    return config.toBuilder().weights(weights).build();
  }

  @Test
  void whatWasWrittenLoadsStrictlyAndComputesTheSame() throws IOException {
    CsMoeConfig seeded = TINY.toBuilder().seed(42).buildConfig();
    Path file = write(seeded, name -> "module.backbone." + name, "decoder.mask_token");
    try (CsMoe original = build(seeded, Weights.untrained());
        CsMoe loaded = build(TINY, Weights.file(file))) {
      LoadReport report = loaded.loadReport();
      assertThat(report.complete()).isTrue();
      assertThat(report.missing()).isEmpty();
      assertThat(report.ignored()).hasSize(1);
      assertThat(embed(loaded)).isEqualTo(embed(original));
    }
  }

  @Test
  void oneSensorsModelIgnoresTheOtherSensorsTensors() throws IOException {
    Path file = write(TINY, UnaryOperator.identity());
    CsMoeConfig only = TINY.toBuilder().onlySensor(Sensor.SENTINEL2).buildConfig();
    try (CsMoe model = build(only, Weights.file(file))) {
      assertThat(model.loadReport().complete()).isTrue();
      assertThat(model.loadReport().ignored())
          .contains("cls_token", "patch_embed.proj.weight")
          .allMatch(
              name -> name.equals("cls_token") || name.contains("s1") || name.startsWith("patch"));
    }
  }

  @Test
  void aMissingAnUnexpectedAndAMisshapenTensorAreNamedAndRefused() throws IOException {
    Path file = write(TINY, name -> name.equals("norm.weight") ? "" : name, "blocks.7.surprise");
    assertThatThrownBy(() -> build(TINY, Weights.file(file)))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("1 missing: norm.weight")
        .hasMessageContaining("1 unexpected: blocks.7.surprise");
    try (CsMoe model = build(TINY, Weights.file(file).lenient())) {
      assertThat(model.loadReport().missing()).containsExactly("norm.weight");
    }
    CsMoeConfig wider = TINY.toBuilder().width(64).buildConfig();
    assertThatThrownBy(() -> build(wider, Weights.file(file)))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("found [1, 17, 32] expected [1, 17, 64]");
  }

  @Test
  void aRenameTableMapsForeignNames() throws IOException {
    Path file = write(TINY, name -> name.replace("mlp.experts", "moe.ffn"));
    Path table = folder.resolve("rename.json");
    Files.writeString(table, "[{\"pattern\": \"moe\\\\.ffn\", \"replacement\": \"mlp.experts\"}]");
    assertThatThrownBy(() -> build(TINY, Weights.file(file)))
        .isInstanceOf(WeightFormatException.class);
    try (CsMoe model = build(TINY, Weights.file(file).renamedBy(table))) {
      assertThat(model.loadReport().complete()).isTrue();
    }
  }

  @Test
  void bandsPositionsAndPatchSizeAreAdaptedOnRequestOnly() throws IOException {
    Path file = write(TINY, UnaryOperator.identity());
    CsMoeConfig other =
        TINY.toBuilder()
            .imageSize(36)
            .patchSize(6)
            .bands(Sensor.SENTINEL2, List.of(Band.B12, Band.B03))
            .buildConfig();
    Weights weights = Weights.file(file);
    assertThatThrownBy(() -> build(other, weights))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("patch_embed_s2.proj.weight");
    Weights adapting =
        weights
            .adapting(Weights.Adaptation.BANDS)
            .adapting(Weights.Adaptation.POSITIONS)
            .adapting(Weights.Adaptation.PATCH_SIZE);
    try (CsMoe model = build(other, adapting)) {
      assertThat(model.loadReport().complete()).isTrue();
      assertThat(model.loadReport().adapted())
          .extracting(LoadReport.Adapted::name)
          .containsExactlyInAnyOrder(
              "pos_embed", "patch_embed.proj.weight", "patch_embed_s2.proj.weight");
      assertThat(model.loadReport().adapted().toString())
          .contains("bands [B12, B03] selected")
          .contains("patch size resampled from 8 to 6")
          .contains("positions resized from 4 x 4 to 6 x 6");
    }
  }
}
