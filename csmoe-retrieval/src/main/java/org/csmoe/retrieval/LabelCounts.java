package org.csmoe.retrieval;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many images have a label together with so many labels in all. This is all that the expected
 * scores of random retrieval need: the labels that two images share are a sum over labels, and what
 * it is divided by are the sizes of the two label sets.
 */
final class LabelCounts {
  private final Map<Integer, Map<Integer, Long>> bySize = new TreeMap<>();
  private long images;

  void add(Set<Integer> labels) {
    images++;
    for (int label : labels) {
      bySize.computeIfAbsent(label, l -> new TreeMap<>()).merge(labels.size(), 1L, Long::sum);
    }
  }

  long images() {
    return images;
  }

  /** The exact expectation over all pairs of a query and an image of the archive. */
  static RetrievalEvaluation.Scores chance(LabelCounts queries, LabelCounts archive) {
    double precision = 0;
    double recall = 0;
    double pairF1 = 0;
    for (Map.Entry<Integer, Map<Integer, Long>> label : queries.bySize.entrySet()) {
      Map<Integer, Long> others = archive.bySize.getOrDefault(label.getKey(), Map.of());
      for (Map.Entry<Integer, Long> query : label.getValue().entrySet()) {
        for (Map.Entry<Integer, Long> other : others.entrySet()) {
          double pairs = (double) query.getValue() * other.getValue();
          precision += pairs / other.getKey();
          recall += pairs / query.getKey();
          pairF1 += pairs * 2 / (query.getKey() + other.getKey());
        }
      }
    }
    double pairs = (double) queries.images * archive.images;
    return RetrievalEvaluation.Scores.of(precision / pairs, recall / pairs, pairF1 / pairs);
  }
}
