package org.csmoe.training;

import java.util.Arrays;
import java.util.List;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.evaluation.ConfusionMatrix;
import org.csmoe.evaluation.Evaluation;
import org.csmoe.evaluation.MultiLabelMetrics;
import org.csmoe.probing.Labelling;

/** Collects scores beside targets. */
final class ScoreMetrics {
  private final Targets targets;
  private final ConfusionMatrix matrix;
  private final MultiLabelMetrics labels;

  ScoreMetrics(List<String> classes, Targets targets) {
    this.targets = targets;
    this.matrix = new ConfusionMatrix(classes);
    this.labels = new MultiLabelMetrics(classes, 0);
  }

  /** Takes a sample; pixels are compared at the size of its mask. */
  void add(Sample sample, float[] scores, int offset) {
    if (targets.areMasks()) {
      Target.Mask mask = targets.mask(sample);
      Target found = targets.predicted(scores, offset, mask.width(), mask.height());
      matrix.add(mask.classes(), ((Target.Mask) found).classes());
    } else if (targets.labelling() == Labelling.MULTI) {
      float[] own = Arrays.copyOfRange(scores, offset, offset + targets.classes());
      labels.add(own, targets.checked(sample).indices());
    } else {
      Target found = targets.predicted(scores, offset, 1, 1);
      matrix.add(
          targets.checked(sample).indices().iterator().next(),
          ((Target.Classes) found).indices().iterator().next(),
          1);
    }
  }

  Evaluation result() {
    if (targets.areMasks()) {
      return matrix.segmentation();
    }
    return targets.labelling() == Labelling.MULTI ? labels.result() : matrix.classification();
  }

  /** The name of {@link Evaluation#headline}. */
  String headlineName() {
    if (targets.areMasks()) {
      return "meanIou";
    }
    return targets.labelling() == Labelling.MULTI ? "microAveragePrecision" : "averageAccuracy";
  }
}
