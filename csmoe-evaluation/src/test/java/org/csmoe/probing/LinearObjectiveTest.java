package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearObjectiveTest {
  @ParameterizedTest
  @CsvSource({"SINGLE, 1, 3, 2", "SINGLE, 150, 37, 5", "MULTI, 64, 4, 1", "MULTI, 201, 35, 6"})
  void gradientEqualsCentralDifferences(
      Labelling labelling, int size, int dimensions, int classes) {
    FeatureMatrix matrix = Synthetic.matrix(labelling, size, dimensions, classes, 1);
    LinearObjective objective = objective(matrix, labelling);
    int[] rows = Labels.of(matrix, labelling).rows();
    double[] point = new Random(2).doubles(objective.parameters(), -0.5, 0.5).toArray();
    double[] gradient = new double[point.length];
    objective.evaluate(rows, 0, rows.length, point, gradient);

    double[] ignored = new double[point.length];
    double h = 1e-5;
    for (int i = 0; i < point.length; i++) {
      double[] moved = point.clone();
      moved[i] = point[i] + h;
      double above = objective.evaluate(rows, 0, rows.length, moved, ignored);
      moved[i] = point[i] - h;
      double below = objective.evaluate(rows, 0, rows.length, moved, ignored);
      // Third derivatives of up to about 10 times h^2 / 6, and rounding of losses, 1e-15 / h.
      assertThat(gradient[i]).isCloseTo((above - below) / (2 * h), within(2e-9));
    }
  }

  @Test
  void lossOfManyRowsIsTheMeanOfTheirLosses() {
    FeatureMatrix matrix = Synthetic.matrix(Labelling.SINGLE, 1500, 9, 4, 3);
    LinearObjective objective = objective(matrix, Labelling.SINGLE);
    int[] rows = Labels.of(matrix, Labelling.SINGLE).rows();
    double[] point = new Random(4).doubles(objective.parameters(), -0.5, 0.5).toArray();
    double[] gradient = new double[point.length];
    double weighted = 0;
    double weights = 0;
    for (int row = 0; row < rows.length; row++) {
      double weight = 1 + Labels.of(matrix.subset(row), Labelling.SINGLE).single(0);
      weighted += weight * objective.evaluate(rows, row, row + 1, point, gradient);
      weights += weight;
    }
    assertThat(objective.evaluate(rows, 0, rows.length, point, gradient))
        .isCloseTo(weighted / weights, within(1e-12)); // other order of sums
  }

  @Test
  void largeLogitsDoNotOverflow() {
    for (Labelling labelling : Labelling.values()) {
      FeatureMatrix matrix = Synthetic.matrix(labelling, 10, 3, 2, 5);
      LinearObjective objective = objective(matrix, labelling);
      double[] gradient = new double[objective.parameters()];
      double[] point = new Random(6).doubles(gradient.length, -1e5, 1e5).toArray();
      assertThat(objective.evaluate(Labels.of(matrix, labelling).rows(), 0, 10, point, gradient))
          .isFinite();
      assertThat(gradient).doesNotContain(Double.NaN);
    }
  }

  private static LinearObjective objective(FeatureMatrix matrix, Labelling labelling) {
    Labels labels = Labels.of(matrix, labelling);
    double[] weights = new double[matrix.classes().size()];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = 1 + k;
    }
    return new LinearObjective(
        matrix, labels, labelling, Standardisation.of(matrix, labels.rows()), weights);
  }
}
