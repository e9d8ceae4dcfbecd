package org.csmoe.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  /** Every band and the mask carry the number of the pixel. */
  static Sample numbered(int width, int height) {
    float[] one = new float[width * height];
    float[] two = new float[2 * width * height];
    for (int i = 0; i < two.length; i++) {
      two[i] = i % one.length;
    }
    System.arraycopy(two, 0, one, 0, one.length);
    SensorImage s1 = SensorImage.of(Sensor.SENTINEL1, List.of(Band.VV), width, height, one);
    SensorImage s2 =
        SensorImage.of(Sensor.SENTINEL2, List.of(Band.B02, Band.B03), width, height, two);
    Target mask = Target.Mask.of(width, height, IntStream.range(0, one.length).toArray());
    return new Sample("a", Map.of(Sensor.SENTINEL1, s1, Sensor.SENTINEL2, s2), mask);
  }

  private static float[] flipped(double horizontal, double vertical) {
    return Augmentation.flips(horizontal, vertical)
        .apply(numbered(3, 2), 1, 2, 3)
        .image(Sensor.SENTINEL1)
        .data();
  }

  @Test
  void flipsExchangeLeftAndRightOrTopAndBottom() {
    assertThat(flipped(0, 0)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(flipped(1, 0)).containsExactly(2, 1, 0, 5, 4, 3);
    assertThat(flipped(0, 1)).containsExactly(3, 4, 5, 0, 1, 2);
    assertThat(flipped(1, 1)).containsExactly(5, 4, 3, 2, 1, 0);
  }

  @Test
  void theEightWaysToLayASquareAreEquallyProbable() {
    Augmentation augmentation = Augmentation.flips().withQuarterTurns();
    Sample sample = numbered(2, 2);
    Map<String, Integer> counts = new HashMap<>();
    for (int index = 0; index < 8000; index++) {
      float[] data = augmentation.apply(sample, 5, 0, index).image(Sensor.SENTINEL1).data();
      counts.merge(Arrays.toString(data), 1, Integer::sum);
    }
    assertThat(counts).hasSize(8);
    // Of 8000 draws each takes 1000, with a standard deviation of 30; 5 of them.
    assertThat(counts.values()).allMatch(count -> Math.abs(count - 1000) < 150);
  }

  @Test
  void samplesThatAreNotSquareKeepTheirSize() {
    Augmentation augmentation = Augmentation.none().withQuarterTurns();
    Map<String, Integer> counts = new HashMap<>();
    for (int index = 0; index < 100; index++) {
      SensorImage image = augmentation.apply(numbered(3, 2), 5, 0, index).image(Sensor.SENTINEL1);
      assertThat(image.width()).isEqualTo(3);
      counts.merge(Arrays.toString(image.data()), 1, Integer::sum);
    }
    assertThat(counts)
        .containsOnlyKeys("[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]", "[5.0, 4.0, 3.0, 2.0, 1.0, 0.0]");
  }

  @Test
  void gainsMultiplyReflectanceAndAddDecibelsAlikeInAllPixelsOfABand() {
    Augmentation augmentation = Augmentation.none().withGain(0.3, 0.1);
    double squares = 0;
    for (int index = 0; index < 2000; index++) {
      Sample changed = augmentation.apply(numbered(3, 1), 5, 0, index);
      float[] decibels = changed.image(Sensor.SENTINEL1).data();
      assertThat(decibels[1]).isCloseTo(decibels[0] + 1, within(1e-5f));
      assertThat(decibels[2]).isCloseTo(decibels[0] + 2, within(1e-5f));
      float[] reflectance = changed.image(Sensor.SENTINEL2).data();
      assertThat(reflectance[0]).isZero();
      assertThat(reflectance[2]).isCloseTo(2 * reflectance[1], within(1e-5f));
      assertThat(reflectance[5]).isCloseTo(2 * reflectance[4], within(1e-5f));
      assertThat(reflectance[4]).isNotEqualTo(reflectance[1]);
      double gain = decibels[0] * Math.log(10) / 10;
      assertThat(gain).isNotCloseTo(Math.log(reflectance[1]), within(1e-6));
      squares += gain * gain;
    }
    // The variance of 2000 normal numbers is off by 3 % of itself, one deviation; five of them.
    assertThat(squares / 2000).isCloseTo(0.3 * 0.3 + 0.1 * 0.1, within(0.016));
  }

  @Test
  void theGainOfASensorDoesNotDependOnTheOther() {
    Augmentation augmentation = Augmentation.flips().withGain(0.3, 0.1);
    Sample both = numbered(3, 1);
    for (Sensor sensor : Sensor.values()) {
      Sample one = new Sample("a", Map.of(sensor, both.image(sensor)), Target.none());
      assertThat(augmentation.apply(one, 1, 2, 3).image(sensor).data())
          .containsExactly(augmentation.apply(both, 1, 2, 3).image(sensor).data());
    }
  }

  @Test
  void gainsThatAreNegativeOrNotFiniteAreRefused() {
    assertThatThrownBy(() -> Augmentation.none().withGain(-0.1, 0))
        .hasMessage("image and band must be finite and not negative but were -0.1 and 0.0");
    assertThatThrownBy(() -> Augmentation.none().withGain(0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Augmentation.none().withGain(Double.POSITIVE_INFINITY, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anotherEpochAndAnotherSeedChangeOtherSamples() {
    Augmentation augmentation = Augmentation.flips();
    List<List<Float>> runs =
        List.of(run(augmentation, 1, 0), run(augmentation, 1, 1), run(augmentation, 2, 0));
    assertThat(run(augmentation, 1, 0)).isEqualTo(runs.get(0));
    assertThat(runs.get(0)).isNotEqualTo(runs.get(1)).isNotEqualTo(runs.get(2));
    assertThat(runs.get(1)).isNotEqualTo(runs.get(2));
  }

  private static List<Float> run(Augmentation augmentation, long seed, int epoch) {
    return IntStream.range(0, 64)
        .mapToObj(
            i ->
                augmentation
                    .apply(numbered(2, 2), seed, epoch, i)
                    .image(Sensor.SENTINEL1)
                    .data()[0])
        .toList();
  }

  @Test
  void switchingOnTurnsLeavesCropsAsTheyWere() {
    Augmentation crops = Augmentation.none().withCrop(0.3, 0.9, 4);
    for (int index = 0; index < 20; index++) {
      float[] alone = crops.apply(numbered(9, 7), 1, 1, index).image(Sensor.SENTINEL1).data();
      float[] turned =
          crops
              .withQuarterTurns()
              .apply(numbered(9, 7), 1, 1, index)
              .image(Sensor.SENTINEL1)
              .data();
      Arrays.sort(alone);
      Arrays.sort(turned);
      assertThat(turned).isEqualTo(alone);
    }
  }

  @Test
  void valuesOutOfRangeAndMasksOfAnotherSizeAreRefused() {
    assertThatThrownBy(() -> Augmentation.flips(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("horizontal must be in 0..1 but was NaN");
    assertThatThrownBy(() -> Augmentation.none().withCrop(0, 1, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minArea");
    assertThatThrownBy(() -> Augmentation.none().withCrop(0.5, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size must be at least 1 but was 0");
    Sample sample =
        new Sample("a", numbered(2, 2).images(), Target.Mask.of(2, 1, new int[] {0, 1}));
    assertThatThrownBy(() -> Augmentation.none().apply(sample, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample a: mask must be 2 x 2 like its images but was 2 x 1");
  }

  @Test
  void classesOfAWholeSampleStay() {
    Sample sample = new Sample("a", numbered(2, 2).images(), Target.classes(3));
    assertThat(Augmentation.flips().apply(sample, 0, 0, 0).target()).isEqualTo(Target.classes(3));
  }
}
