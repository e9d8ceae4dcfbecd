package org.csmoe.sampling.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.sampling.Stratum;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.statistics.StatisticsCalculator;
import org.locationtech.jts.geom.Geometry;

/** Everything that the page shows. */
record ReportData(
    String title,
    ReportColumn archive,
    Optional<ReportColumn> baseline,
    ReportColumn selection,
    List<ReportColumn> others,
    int perStratum,
    Map<Integer, String> climateNames,
    Map<Integer, String> thematicNames,
    List<Geometry> coastLines,
    Map<String, Long> dropped,
    Map<String, List<String>> examples,
    Map<String, String> provenance,
    StatisticsCalculator calculator,
    MapProjection projection) {

  /** The paper's order: archive, random, entropy-maximised; then others. */
  List<ReportColumn> columns() {
    List<ReportColumn> columns = new ArrayList<>();
    columns.add(archive);
    baseline.ifPresent(columns::add);
    columns.add(selection);
    columns.addAll(others);
    return columns;
  }

  Sample sample() {
    return selection.sample().orElseThrow();
  }

  String climate(int code) {
    return climateNames.getOrDefault(code, "class " + code);
  }

  String thematic(int code) {
    return thematicNames.getOrDefault(code, "class " + code);
  }

  String name(Stratum stratum) {
    return climate(stratum.climate()) + " / " + thematic(stratum.thematic());
  }
}
