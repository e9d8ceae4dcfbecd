package org.csmoe.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.csmoe.Backend;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.Executors;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.model.internal.WeightLoading;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Masks, and samples that lack something. */
class MaskedPairsTest {
  private static final CsMoeConfig CONFIG =
      CsMoePreset.CSMOE_TINY.config().toBuilder().imageSize(16).patchSize(4).buildConfig();

  private static final String S2_TARGET =
      PretrainingGraph.Names.of(Sensor.SENTINEL2).target(Sensor.SENTINEL2);
  private static final String S2_SHARE =
      PretrainingGraph.Names.of(Sensor.SENTINEL2).share(Sensor.SENTINEL2);

  /** A pair, a pair of which Sentinel-2 has three bands, and an image of Sentinel-1 alone. */
  private static List<Sample> samples() {
    Dataset waves = Pairs.waves(3, 16, 5);
    List<Band> three = List.of(Band.B04, Band.B03, Band.B02);
    SensorImage optical = waves.get(1).image(Sensor.SENTINEL2);
    float[] planes = new float[3 * 256];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(optical.data(), optical.offset(three.get(i)), planes, i * 256, 256);
    }
    Map<Sensor, SensorImage> partial =
        Map.of(
            Sensor.SENTINEL1,
            waves.get(1).image(Sensor.SENTINEL1),
            Sensor.SENTINEL2,
            SensorImage.of(Sensor.SENTINEL2, three, 16, 16, planes));
    Map<Sensor, SensorImage> radar = Map.of(Sensor.SENTINEL1, waves.get(2).image(Sensor.SENTINEL1));
    return List.of(
        waves.get(0),
        new Sample("three bands", partial, Target.none()),
        new Sample("radar", radar, Target.none()));
  }

  private static Inputs fill(MaskedPairs pairs, List<String> outputs) {
    Inputs inputs = pairs.allocate(3, outputs);
    List<Sample> samples = samples();
    for (int i = 0; i < 3; i++) {
      pairs.fill(inputs, i, samples.get(i), pairs.draw(new SplittableRandom(i)));
    }
    pairs.finish(inputs);
    return inputs;
  }

  @Test
  void aReconstructionLossIsTheMeanOverThePixelsThatThereAre() {
    Objective objective =
        Objective.builder().crossModalWeight(0).mutualInformationWeight(0).build();
    PretrainingGraph network = new PretrainingGraph(CONFIG, objective);
    MaskedPairs pairs = new MaskedPairs(CONFIG, objective, Resize.NONE);
    Map<Sensor, String> names = new HashMap<>();
    List<String> outputs = new ArrayList<>(List.of(PretrainingGraph.UNIMODAL));
    for (Sensor sensor : Sensor.values()) {
      String name = PretrainingGraph.Names.of(sensor).reconstruction(sensor);
      names.put(sensor, name);
      outputs.add(name);
    }
    Inputs inputs = fill(pairs, outputs);
    double[] losses = new double[2];
    try (ParameterValues values = ParameterValues.allocate(network.parameters());
        GraphExecutor executor = Executors.choose(Backend.AUTO, 1)) {
      new WeightLoading(CONFIG, values).load(Weights.untrained());
      values.bind(network.graph());
      executor.run(
          network.graph(),
          inputs.signature(),
          inputs::write,
          found -> {
            losses[0] = found.get(PretrainingGraph.UNIMODAL).get(0);
            names.forEach(
                (sensor, name) -> {
                  float[] reconstruction = new float[found.get(name).limit()];
                  found.get(name).get(reconstruction);
                  float[] target = inputs.get(PretrainingGraph.Names.of(sensor).target(sensor));
                  losses[1] += mean(reconstruction, target, sensor);
                });
          });
    }
    assertThat(losses[0]).isCloseTo(losses[1], within(1e-4 * losses[1]));
  }

  /** Band fastest; samples 1 and 2 of Sentinel-2 lack seven and ten of ten bands. */
  private static double mean(float[] found, float[] target, Sensor sensor) {
    int bands = sensor.defaultBands().size();
    double sum = 0;
    int count = 0;
    for (int i = 0; i < found.length; i++) {
      int sample = i / (found.length / 3);
      Band band = Objects.requireNonNull(sensor.defaultBands().get(i % bands));
      boolean there =
          sensor == Sensor.SENTINEL1
              || sample == 0
              || (sample == 1 && List.of(Band.B04, Band.B03, Band.B02).contains(band));
      if (there) {
        sum += (found[i] - target[i]) * (found[i] - target[i]);
        count++;
      }
    }
    return sum / count;
  }

  @Test
  void sharesOfWhatThereIsAddUpToOneAndOthersAreZero() {
    MaskedPairs pairs = new MaskedPairs(CONFIG, Objective.builder().build(), Resize.NONE);
    Inputs inputs = fill(pairs, List.of());
    float[] shares = inputs.get(S2_SHARE);
    float[] target = inputs.get(S2_TARGET);
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      sum += shares[i];
      if (i >= shares.length / 3 * 2) {
        assertThat(shares[i]).isZero();
        assertThat(target[i]).isZero();
      }
    }
    // Single precision, added up thousands of times.
    assertThat(sum).isCloseTo(1, within(1e-4));
  }

  @ParameterizedTest
  @EnumSource(MutualInformation.class)
  void anImageWithoutItsPairIsNeitherARowNorMissingAmongTheOthers(MutualInformation kind) {
    Objective objective = Objective.builder().mutualInformation(kind).build();
    Inputs inputs = fill(new MaskedPairs(CONFIG, objective, Resize.NONE), List.of());
    float[] shares = inputs.get(PretrainingGraph.SHARES);
    float[] others = inputs.get(PretrainingGraph.OTHERS);
    // Rows 0 to 2 are Sentinel-1, 3 to 5 Sentinel-2; there is no image 5.
    assertThat(shares).containsExactly(0.25f, 0.25f, 0, 0.25f, 0.25f, 0);
    float[] row = Arrays.copyOfRange(others, 0, 6);
    assertThat(row)
        .containsExactly(
            kind == MutualInformation.NT_XENT
                ? new float[] {0, 1, 1, 1, 1, 0}
                : new float[] {0, 0, 0, 0, 1, 0});
    assertThat(Arrays.copyOfRange(others, 18, 24))
        .containsExactly(
            kind == MutualInformation.NT_XENT
                ? new float[] {1, 1, 1, 0, 1, 0}
                : new float[] {0, 1, 1, 0, 0, 0});
  }

  @ParameterizedTest
  @EnumSource(Masking.class)
  void masksRelateAsTheObjectiveSays(Masking masking) {
    Objective objective = Objective.builder().masking(masking).build();
    MaskedPairs pairs = new MaskedPairs(CONFIG, objective, Resize.NONE);
    int same = 0;
    for (int seed = 0; seed < 50; seed++) {
      Map<Sensor, int[]> orders = pairs.draw(new SplittableRandom(seed));
      List<List<Integer>> visible = new ArrayList<>();
      for (Sensor sensor : Sensor.values()) {
        int[] order = Objects.requireNonNull(orders.get(sensor));
        assertThat(Arrays.stream(order).sorted().toArray()).isEqualTo(range(16));
        visible.add(Arrays.stream(order).limit(8).sorted().boxed().toList());
      }
      if (masking == Masking.DISJOINT) {
        assertThat(visible.get(0)).doesNotContainAnyElementsOf(visible.get(1));
      }
      same += visible.get(0).equals(visible.get(1)) ? 1 : 0;
    }
    assertThat(same == 50).isEqualTo(masking == Masking.IDENTICAL);
  }

  private static int[] range(int n) {
    int[] numbers = new int[n];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }
}
