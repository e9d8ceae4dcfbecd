package org.csmoe.sampling.report;

import static org.csmoe.sampling.report.Html.count;
import static org.csmoe.sampling.report.Html.escape;
import static org.csmoe.sampling.report.Html.number;
import static org.csmoe.sampling.report.Html.plural;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.csmoe.sampling.selection.StratumSample;
import org.csmoe.sampling.statistics.SampleStatistics;
import org.csmoe.sampling.statistics.StatisticsCalculator;
import org.csmoe.sampling.statistics.WithinStrata;

/** Puts the page together. */
final class ReportPage {
  private final ReportData data;
  private final List<StratumGain> gains;
  private final StringBuilder html = new StringBuilder(1 << 22);

  ReportPage(ReportData data) {
    this.data = data;
    gains =
        data.baseline()
            .map(b -> StratumGain.of(b.statistics(), data.selection().statistics(), data.sample()))
            .orElse(List.of());
  }

  String html() {
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        """
            .formatted(escape(data.title()), resource("report.css")));
    headline();
    statistics();
    maps();
    convergence();
    entropy();
    dropped();
    notes();
    provenance();
    strata();
    html.append("<script>\n").append(resource("report.js")).append("</script>\n</body>\n</html>\n");
    return html.toString();
  }

  private void headline() {
    SampleStatistics all = data.archive().statistics();
    SampleStatistics chosen = data.selection().statistics();
    double share = 100.0 * chosen.tiles() / all.tiles();
    html.append("<header>\n<h1>%s</h1>\n".formatted(escape(data.title())));
    html.append(
        "<p class=\"lead\">%s of %s selected from “%s”, about %s per combination of climate and theme where there are more.</p>\n"
            .formatted(
                count(chosen.tiles()),
                plural(all.tiles(), "tile", "tiles"),
                escape(data.archive().name()),
                count(data.perStratum())));
    html.append("</header>\n<div class=\"tiles\">\n");
    tile(count(chosen.tiles()), "tiles, %s %% of the archive".formatted(number(share, 2)));
    distanceTile();
    if (!gains.isEmpty()) {
      double before = gains.stream().mapToDouble(g -> g.before().entropy()).average().orElse(0);
      double after = gains.stream().mapToDouble(g -> g.after().entropy()).average().orElse(0);
      tile(
          "%s → %s nats".formatted(number(before, 2), number(after, 2)),
          "entropy of distances within a stratum, mean of the %s that left a choice (at most ln 64 = 4.16)"
              .formatted(plural(gains.size(), "stratum", "strata")));
    }
    tile(
        plural(chosen.combinations().groups(), "stratum", "strata"),
        "of %s and %s; %s kept whole"
            .formatted(
                plural(chosen.climates().groups(), "climate zone", "climate zones"),
                plural(chosen.thematics().groups(), "thematic class", "thematic classes"),
                count(keptWhole())));
    html.append("</div>\n");
  }

  private long keptWhole() {
    return data.sample().strata().stream()
        .filter(s -> s.indexes().length == s.memberCount())
        .count();
  }

  private void distanceTile() {
    Optional<WithinStrata> after = data.selection().statistics().withinStrata();
    Optional<WithinStrata> before = data.baseline().flatMap(b -> b.statistics().withinStrata());
    if (after.isEmpty()) {
      return;
    }
    double is = after.orElseThrow().perStratum().value();
    if (before.isEmpty()) {
      tile(number(is, 0) + " km", "mean distance of two tiles of a stratum");
      return;
    }
    double was = before.orElseThrow().perStratum().value();
    tile(
        was > 0 ? number(is / was, 1) + " ×" : "–",
        "mean distance of two tiles of a stratum: %s → %s km%s"
            .formatted(
                number(was, 0),
                number(is, 0),
                data.selection().published().isPresent()
                    ? "; paper: 1,811 → 5,106 km, " + number(PublishedTable.GAIN, 1) + " ×"
                    : ""));
  }

  private void tile(String figure, String text) {
    html.append("<div class=\"tile\"><b>%s</b><span>%s</span></div>\n".formatted(figure, text));
  }

  private void statistics() {
    section("Statistics of the sets");
    int floor = (int) Math.floor(0.9 * data.perStratum());
    html.append(new StatisticsTable(data.columns(), floor).html());
    html.append("<p class=\"note\">");
    if (data.selection().published().isPresent()) {
      html.append(
          "Published values are those of the paper's Table II, for Major TOM Core with ESA WorldCover; "
              + "another archive or other rasters give other figures. The paper does not say how its distance within "
              + "strata is weighted. ");
    }
    html.append(
        "Small figures are the fewest and the most. σ is the population standard deviation; ± is the standard error of a mean over sampled pairs (see <a href=\"#notes\">notes</a>).</p>\n");
  }

  private void maps() {
    section("Where the tiles are");
    int max = data.columns().stream().mapToInt(c -> c.map().max()).max().orElse(1);
    MapPicture picture =
        MapPicture.builder()
            .projection(data.projection())
            .coastLines(data.coastLines())
            .scaleMaximum(Math.max(1, max))
            .build();
    data.baseline().ifPresent(b -> map(picture, b));
    map(picture, data.selection());
    data.others().forEach(o -> map(picture, o));
    map(picture, data.archive());
    html.append(
        "<p class=\"note\">All maps have the same logarithmic scale. Cells of equal degrees hold fewer tiles towards the poles.</p>\n");
  }

  private void map(MapPicture picture, ReportColumn column) {
    String png = Base64.getEncoder().encodeToString(picture.png(column.map(), column.name()));
    html.append(
        """
        <figure><img alt="Map of tiles per cell: %s" src="data:image/png;base64,%s">
        <figcaption>%s: %s in %s, at most %s in one.</figcaption></figure>
        """
            .formatted(
                escape(column.name()),
                png,
                escape(column.name()),
                plural(column.statistics().tiles(), "tile", "tiles"),
                plural(column.map().occupied(), "cell", "cells"),
                count(column.map().max())));
  }

  private void convergence() {
    ConvergenceChart chart = new ConvergenceChart(data.sample().strata(), data::name);
    if (chart.isEmpty()) {
      return;
    }
    section("Convergence");
    html.append("<figure><div class=\"wide\">").append(chart.svg());
    html.append(
        """
        </div><figcaption>Best fitness so far by generation of %s: median, the middle 80 %% (shaded), and strata by name. \
        A search that stopped early keeps its last value. Search: %s.</figcaption></figure>
        """
            .formatted(
                plural(chart.strata(), "searched stratum", "searched strata"),
                escape(data.sample().selector())));
  }

  private void entropy() {
    if (gains.isEmpty()) {
      return;
    }
    section("Entropy per stratum");
    String before = data.baseline().orElseThrow().name();
    html.append("<figure>")
        .append(new EntropyChart(gains, data::name).svg(before, data.selection().name()));
    long better = gains.stream().filter(g -> g.entropy() > 0).count();
    html.append(
        """
        <figcaption>Shannon entropy of the histogram of distances within a stratum (64 bins). %s of %s gained. \
        A point grows with the logarithm of the stratum's tiles; figures stand in the <a href="#strata">table of strata</a>.\
        </figcaption></figure>
        """
            .formatted(count(better), plural(gains.size(), "stratum", "strata")));
  }

  private void dropped() {
    section("Dropped");
    if (data.dropped().isEmpty()) {
      html.append("<p>Nothing was dropped.</p>\n");
      return;
    }
    html.append(
        "<table class=\"figures\"><thead><tr><th>Reason</th><th class=\"ours\">Tiles</th><th>First of them</th></tr></thead>\n<tbody>\n");
    data.dropped()
        .forEach(
            (reason, tiles) -> {
              html.append(
                  "<tr><th>%s</th><td>%s</td><td class=\"text\"><ul class=\"examples\">"
                      .formatted(escape(reason), count(tiles)));
              data.examples()
                  .getOrDefault(reason, List.of())
                  .forEach(e -> html.append("<li>").append(escape(e)).append("</li>"));
              html.append("</ul></td></tr>\n");
            });
    html.append("</tbody></table>\n");
  }

  private void notes() {
    section("Notes", "notes");
    StatisticsCalculator calculator = data.calculator();
    html.append(
        """
        <p class="note">Distances are great circles on a sphere of 6371.0088 km. Means over pairs are exact for sets and \
        strata of up to %s pairs. Larger ones are means over %s pairs of two different tiles, drawn uniformly with \
        replacement from seed %d; ± is their standard error, s/√n, and the true mean lies within twice that in 95 of 100 \
        cases. Minimum distances are exact.</p>
        <p class="note">Distance within strata: every stratum counts the same, or by its tiles, or by its pairs. Strata with \
        one tile have no pair and do not count.</p>
        <p class="note">Entropy is that of the histogram of distances between all pairs of a stratum, in 64 bins of equal \
        width from 0 to half the Earth's circumference, with natural logarithms; from sampled pairs it is too small by \
        about (occupied bins − 1) / (2 pairs). A small stratum cannot reach ln 64, for it has too few pairs or lies in one place.</p>
        """
            .formatted(
                count(calculator.exactPairs()),
                count(calculator.sampledPairs()),
                calculator.seed()));
  }

  private void provenance() {
    section("Provenance");
    html.append("<dl class=\"keys\">\n");
    for (ReportColumn column : data.columns()) {
      column
          .sample()
          .ifPresent(s -> key(column.name(), "%s, seed %d".formatted(s.selector(), s.seed())));
    }
    data.provenance().forEach(this::key);
    html.append("</dl>\n");
  }

  private void key(String key, String value) {
    html.append("<dt>%s</dt><dd>%s</dd>\n".formatted(escape(key), escape(value)));
  }

  private void strata() {
    if (gains.isEmpty()) {
      return;
    }
    section("Strata that left a choice", "strata");
    long tiles =
        data.sample().strata().stream()
            .filter(s -> s.indexes().length == s.memberCount())
            .mapToLong(StratumSample::memberCount)
            .sum();
    html.append(
        "<p class=\"note\">Kept whole and not listed: %s with %s. Click a heading to sort.</p>\n"
            .formatted(plural(keptWhole(), "stratum", "strata"), plural(tiles, "tile", "tiles")));
    html.append(
        new StrataTable(gains, data::climate, data::thematic)
            .html(data.baseline().orElseThrow().name(), data.selection().name()));
  }

  private void section(String title) {
    html.append("<h2>").append(title).append("</h2>\n");
  }

  private void section(String title, String id) {
    html.append("<h2 id=\"").append(id).append("\">").append(title).append("</h2>\n");
  }

  private static String resource(String name) {
    try (InputStream stream =
        Objects.requireNonNull(ReportPage.class.getResourceAsStream(name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
