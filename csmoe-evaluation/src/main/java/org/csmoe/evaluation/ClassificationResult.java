package org.csmoe.evaluation;

import java.util.List;

/**
 * How well one class per sample was predicted. Means are over the classes that occur in targets or
 * predictions, without the ignored one.
 *
 * @param count samples, without ignored ones
 * @param overallAccuracy share of the samples whose class was predicted
 * @param averageAccuracy mean recall of the classes, AA in the paper; torchmetrics'
 *     MulticlassAccuracy with its default average
 * @param macroF1 mean F1 of the classes
 * @param classes scores by class
 * @param confusion counts, a row per target and a column per prediction
 */
public record ClassificationResult(
    long count,
    double overallAccuracy,
    double averageAccuracy,
    double macroF1,
    List<ClassScores> classes,
    List<List<Long>> confusion)
    implements Evaluation {

  /** Copies the lists. */
  public ClassificationResult {
    classes = List.copyOf(classes);
    confusion = confusion.stream().map(List::copyOf).toList();
  }

  @Override
  public double headline() {
    return averageAccuracy;
  }

  @Override
  public String toText() {
    TextTable table = new TextTable("class", "support", "precision", "recall", "F1");
    for (ClassScores scores : classes) {
      table.row(scores.name(), scores.support(), scores.precision(), scores.recall(), scores.f1());
    }
    return TextTable.summary(
            "samples", count,
            "overall accuracy", overallAccuracy,
            "average accuracy", averageAccuracy,
            "macro F1", macroF1)
        + table;
  }
}
