package org.csmoe.evaluation;

import java.util.List;

/**
 * How well one class per pixel was predicted. The mean is over the classes that occur in targets or
 * predictions, without the ignored one.
 *
 * @param count pixels, without ignored ones
 * @param meanIou mean intersection over union of the classes; torchmetrics' MulticlassJaccardIndex
 *     with its default average
 * @param pixelAccuracy share of the pixels whose class was predicted
 * @param classes scores by class
 * @param confusion counts, a row per target and a column per prediction
 */
public record SegmentationResult(
    long count,
    double meanIou,
    double pixelAccuracy,
    List<ClassScores> classes,
    List<List<Long>> confusion)
    implements Evaluation {

  /** Copies the lists. */
  public SegmentationResult {
    classes = List.copyOf(classes);
    confusion = confusion.stream().map(List::copyOf).toList();
  }

  @Override
  public double headline() {
    return meanIou;
  }

  @Override
  public String toText() {
    TextTable table = new TextTable("class", "support", "IoU", "precision", "recall");
    for (ClassScores scores : classes) {
      table.row(scores.name(), scores.support(), scores.iou(), scores.precision(), scores.recall());
    }
    return TextTable.summary("pixels", count, "mean IoU", meanIou, "pixel accuracy", pixelAccuracy)
        + table;
  }
}
