package org.csmoe.sampling.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.statistics.SampleStatistics;

/** One set of tiles: the archive, or a selection from it. */
record ReportColumn(
    String name,
    Optional<Sample> sample,
    SampleStatistics statistics,
    DensityMap map,
    Optional<PublishedTable> published) {

  Map<String, Object> toMap() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", name);
    sample.ifPresent(s -> tree.put("selector", s.selector()));
    sample.ifPresent(s -> tree.put("seed", s.seed()));
    tree.put("statistics", statistics.toMap());
    return tree;
  }
}
