package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.LoadReport;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.GoldenConfig;
import org.csmoe.model.internal.Gradients;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.model.internal.WeightLoading;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Losses and gradients equal PyTorch's in float64. The golden files are written by {@code
 * src/test/python/make_pretraining_golden.py}.
 */
class PretrainingGraphTest {
  /** Single precision, through two blocks, decoders, and back. */
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> goldenFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/pretraining"))) {
      return files.sorted().toList().stream()
          .flatMap(
              file ->
                  Stream.of(Backend.SAMEDIFF, Backend.ONEDNN)
                      .map(backend -> Arguments.of(file, backend)));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldenFiles")
  void lossesAndAllGradientsEqualPyTorchs(Path file, Backend backend) throws IOException {
    assumeTrue(
        backend != Backend.ONEDNN || GraphCompiler.problem().isEmpty(),
        "oneDNN cannot be loaded here");
    try (Checkpoint golden = Checkpoint.open(file)) {
      String text = golden.metadata().getOrDefault("config", "");
      CsMoeConfig config = GoldenConfig.read(text);
      JsonNode json = new ObjectMapper().readTree(text);
      Objective objective = objective(json);
      PretrainingGraph network = new PretrainingGraph(config, objective);
      try (ParameterValues values = ParameterValues.allocate(network.parameters());
          ParameterValues slopes = ParameterValues.allocate(network.parameters());
          GraphExecutor executor = Executors.choose(backend, 0)) {
        LoadReport report = new WeightLoading(config, values).load(Weights.file(file).lenient());
        assertThat(report.missing()).isEmpty();
        assertThat(report.mismatched()).isEmpty();
        values.bind(network.graph());
        Map<String, INDArray> arrays = new HashMap<>();
        network.parameters().forEach(p -> arrays.put(p.name(), slopes.array(p)));
        Inputs inputs = inputs(golden, config, objective, json.get("batch").asInt(), network);
        Map<String, Float> losses = new HashMap<>();
        executor.differentiate(
            network.graph(),
            inputs.signature(),
            new Gradients(PretrainingGraph.TOTAL, arrays),
            inputs::write,
            found -> network.losses().forEach(name -> losses.put(name, found.get(name).get(0))));
        compare(golden, network, losses, slopes);
      }
    }
  }

  private static void compare(
      Checkpoint golden,
      PretrainingGraph network,
      Map<String, Float> losses,
      ParameterValues slopes)
      throws IOException {
    for (String name : network.losses()) {
      float expected = GoldenConfig.tensor(golden, "golden." + name.replace('/', '.'))[0];
      assertThat((double) losses.getOrDefault(name, Float.NaN))
          .as(name)
          .isCloseTo(expected, within(TOLERANCE * 10));
    }
    double largest = 0;
    for (Parameter parameter : network.parameters()) {
      for (String tensor : parameter.tensors()) {
        largest = Math.max(largest, max(gradient(golden, tensor, 0)));
      }
    }
    int compared = 0;
    for (Parameter parameter : network.parameters()) {
      for (int i = 0; i < parameter.tensors().size(); i++) {
        String tensor = parameter.tensors().get(i);
        FloatBuffer found = slopes.tensor(parameter, i);
        float[] expected = gradient(golden, tensor, found.limit());
        assertThat(expected).as(tensor).hasSize(found.limit());
        // Some gradients are 0 in theory, such as those of biases of keys: rounding is all they
        // have.
        double scale = Math.max(max(expected), 1e-3 * largest);
        for (int k = 0; k < expected.length; k++) {
          assertThat(Math.abs(found.get(k) - expected[k]) / scale)
              .as(tensor + " at " + k)
              .isLessThanOrEqualTo(TOLERANCE);
        }
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(40);
  }

  /** What PyTorch has no gradient for does not matter to the loss. */
  private static float[] gradient(Checkpoint golden, String tensor, int size) throws IOException {
    String name = "golden.gradient." + tensor;
    return golden.tensors().containsKey(name) ? GoldenConfig.tensor(golden, name) : new float[size];
  }

  private static double max(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static Objective objective(JsonNode json) {
    return Objective.builder()
        .maskRatio(json.get("ratio").asDouble())
        .sortedTokens(json.get("sorted").asBoolean())
        .reconstruction(Reconstruction.valueOf(json.get("loss").asText()))
        .patchNormalisation(json.get("norm_pix").asBoolean())
        .decoders(
            new DecoderConfig(
                DecoderConfig.Sharing.valueOf(json.get("sharing").asText()),
                json.get("decoder_width").asInt(),
                json.get("decoder_layers").asInt(),
                json.get("decoder_heads").asInt()))
        .mutualInformation(MutualInformation.valueOf(json.get("mutual").asText()))
        .temperature(json.get("temperature_mi").asDouble())
        .contrasted(Pooling.valueOf(json.get("contrasted").asText()))
        .repulsion(Repulsion.valueOf(json.get("repulsion").asText()))
        .repulsionWeight(json.get("lambda").asDouble())
        .entropyWeight(json.get("gamma").asDouble())
        .paperSigns(json.get("paper_signs").asBoolean())
        .build();
  }

  private static Inputs inputs(
      Checkpoint golden,
      CsMoeConfig config,
      Objective objective,
      int batch,
      PretrainingGraph network)
      throws IOException {
    MaskedPairs pairs = new MaskedPairs(config, objective, Resize.NONE);
    Inputs inputs = pairs.allocate(batch, network.losses());
    int size = config.imageSize();
    for (int i = 0; i < batch; i++) {
      Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
      Map<Sensor, int[]> orders = new EnumMap<>(Sensor.class);
      for (Sensor sensor : Sensor.values()) {
        String prefix = "golden." + sensor.shortName() + ".";
        float[] all = GoldenConfig.tensor(golden, prefix + "image");
        int length = all.length / batch;
        images.put(
            sensor,
            SensorImage.of(
                sensor,
                sensor.defaultBands(),
                size,
                size,
                Arrays.copyOfRange(all, i * length, (i + 1) * length)));
        float[] shuffles = GoldenConfig.tensor(golden, prefix + "shuffle");
        int patches = shuffles.length / batch;
        int[] order = new int[patches];
        for (int k = 0; k < patches; k++) {
          order[k] = (int) shuffles[i * patches + k];
        }
        orders.put(sensor, order);
      }
      pairs.fill(inputs, i, new Sample("s" + i, images, Target.none()), orders);
    }
    pairs.finish(inputs);
    return inputs;
  }
}
