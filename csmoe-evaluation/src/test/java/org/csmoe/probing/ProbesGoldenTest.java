package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.csmoe.probing.LinearFit.Candidate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Probes equal those of scikit-learn and PyTorch; the golden file is by make_golden.py. */
class ProbesGoldenTest {
  /**
   * Both are at the minimum up to rounding, where the objective is flat: its last digits, 1e-14,
   * let coefficients of the smallest curvature, 5e-4, move by 6e-6. To this comes the rounding of
   * weights to float.
   */
  private static final Offset<Double> COEFFICIENT = within(2e-5);

  /** Objectives are flat at their minimum, so the coefficients' error enters squared. */
  private static final Offset<Double> OBJECTIVE = within(1e-10);

  /** Fifty steps in double precision, in another order of sums; then the rounding to float. */
  private static final Offset<Double> STEPS = within(1e-6);

  /** Shares of votes, from similarities in float divided by temperatures down to 0.07. */
  private static final Offset<Double> SHARE = within(2e-6);

  static Stream<JsonNode> logistic() {
    return Golden.cases("logistic");
  }

  static Stream<JsonNode> adamw() {
    return Golden.cases("adamw");
  }

  static Stream<JsonNode> knn() {
    return Golden.cases("knn");
  }

  @ParameterizedTest
  @MethodSource("logistic")
  void logisticRegressionEqualsScikitLearns(JsonNode node) {
    Lbfgs solver = new Lbfgs(List.of(node.get("penalty").asDouble()), 20_000, 1e-10);
    LinearFit fit =
        builder(node)
            .solver(solver)
            .standardise(node.get("standardise").asBoolean())
            .build()
            .fit(Golden.matrix(node, "features"));

    assertThat(fit.candidates().get(0).loss())
        .isCloseTo(node.get("objective").asDouble(), OBJECTIVE);
    assertThat(Golden.doubles(fit.classifier().weight()))
        .containsExactly(Golden.numbers(node.get("coef")), COEFFICIENT);
    double[] bias = Golden.doubles(fit.classifier().bias());
    double[] intercept = Golden.numbers(node.get("intercept"));
    if (fit.classifier().labelling() == Labelling.SINGLE) {
      centre(bias);
      centre(intercept);
    }
    assertThat(bias).containsExactly(intercept, COEFFICIENT);
  }

  @ParameterizedTest
  @MethodSource("adamw")
  void fullBatchesOfAdamWEqualPyTorchs(JsonNode node) {
    AdamW solver =
        AdamW.of(0.05)
            .withBatchSize(48)
            .withSchedule(
                node.get("cosine").asBoolean() ? AdamW.Schedule.COSINE : AdamW.Schedule.CONSTANT);
    LinearFit fit = builder(node).solver(solver).build().fit(Golden.matrix(node, "features"));

    assertThat(fit.candidates().stream().mapToDouble(Candidate::loss).toArray())
        .containsExactly(Golden.numbers(node.get("losses")), STEPS);
    assertThat(Golden.doubles(fit.classifier().weight()))
        .containsExactly(Golden.numbers(node.get("coef")), STEPS);
    assertThat(Golden.doubles(fit.classifier().bias()))
        .containsExactly(Golden.numbers(node.get("intercept")), STEPS);
  }

  @ParameterizedTest
  @MethodSource("knn")
  void nearestNeighboursEqualScikitLearns(JsonNode node) {
    Labelling labelling = Golden.labelling(node);
    int neighbours = node.get("neighbours").asInt();
    double temperature = node.get("temperature").asDouble();
    KnnProbe probe =
        temperature == 0
            ? KnnProbe.majority(labelling, neighbours)
            : KnnProbe.weighted(labelling, neighbours, temperature);
    KnnClassifier classifier = probe.fit(Golden.matrix(node, "train"));
    FeatureMatrix test = Golden.matrix(node, "test");

    assertThat(Golden.doubles(classifier.scores(test)))
        .containsExactly(Golden.numbers(node.get("scores")), SHARE);
    for (int i = 0; i < test.size(); i++) {
      assertThat(classifier.predict(test.row(i))).isEqualTo(expected(node.get("predicted").get(i)));
    }
  }

  private static Set<Integer> expected(JsonNode predicted) {
    return predicted.isArray()
        ? IntStream.range(0, predicted.size())
            .filter(k -> predicted.get(k).asInt() == 1)
            .boxed()
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of(predicted.asInt());
  }

  private static LinearProbeBuilder builder(JsonNode node) {
    LinearProbeBuilder builder =
        Golden.labelling(node) == Labelling.SINGLE
            ? LinearProbe.singleLabel()
            : LinearProbe.multiLabel();
    double[] weights = Golden.numbers(node.get("weights"));
    return weights.length == 0 ? builder : builder.classWeights(weights);
  }

  /** The softmax does not change when all biases move together. */
  private static void centre(double[] bias) {
    double mean = Arrays.stream(bias).average().orElseThrow();
    Arrays.setAll(bias, i -> bias[i] - mean);
  }
}
