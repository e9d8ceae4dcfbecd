package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LbfgsMinimiserTest {
  @Test
  void findsTheMinimumOfRosenbrocksValley() {
    double[] start = new double[10];
    Arrays.setAll(start, i -> i % 2 == 0 ? -1.2 : 1);
    LbfgsMinimiser.Minimum minimum =
        LbfgsMinimiser.minimise(LbfgsMinimiserTest::rosenbrock, start, 1000, 1e-8, (i, v) -> {});
    assertThat(minimum.outcome).isEqualTo(Outcome.CONVERGED);
    // A gradient of 1e-8 over the smallest curvature, about 0.4.
    assertThat(minimum.point).containsOnly(new double[] {1}, within(1e-6));
    assertThat(minimum.iterations).isLessThan(200);
  }

  @Test
  void findsTheMinimumOfAnIllConditionedBowl() {
    LbfgsMinimiser.Minimum minimum =
        LbfgsMinimiser.minimise(
            (point, gradient) -> {
              double value = 0;
              for (int i = 0; i < point.length; i++) {
                double curvature = Math.pow(10, i);
                gradient[i] = curvature * (point[i] - i);
                value += gradient[i] * (point[i] - i) / 2;
              }
              return value;
            },
            new double[6],
            1000,
            1e-9,
            (i, v) -> {});
    assertThat(minimum.outcome).isEqualTo(Outcome.CONVERGED);
    // A gradient of at most 1e-9 over the smallest curvature, 1; and rounding of numbers up to 5.
    assertThat(minimum.point).containsExactly(new double[] {0, 1, 2, 3, 4, 5}, within(1.1e-9));
  }

  @Test
  void stopsAtTheLargestNumberOfIterations() {
    LbfgsMinimiser.Minimum minimum =
        LbfgsMinimiser.minimise(
            LbfgsMinimiserTest::rosenbrock, new double[] {-1.2, 1}, 3, 1e-8, (i, v) -> {});
    assertThat(minimum.outcome).isEqualTo(Outcome.ITERATION_LIMIT);
    assertThat(minimum.iterations).isEqualTo(3);
  }

  @Test
  void tellsWhenTheFunctionDoesNotFallWhereItsGradientSaysSo() {
    LbfgsMinimiser.Minimum minimum =
        LbfgsMinimiser.minimise(
            (point, gradient) -> {
              gradient[0] = 1;
              return -point[0];
            },
            new double[1],
            10,
            1e-8,
            (i, v) -> {});
    assertThat(minimum.outcome).isEqualTo(Outcome.NO_DESCENT);
    assertThat(minimum.point).containsExactly(0);
  }

  private static double rosenbrock(double[] x, double[] gradient) {
    double value = 0;
    for (int i = 0; i < x.length; i += 2) {
      double valley = x[i + 1] - x[i] * x[i];
      value += 100 * valley * valley + (1 - x[i]) * (1 - x[i]);
      gradient[i] = -400 * x[i] * valley - 2 * (1 - x[i]);
      gradient[i + 1] = 200 * valley;
    }
    return value;
  }
}
