package org.csmoe.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The result of an evaluation: shares from 0 to 1, and counts. Immutable, safe to share.
 *
 * <p>A share whose denominator is zero is 0, as in torchmetrics, so that none is NaN; the support
 * beside it tells.
 */
public sealed interface Evaluation
    permits ClassificationResult, MultiLabelResult, SegmentationResult {

  /**
   * How many samples or pixels were counted.
   *
   * @return the number, without ignored ones
   */
  long count();

  /**
   * The metric that the paper reports of this task: micro average precision, average accuracy, or
   * mean intersection over union (section IV-B).
   *
   * @return a share from 0 to 1
   */
  double headline();

  /**
   * All numbers for people, in per cent: the summary, then a line per class.
   *
   * @return lines of text, the last with its line end
   */
  String toText();

  /**
   * All numbers for programs: the components of the record by their names.
   *
   * @return a JSON object
   */
  default String toJson() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of numbers and names are always JSON", e);
    }
  }
}
