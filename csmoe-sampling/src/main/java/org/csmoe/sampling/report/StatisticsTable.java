package org.csmoe.sampling.report;

import java.util.List;
import java.util.function.Function;
import org.csmoe.sampling.report.PublishedTable.Row;
import org.csmoe.sampling.statistics.Estimate;
import org.csmoe.sampling.statistics.SampleStatistics;
import org.csmoe.sampling.statistics.Spread;
import org.csmoe.sampling.statistics.WithinStrata;

/** The paper's Table II in HTML, our figures with the published ones beside them. */
final class StatisticsTable {
  private static final String NONE = "–";

  private final List<ReportColumn> columns;
  private final int combinationFloor;
  private final StringBuilder html = new StringBuilder();

  StatisticsTable(List<ReportColumn> columns, int combinationFloor) {
    this.columns = columns;
    this.combinationFloor = combinationFloor;
  }

  String html() {
    html.append(
        "<div class=\"wide\"><table class=\"figures\">\n<thead>\n<tr><th rowspan=\"2\">Statistic</th>");
    for (ReportColumn column : columns) {
      html.append(
              "<th class=\"set\" colspan=\"%d\">".formatted(column.published().isPresent() ? 2 : 1))
          .append(Html.escape(column.name()))
          .append("</th>");
    }
    html.append("</tr>\n<tr>");
    for (ReportColumn column : columns) {
      html.append("<th class=\"ours\">this run</th>");
      column
          .published()
          .ifPresent(p -> html.append("<th class=\"paper\">paper, " + p.label() + "</th>"));
    }
    html.append("</tr>\n</thead>\n<tbody>\n");
    row("Number of tiles", Row.TILES, s -> Html.count(s.tiles()));
    row("Climate zones", s -> Html.count(s.climates().groups()));
    row("Thematic (LULC) classes", s -> Html.count(s.thematics().groups()));
    row("Combinations", s -> Html.count(s.combinations().groups()));
    row("Tiles per climate zone", Row.PER_CLIMATE, s -> spread(s.climates(), true));
    row("Tiles per thematic (LULC) class", Row.PER_THEMATIC, s -> spread(s.thematics(), true));
    row("Tiles per combination, all", s -> spread(s.combinations(), false));
    row(
        "Tiles per combination with more than %d".formatted(combinationFloor),
        Row.PER_COMBINATION,
        s -> spread(s.combinationsAbove(combinationFloor), false));
    row(
        "Average distance",
        Row.AVERAGE,
        s -> s.pairs().map(p -> kilometres(p.distanceKm())).orElse(NONE));
    row(
        "Min. distance",
        Row.MINIMUM,
        s -> s.nearest().map(n -> Html.number(n.distanceKm(), 1) + " km").orElse(NONE));
    within();
    row("Entropy of distances, mean of strata", s -> entropy(s));
    return html.append("</tbody>\n</table></div>\n").toString();
  }

  private void row(String label, Function<SampleStatistics, String> value) {
    row(label, p -> "", value);
  }

  private void row(String label, Row published, Function<SampleStatistics, String> value) {
    row(label, p -> p.value(published), value);
  }

  private void row(
      String label,
      Function<PublishedTable, String> published,
      Function<SampleStatistics, String> value) {
    html.append("<tr><th>").append(label).append("</th>");
    for (ReportColumn column : columns) {
      html.append("<td>").append(value.apply(column.statistics())).append("</td>");
      column
          .published()
          .map(published)
          .ifPresent(text -> html.append("<td class=\"paper\">").append(text).append("</td>"));
    }
    html.append("</tr>\n");
  }

  /** Three rows of ours share the paper's one figure, whose weighting it does not give. */
  private void within() {
    List<Function<WithinStrata, Estimate>> weightings =
        List.of(WithinStrata::perStratum, WithinStrata::perTile, WithinStrata::perPair);
    List<String> labels = List.of("mean of strata", "weighted by tiles", "weighted by pairs");
    for (int w = 0; w < 3; w++) {
      html.append("<tr><th>Distance within <i>S</i><sub>u,v</sub>, ")
          .append(labels.get(w))
          .append("</th>");
      for (ReportColumn column : columns) {
        html.append("<td>")
            .append(
                column
                    .statistics()
                    .withinStrata()
                    .map(weightings.get(w))
                    .map(StatisticsTable::kilometres)
                    .orElse(NONE))
            .append("</td>");
        if (w == 0 && column.published().isPresent()) {
          html.append("<td class=\"paper\" rowspan=\"3\">")
              .append(column.published().orElseThrow().value(Row.WITHIN))
              .append("</td>");
        }
      }
      html.append("</tr>\n");
    }
  }

  private static String entropy(SampleStatistics statistics) {
    return statistics.strata().stream()
        .flatMap(s -> s.pairs().stream())
        .mapToDouble(p -> p.entropy())
        .average()
        .stream()
        .mapToObj(mean -> Html.number(mean, 2) + " nats")
        .findFirst()
        .orElse(NONE);
  }

  /** Kilometres, with the standard error where not all pairs were looked at. */
  static String kilometres(Estimate estimate) {
    String value = Html.number(estimate.value(), 0);
    if (estimate.exact()) {
      return value + " km";
    }
    double error = estimate.standardError();
    String shown = error < 0.1 ? "&lt; 0.1" : Html.number(error, error < 10 ? 1 : 0);
    return value + "<span class=\"error\"> ± " + shown + "</span> km";
  }

  private static String spread(Spread spread, boolean range) {
    if (spread.groups() == 0) {
      return NONE;
    }
    String mean = Html.count(Math.round(spread.mean()));
    return range
        ? "%s<span class=\"minor\">%s to %s</span>"
            .formatted(mean, Html.count(spread.min()), Html.count(spread.max()))
        : mean + " σ " + Html.count(Math.round(spread.deviation()));
  }
}
