package org.csmoe.sampling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ColourScaleTest {
  /**
   * Simulation of full colour blindness of three kinds on linear RGB (Machado, Oliveira and
   * Fernandes 2009, severity 1), and full sight.
   */
  private static final double[][][] EYES = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {
      {0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}
    },
    {
      {0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}
    },
    {
      {1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}
    },
  };

  private static double[] linear(int rgb) {
    double[] linear = new double[3];
    for (int k = 0; k < 3; k++) {
      double c = (rgb >> (16 - 8 * k) & 0xff) / 255.0;
      linear[k] = c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
    return linear;
  }

  /** CIE lightness, 0 to 100, as one of the eyes sees it. */
  private static double lightness(int rgb, double[][] eye) {
    double[] c = linear(rgb);
    double luminance = 0;
    double[] weights = {0.2126, 0.7152, 0.0722};
    for (int k = 0; k < 3; k++) {
      luminance += weights[k] * (eye[k][0] * c[0] + eye[k][1] * c[1] + eye[k][2] * c[2]);
    }
    return 116 * Math.cbrt(Math.max(luminance, 0.0089)) - 16;
  }

  @Test
  void moreIsDarkerForEveryEyeAndInGrey() {
    for (double[][] eye : EYES) {
      double before = lightness(ColourScale.LAND, eye);
      for (int count : new int[] {1, 2, 5, 10, 20, 50, 100}) {
        double now = lightness(new ColourScale(100).rgb(count), eye);
        // Two are seen as different side by side.
        assertThat(now).as("%d tiles", count).isLessThan(before - 3);
        before = now;
      }
    }
  }

  @Test
  void aSingleTileIsSeenOnLandAndAtSea() {
    for (double[][] eye : EYES) {
      double one = lightness(new ColourScale(100).rgb(1), eye);
      assertThat(lightness(ColourScale.LAND, eye) - one).isGreaterThan(12);
      assertThat(lightness(0xffffff, eye) - one).isGreaterThan(17);
    }
  }

  @Test
  void equalRatiosAreEqualStepsAndTheMaximumIsTheEnd() {
    ColourScale scale = new ColourScale(1000);
    assertThat(scale.position(1)).isZero();
    assertThat(scale.position(10)).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(scale.position(100)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(scale.position(5000)).isOne();
    assertThat(scale.rgb(1000)).isEqualTo(ColourScale.at(1));
    assertThat(new ColourScale(1).position(1)).isEqualTo(0.5);
  }
}
