package org.csmoe.probing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.evaluation.Bootstrap;
import org.csmoe.evaluation.Interval;
import org.csmoe.probing.LinearFit.Candidate;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
  private static final FeatureMatrix TRAIN = Synthetic.matrix(Labelling.SINGLE, 400, 16, 5, 1);
  private static final FeatureMatrix VALIDATION = Synthetic.matrix(Labelling.SINGLE, 200, 16, 5, 2);
  private static final FeatureMatrix TEST = Synthetic.matrix(Labelling.SINGLE, 300, 16, 5, 3);

  @Test
  void returnsTheEpochThatWasBestOnValidationSamples() {
    LinearFit fit = LinearProbe.singleLabel().solver(AdamW.of(1e-2)).build().fit(TRAIN, VALIDATION);
    assertThat(fit.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(fit.candidates()).hasSize(50);
    double best = fit.candidates().stream().mapToDouble(Candidate::validation).max().orElseThrow();
    assertThat(fit.candidates().get(fit.chosen()).validation()).isEqualTo(best);
    assertThat(fit.classifier().evaluate(VALIDATION).headline()).isEqualTo(best);
    assertThat(fit.classifier().evaluate(TEST).headline()).isGreaterThan(0.8); // chance is 0.2
  }

  @Test
  void stopsEarlyAndSaysSo() {
    LinearFit fit =
        LinearProbe.singleLabel()
            .solver(AdamW.of(5e-2).withPatience(2))
            .build()
            .fit(TRAIN, VALIDATION);
    assertThat(fit.outcome()).isEqualTo(Outcome.STOPPED_EARLY);
    assertThat(fit.candidates()).hasSize(fit.chosen() + 3);
  }

  @Test
  void equalSeedsGiveEqualWeightsOnAnyNumberOfThreads() throws Exception {
    LinearProbe probe =
        LinearProbe.singleLabel()
            .solver(AdamW.of(1e-2).withEpochs(3).withBatchSize(300))
            .seed(4)
            .build();
    float[] expected = probe.fit(TRAIN).classifier().weight();
    ForkJoinPool three = new ForkJoinPool(3);
    try {
      assertThat(three.submit(() -> probe.fit(TRAIN)).get().classifier().weight())
          .containsExactly(expected);
    } finally {
      three.shutdown();
    }
    LinearProbe other =
        LinearProbe.singleLabel()
            .solver(AdamW.of(1e-2).withEpochs(3).withBatchSize(300))
            .seed(5)
            .build();
    assertThat(other.fit(TRAIN).classifier().weight()).isNotEqualTo(expected);
  }

  @Test
  void choosesThePenaltyOnValidationSamples() {
    LinearFit fit =
        LinearProbe.singleLabel()
            .solver(Lbfgs.of(1e-4, 1e3, 1e-2))
            .standardise(true)
            .build()
            .fit(TRAIN, VALIDATION);
    assertThat(fit.candidates()).extracting(Candidate::penalty).containsExactly(1e3, 1e-2, 1e-4);
    assertThat(fit.chosen()).isPositive();
    assertThat(fit.outcome()).isEqualTo(Outcome.CONVERGED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearProbe.singleLabel().solver(Lbfgs.grid()).build().fit(TRAIN))
        .withMessageContaining("validation");
  }

  @Test
  void samplesWithoutTargetChangeNothing() {
    List<Target> targets = new ArrayList<>(TRAIN.targets());
    int[] kept = new int[300];
    for (int i = 0, next = 0; i < targets.size(); i++) {
      if (i % 4 == 0) {
        targets.set(i, Target.none());
      } else {
        kept[next++] = i;
      }
    }
    FeatureMatrix some = FeatureMatrix.of(TRAIN.values(), TRAIN.ids(), targets, TRAIN.classes());
    LinearProbe probe = LinearProbe.singleLabel().solver(Lbfgs.of(1e-3)).standardise(true).build();
    assertThat(probe.fit(some).classifier().weight())
        .containsExactly(probe.fit(TRAIN.subset(kept)).classifier().weight());
    assertThat(probe.fit(TRAIN).classifier().evaluate(some).count()).isEqualTo(300);
  }

  @Test
  void constantDimensionsGetNoWeight() {
    float[] values = TRAIN.values().clone();
    for (int i = 0; i < TRAIN.size(); i++) {
      values[i * TRAIN.dimensions()] = 0.1f;
    }
    FeatureMatrix constant =
        FeatureMatrix.of(values, TRAIN.ids(), TRAIN.targets(), TRAIN.classes());
    LinearClassifier classifier =
        LinearProbe.singleLabel()
            .solver(Lbfgs.of(1e-3))
            .standardise(true)
            .build()
            .fit(constant)
            .classifier();
    for (int k = 0; k < classifier.classes().size(); k++) {
      assertThat(classifier.weight()[k * classifier.dimensions()]).isCloseTo(0, within(1e-6f));
    }
  }

  @Test
  void balancedWeightsRaiseTheRecallOfRareClasses() {
    int[] rows = new int[TRAIN.size()];
    int count = 0;
    for (int i = 0; i < TRAIN.size(); i++) {
      if (!TRAIN.targets().get(i).equals(Target.classes(0)) || i % 8 == 0) {
        rows[count++] = i;
      }
    }
    FeatureMatrix rare = TRAIN.subset(Arrays.copyOf(rows, count));
    Lbfgs solver = Lbfgs.of(1e-1);
    double plain = recall(LinearProbe.singleLabel().solver(solver).build().fit(rare));
    double balanced =
        recall(LinearProbe.singleLabel().solver(solver).balancedClassWeights().build().fit(rare));
    assertThat(balanced).isGreaterThan(plain);
  }

  private static double recall(LinearFit fit) {
    Predictions predictions = Predictions.of(fit.classifier(), TEST);
    return predictions.confusion().classification().classes().get(0).recall();
  }

  @Test
  void fitsLabelsAndGivesProbabilities() {
    FeatureMatrix train = Synthetic.matrix(Labelling.MULTI, 400, 16, 4, 1);
    FeatureMatrix test = Synthetic.matrix(Labelling.MULTI, 300, 16, 4, 2);
    LinearClassifier classifier =
        LinearProbe.multiLabel().solver(Lbfgs.of(1e-3)).build().fit(train).classifier();
    assertThat(classifier.evaluate(test).headline()).isGreaterThan(0.8); // chance is about 0.33
    float[] row = test.row(0);
    float[] probabilities = classifier.probabilities(row);
    for (int k = 0; k < 4; k++) {
      assertThat(classifier.predict(row).contains(k)).isEqualTo(probabilities[k] > 0.5f);
    }
    Interval interval = new Bootstrap(50, 0.95, 1).interval(classifier.headline(test));
    assertThat(interval.estimate()).isEqualTo(classifier.evaluate(test).headline());
    assertThat(interval.lower()).isLessThan(interval.estimate());
  }

  @Test
  void scoresOfOneSampleAreThoseAmongMany() {
    LinearClassifier classifier =
        LinearProbe.singleLabel().solver(Lbfgs.of(1)).build().fit(TRAIN).classifier();
    float[] all = classifier.scores(TEST);
    for (int i = 0; i < TEST.size(); i++) {
      assertThat(classifier.scores(TEST.row(i)))
          .containsExactly(Arrays.copyOfRange(all, i * 5, (i + 1) * 5));
    }
    float sum = 0;
    for (float probability : classifier.probabilities(TEST.row(0))) {
      sum += probability;
    }
    assertThat(sum).isCloseTo(1, within(1e-6f)); // five roundings
  }

  @Test
  void anInterruptedThreadEndsFittingAndStaysInterrupted() {
    LinearProbe probe =
        LinearProbe.singleLabel()
            .listener((done, atMost, loss) -> Thread.currentThread().interrupt())
            .build();
    try {
      assertThatThrownBy(() -> probe.fit(TRAIN))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void targetsThatDoNotSuitAreRefused() {
    FeatureMatrix labels = Synthetic.matrix(Labelling.MULTI, 50, 16, 5, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearProbe.singleLabel().build().fit(labels))
        .withMessageContaining("exactly one class");
    FeatureMatrix otherClasses = Synthetic.matrix(Labelling.SINGLE, 50, 16, 4, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearProbe.singleLabel().build().fit(TRAIN, otherClasses))
        .withMessageContaining("classes");
    FeatureMatrix narrow = Synthetic.matrix(Labelling.SINGLE, 50, 15, 5, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearProbe.singleLabel().build().fit(TRAIN, narrow))
        .withMessageContaining("16 dimensions but had 15");
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> AdamW.of(0));
    assertThatIllegalArgumentException().isThrownBy(() -> AdamW.of(1).withEpochs(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Lbfgs.of());
    assertThatIllegalArgumentException().isThrownBy(() -> Lbfgs.of(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearProbe.singleLabel().classWeights(1, 2).build().fit(TRAIN))
        .withMessageContaining("must be 5 but were 2");
    assertThatThrownBy(() -> LinearProbe.multiLabel().classWeights(1).balancedClassWeights())
        .isInstanceOf(IllegalStateException.class);
  }
}
