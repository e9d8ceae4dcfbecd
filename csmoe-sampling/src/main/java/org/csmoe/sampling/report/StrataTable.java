package org.csmoe.sampling.report;

import static org.csmoe.sampling.report.Html.at;

import java.util.List;
import java.util.function.IntFunction;

/** Every stratum that left a choice: entropy and distance before and after, sortable. */
final class StrataTable {
  private static final double DUMBBELL = 120;

  private final List<StratumGain> gains;
  private final IntFunction<String> climates;
  private final IntFunction<String> thematics;

  StrataTable(
      List<StratumGain> gains, IntFunction<String> climates, IntFunction<String> thematics) {
    this.gains = gains;
    this.climates = climates;
    this.thematics = thematics;
  }

  String html(String before, String after) {
    StringBuilder html = new StringBuilder();
    html.append(
        """
        <div class="wide"><table class="figures strata" id="strata">
        <thead>
        <tr><th class="set" colspan="2">Stratum</th><th class="set" colspan="2">Tiles</th>\
        <th class="set" colspan="4">Entropy of distances, nats</th>\
        <th class="set" colspan="2">Mean distance, km</th></tr>
        <tr>""");
    heading(html, "text", "climate", false);
    heading(html, "text", "theme", false);
    heading(html, "number", "all", false);
    heading(html, "number", "selected", false);
    heading(html, "number", before, false);
    heading(html, "number", after, false);
    heading(html, "number", "gain", true);
    html.append("<th>0 to ln 64</th>");
    heading(html, "number", before, false);
    heading(html, "number", after, false);
    html.append("</tr>\n</thead>\n<tbody>\n");
    for (StratumGain gain : gains) {
      html.append("<tr>");
      text(html, climates.apply(gain.stratum().climate()));
      text(html, thematics.apply(gain.stratum().thematic()));
      number(html, gain.members(), 0);
      number(html, gain.selected(), 0);
      number(html, gain.before().entropy(), 2);
      number(html, gain.after().entropy(), 2);
      number(html, gain.entropy(), 2);
      html.append("<td>").append(dumbbell(gain)).append("</td>");
      number(html, gain.before().distanceKm().value(), 0);
      number(html, gain.after().distanceKm().value(), 0);
      html.append("</tr>\n");
    }
    return html.append("</tbody>\n</table></div>\n").toString();
  }

  private static void heading(StringBuilder html, String sort, String text, boolean sorted) {
    html.append("<th class=\"%s\" data-sort=\"%1$s\" tabindex=\"0\"".formatted(sort))
        .append(sorted ? " aria-sort=\"descending\"" : "")
        .append(">")
        .append(Html.escape(text))
        .append("</th>");
  }

  private static void text(StringBuilder html, String text) {
    html.append("<td class=\"text\">").append(Html.escape(text)).append("</td>");
  }

  private static void number(StringBuilder html, double value, int decimals) {
    html.append("<td data-value=\"%s\">%s</td>".formatted(value, Html.number(value, decimals)));
  }

  private static String dumbbell(StratumGain gain) {
    double scale = (DUMBBELL - 8) / Math.log(64);
    String from = at(4 + gain.before().entropy() * scale);
    String to = at(4 + gain.after().entropy() * scale);
    return """
        <svg class="dumbbell" width="%s" height="12" aria-hidden="true"><path class="grid" d="M4 6H%s"/>\
        <path class="bar" d="M%s 6H%s"/><circle class="was" cx="%s" cy="6" r="3"/>\
        <circle class="is" cx="%s" cy="6" r="3.5"/></svg>"""
        .formatted(at(DUMBBELL), at(DUMBBELL - 4), from, to, from, to);
  }
}
