package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.LoadReport;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.GoldenConfig;
import org.csmoe.model.internal.Gradients;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.NativeFloats;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.model.internal.WeightLoading;
import org.csmoe.sensor.Sensor;
import org.csmoe.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * UPerNet on an encoder equals PyTorch's in float64. The golden file is written by {@code
 * src/test/python/make_upernet_golden.py}.
 */
class UperNetTest {
  private static final Path GOLDEN = Path.of("src/test/resources/upernet.safetensors");

  /** Single precision, through four blocks, thirteen convolutions, and back. */
  private static final double TOLERANCE = 1e-4;

  @ParameterizedTest
  @EnumSource(names = {"SAMEDIFF", "ONEDNN"})
  void scoresLossGradientsAndRunningStatisticsEqualPyTorchs(Backend backend) throws IOException {
    assumeTrue(
        backend != Backend.ONEDNN || GraphCompiler.problem().isEmpty(),
        "oneDNN cannot be loaded here");
    try (Checkpoint golden = Checkpoint.open(GOLDEN);
        GraphExecutor executor = Executors.choose(backend, 0)) {
      String text = golden.metadata().getOrDefault("config", "");
      JsonNode json = new ObjectMapper().readTree(text);
      CsMoeConfig config =
          GoldenConfig.read(text).toBuilder().onlySensor(Sensor.SENTINEL1).buildConfig();
      int classes = json.get("classes").asInt();
      Head head = SegmentationHead.uperNet(classes).withChannels(json.get("channels").asInt());
      double[] weights = new double[classes];
      for (int i = 0; i < classes; i++) {
        weights[i] = json.get("class_weights").get(i).asDouble();
      }
      Optional<Loss> loss = Optional.of(Loss.crossEntropy(weights));
      TunedGraph network = new TunedGraph(config, head, loss, classes, true);
      TunedGraph evaluated = new TunedGraph(config, head, loss, classes, false);
      assertThat(evaluated.parameters()).isEqualTo(network.parameters());
      try (ParameterValues values = ParameterValues.allocate(network.parameters());
          ParameterValues slopes = ParameterValues.allocate(network.parameters())) {
        LoadReport report = new WeightLoading(config, values).load(Weights.file(GOLDEN).lenient());
        assertThat(report.missing()).allMatch(name -> name.contains("running_"));
        assertThat(report.mismatched()).isEmpty();
        values.bind(network.graph());
        values.bind(evaluated.graph());
        Runs runs = new Runs(golden, executor, classes);
        runs.train(network, values, slopes);
        runs.compareGradients(network, slopes);
        runs.compareRunning(network, values);
        runs.evaluate(evaluated);
      }
    }
  }

  /** The runs of one executor. */
  private record Runs(Checkpoint golden, GraphExecutor executor, int classes) {

    private Map<String, float[]> inputs() throws IOException {
      float[] mask = GoldenConfig.tensor(golden, "golden.mask");
      float[] targets = new float[mask.length * classes];
      for (int i = 0; i < mask.length; i++) {
        if (mask[i] >= 0) {
          targets[i * classes + (int) mask[i]] = 1;
        }
      }
      return Map.of(
          "s1/image", GoldenConfig.tensor(golden, "golden.image"), TunedGraph.TARGETS, targets);
    }

    private Signature signature(Map<String, float[]> inputs, List<String> outputs)
        throws IOException {
      long size = 28;
      long batch = inputs.getOrDefault("s1/image", new float[0]).length / (2 * size * size);
      return new Signature(
          Map.of(
              "s1/image",
              List.of(batch, 2L, size, size),
              TunedGraph.TARGETS,
              List.of(batch, size, size, (long) classes)),
          outputs);
    }

    void train(TunedGraph network, ParameterValues values, ParameterValues slopes)
        throws IOException {
      Map<String, float[]> inputs = inputs();
      List<String> outputs =
          Stream.concat(
                  Stream.of(TunedGraph.LOSS, TunedGraph.SCORES),
                  network.norms().observed().stream())
              .toList();
      Map<String, INDArray> arrays = new HashMap<>();
      network.parameters().stream()
          .filter(Parameter::trainable)
          .forEach(p -> arrays.put(p.name(), slopes.array(p)));
      Gradients gradients = new Gradients(TunedGraph.LOSS, arrays);
      Map<String, float[]> found = new HashMap<>();
      for (int i = 0; i < 2; i++) {
        executor.differentiate(
            network.graph(),
            signature(inputs, outputs),
            gradients,
            tensors -> inputs.forEach((name, array) -> tensors.get(name).put(array)),
            tensors -> {
              found.put("loss", copy(tensors, TunedGraph.LOSS));
              found.put("training", copy(tensors, TunedGraph.SCORES));
              network.norms().update(tensors, 3, values);
            });
      }
      compare("loss", found.getOrDefault("loss", new float[0]));
      compare("training", found.getOrDefault("training", new float[0]));
    }

    void evaluate(TunedGraph evaluated) throws IOException {
      Map<String, float[]> inputs = inputs();
      Map<String, float[]> found = new HashMap<>();
      executor.run(
          evaluated.graph(),
          signature(inputs, List.of(TunedGraph.SCORES, TunedGraph.LOSS)),
          tensors -> inputs.forEach((name, array) -> tensors.get(name).put(array)),
          tensors -> found.put("evaluation", copy(tensors, TunedGraph.SCORES)));
      compare("evaluation", found.getOrDefault("evaluation", new float[0]));
    }

    void compareGradients(TunedGraph network, ParameterValues slopes) throws IOException {
      int compared = 0;
      for (Parameter parameter : network.parameters()) {
        for (int i = 0; i < parameter.tensors().size(); i++) {
          String name = "gradient." + parameter.tensors().get(i);
          if (golden.tensors().containsKey("golden." + name)) {
            compare(name, copy(slopes.tensor(parameter, i)));
            compared++;
          }
        }
      }
      long expected =
          golden.tensors().keySet().stream().filter(n -> n.startsWith("golden.gradient")).count();
      assertThat(compared).isEqualTo((int) expected).isGreaterThan(90);
    }

    void compareRunning(TunedGraph network, ParameterValues values) throws IOException {
      assertThat(network.norms().running()).hasSize(26);
      for (Parameter parameter : network.parameters()) {
        if (network.norms().running().contains(parameter.name())) {
          compare("running." + parameter.name(), copy(NativeFloats.of(values.array(parameter))));
        }
      }
    }

    private void compare(String name, float[] found) throws IOException {
      float[] expected = GoldenConfig.tensor(golden, "golden." + name);
      assertThat(found).as(name).hasSameSizeAs(expected);
      // Biases before a batch norm have no effect, and what is left is rounding.
      double scale = 1e-3;
      for (float value : expected) {
        scale = Math.max(scale, Math.abs(value));
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(found[i] - expected[i]) / scale)
            .as(name + " at " + i)
            .isLessThanOrEqualTo(TOLERANCE);
      }
    }

    private static float[] copy(Tensors tensors, String name) {
      return copy(tensors.get(name));
    }

    private static float[] copy(FloatBuffer buffer) {
      float[] values = new float[buffer.remaining()];
      buffer.duplicate().get(values);
      return values;
    }
  }

  @Test
  void parametersForAWidthOf768AreThePublishedOnes() {
    CsMoeConfig config =
        CsMoePreset.CSMOE_P16.config().toBuilder().onlySensor(Sensor.SENTINEL2).buildConfig();
    TunedGraph network =
        new TunedGraph(config, SegmentationHead.uperNet(7), Optional.empty(), 7, true);
    long trained =
        network.parameters().stream()
            .filter(p -> p.name().startsWith("head."))
            .filter(p -> !network.norms().running().contains(p.name()))
            .mapToLong(Parameter::size)
            .sum();
    assertThat(trained).isEqualTo(12_050_112L + 7 * 257);
  }

  @Test
  void defaultBlocksOfSixAreThoseOfTheSpecification() {
    assertThat(SegmentationHead.defaultLayers(6)).containsExactly(1, 3, 4, 5);
    assertThat(SegmentationHead.defaultLayers(12)).containsExactly(3, 7, 9, 11);
    assertThat(SegmentationHead.defaultLayers(1)).containsExactly(0, 0, 0, 0);
  }
}
