package org.csmoe.evaluation;

import java.util.List;

/**
 * How well any number of labels per sample was predicted.
 *
 * @param count samples
 * @param microAveragePrecision of one ranking of all scores of all labels, mAP_mu in the paper
 * @param macroAveragePrecision mean over labels; a label that no sample has counts as 0, as in
 *     scikit-learn and torchmetrics
 * @param microF1 of all decisions together
 * @param macroF1 mean over labels, those without support and predictions as 0
 * @param threshold a label is predicted when its score is greater
 * @param labels scores by label
 */
public record MultiLabelResult(
    long count,
    double microAveragePrecision,
    double macroAveragePrecision,
    double microF1,
    double macroF1,
    float threshold,
    List<LabelScores> labels)
    implements Evaluation {

  /** Copies the list. */
  public MultiLabelResult {
    labels = List.copyOf(labels);
  }

  @Override
  public double headline() {
    return microAveragePrecision;
  }

  @Override
  public String toText() {
    TextTable table = new TextTable("label", "support", "AP", "precision", "recall", "F1");
    for (LabelScores scores : labels) {
      table.row(
          scores.name(),
          scores.support(),
          scores.averagePrecision(),
          scores.precision(),
          scores.recall(),
          scores.f1());
    }
    return TextTable.summary(
            "samples", count,
            "micro mAP", microAveragePrecision,
            "macro mAP", macroAveragePrecision,
            "micro F1", microF1,
            "macro F1", macroF1)
        + table;
  }
}
