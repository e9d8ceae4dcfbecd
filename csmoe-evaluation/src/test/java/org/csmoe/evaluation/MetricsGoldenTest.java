package org.csmoe.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Metrics equal those of the Python libraries; the golden file is by make_golden.py. */
class MetricsGoldenTest {
  /** scikit-learn and numpy use doubles; sums in another order. */
  private static final Offset<Double> DOUBLE = within(1e-12);

  /** torchmetrics uses floats of numbers up to 1; a few roundings. */
  private static final Offset<Double> FLOAT = within(5e-7);

  private static JsonNode golden = new ObjectMapper().createObjectNode();

  @BeforeAll
  static void read() throws IOException {
    golden = new ObjectMapper().readTree(Path.of("src/test/resources/metrics.json").toFile());
  }

  @Test
  void multiLabelMetricsEqualScikitLearns() {
    for (JsonNode node : golden.get("multiLabel")) {
      MultiLabelMetrics metrics = metrics(node);
      MultiLabelResult result = metrics.result();
      assertThat(result.microAveragePrecision()).isCloseTo(number(node, "microAp"), DOUBLE);
      assertThat(result.macroAveragePrecision()).isCloseTo(number(node, "macroAp"), DOUBLE);
      assertThat(result.microF1()).isCloseTo(number(node, "microF1"), DOUBLE);
      assertThat(result.macroF1()).isCloseTo(number(node, "macroF1"), DOUBLE);
      assertThat(result.labels().stream().mapToDouble(LabelScores::averagePrecision).toArray())
          .containsExactly(numbers(node.get("ap")), DOUBLE);
    }
  }

  @Test
  void resampledMetricsEqualScikitLearnsOfRepeatedSamples() {
    for (JsonNode node : golden.get("multiLabel")) {
      MultiLabelMetrics metrics = metrics(node);
      int[] weights = ints(node.get("weights"));
      assertThat(metrics.microAveragePrecision().value(weights))
          .isCloseTo(number(node, "weightedMicroAp"), DOUBLE);
      assertThat(metrics.macroAveragePrecision().value(weights))
          .isCloseTo(number(node, "weightedMacroAp"), DOUBLE);
      assertThat(metrics.microF1().value(weights))
          .isCloseTo(number(node, "weightedMicroF1"), DOUBLE);
    }
  }

  @Test
  void singleLabelMetricsEqualTorchmetricsAndScikitLearns() {
    for (JsonNode node : golden.get("singleLabel")) {
      ConfusionMatrix matrix = new ConfusionMatrix(names(node.get("classes").asInt()));
      matrix.add(ints(node.get("target")), ints(node.get("predicted")));
      ClassificationResult result = matrix.classification();
      assertThat(result.overallAccuracy()).isCloseTo(number(node, "accuracy"), DOUBLE);
      assertThat(result.averageAccuracy()).isCloseTo(number(node, "averageAccuracy"), FLOAT);
      assertThat(result.macroF1()).isCloseTo(number(node, "macroF1"), FLOAT);
      List<ClassScores> classes = result.classes();
      assertThat(classes.stream().mapToDouble(ClassScores::precision).toArray())
          .containsExactly(numbers(node.get("precision")), DOUBLE);
      assertThat(classes.stream().mapToDouble(ClassScores::recall).toArray())
          .containsExactly(numbers(node.get("recall")), DOUBLE);
      assertThat(classes.stream().mapToDouble(ClassScores::f1).toArray())
          .containsExactly(numbers(node.get("f1")), DOUBLE);
      assertThat(classes.stream().mapToDouble(ClassScores::support).toArray())
          .containsExactly(numbers(node.get("support")));
      for (int i = 0; i < classes.size(); i++) {
        assertThat(result.confusion().get(i).stream().mapToDouble(Long::doubleValue).toArray())
            .containsExactly(numbers(node.get("confusion").get(i)));
      }
    }
  }

  @Test
  void segmentationMetricsEqualTorchmetrics() {
    for (JsonNode node : golden.get("segmentation")) {
      List<String> names = names(node.get("classes").asInt());
      int ignored = node.get("ignored").asInt();
      ConfusionMatrix matrix =
          ignored < 0 ? new ConfusionMatrix(names) : ConfusionMatrix.ignoring(names, ignored);
      matrix.add(ints(node.get("target")), ints(node.get("predicted")));
      SegmentationResult result = matrix.segmentation();
      assertThat(result.meanIou()).isCloseTo(number(node, "meanIou"), FLOAT);
      assertThat(result.pixelAccuracy()).isCloseTo(number(node, "accuracy"), FLOAT);
      assertThat(result.classes().stream().mapToDouble(ClassScores::iou).toArray())
          .containsExactly(numbers(node.get("iou")), FLOAT);
    }
  }

  @Test
  void quantilesEqualNumpys() {
    JsonNode node = golden.get("quantiles");
    double[] values = numbers(node.get("values"));
    Arrays.sort(values);
    assertThat(Bootstrap.quantile(values, 0.025)).isCloseTo(number(node, "lower"), DOUBLE);
    assertThat(Bootstrap.quantile(values, 0.975)).isCloseTo(number(node, "upper"), DOUBLE);
  }

  private static MultiLabelMetrics metrics(JsonNode node) {
    JsonNode scores = node.get("scores");
    MultiLabelMetrics metrics = new MultiLabelMetrics(names(scores.get(0).size()), 0.5f);
    for (int i = 0; i < scores.size(); i++) {
      int[] labels = ints(node.get("labels").get(i));
      Set<Integer> set = new TreeSet<>();
      IntStream.range(0, labels.length).filter(k -> labels[k] == 1).forEach(set::add);
      double[] row = numbers(scores.get(i));
      float[] floats = new float[row.length];
      for (int k = 0; k < row.length; k++) {
        floats[k] = (float) row[k];
      }
      metrics.add(floats, set);
    }
    return metrics;
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "class " + i).toList();
  }

  private static double number(JsonNode node, String name) {
    return node.get(name).asDouble();
  }

  private static double[] numbers(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static int[] ints(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
