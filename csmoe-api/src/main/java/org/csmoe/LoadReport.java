package org.csmoe;

import java.util.List;

/**
 * What became of each tensor when weights were loaded.
 *
 * @param source where the weights came from
 * @param loaded tensors copied as they were
 * @param missing tensors of the model that the source does not have
 * @param unexpected tensors of the source that the model does not have
 * @param mismatched tensors whose shape does not fit
 * @param adapted tensors that were changed to fit, on request
 * @param ignored tensors of the source that only pretraining needs, such as decoders
 */
public record LoadReport(
    String source,
    List<String> loaded,
    List<String> missing,
    List<String> unexpected,
    List<Mismatch> mismatched,
    List<Adapted> adapted,
    List<String> ignored) {

  /**
   * A tensor whose shape does not fit.
   *
   * @param name the canonical name
   * @param found the source's shape
   * @param expected the model's shape
   */
  public record Mismatch(String name, List<Long> found, List<Long> expected) {
    /** Copies the shapes. */
    public Mismatch {
      found = List.copyOf(found);
      expected = List.copyOf(expected);
    }
  }

  /**
   * A tensor that was changed to fit.
   *
   * @param name the canonical name
   * @param how what was done
   */
  public record Adapted(String name, String how) {}

  /** Copies the lists. */
  public LoadReport {
    loaded = List.copyOf(loaded);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    mismatched = List.copyOf(mismatched);
    adapted = List.copyOf(adapted);
    ignored = List.copyOf(ignored);
  }

  /**
   * Whether every tensor of the model came from the source.
   *
   * @return true when nothing is missing, unexpected or mismatched
   */
  public boolean complete() {
    return missing.isEmpty() && unexpected.isEmpty() && mismatched.isEmpty();
  }
}
