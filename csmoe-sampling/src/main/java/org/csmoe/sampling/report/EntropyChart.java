package org.csmoe.sampling.report;

import static org.csmoe.sampling.report.Html.at;

import java.util.List;
import java.util.function.Function;
import org.csmoe.sampling.Stratum;

/** Entropy of each stratum after against before, with the line of no gain. */
final class EntropyChart {
  private static final double SIZE = 380;
  private static final double RIGHT = 16;

  private final List<StratumGain> gains;
  private final Function<Stratum, String> names;

  EntropyChart(List<StratumGain> gains, Function<Stratum, String> names) {
    this.gains = gains;
    this.names = names;
  }

  String svg(String before, String after) {
    double min =
        gains.stream()
            .mapToDouble(g -> Math.min(g.before().entropy(), g.after().entropy()))
            .min()
            .orElse(0);
    double max = Math.log(64);
    double low = Math.max(0, Math.floor(min * 2) / 2);
    double[] range = {low, max + 0.05 * (max - low)};
    Axes axes = new Axes(SIZE, SIZE, range, range);
    StringBuilder svg =
        new StringBuilder(
            axes.open(
                "entropy-title", "Entropy per stratum, %s and %s".formatted(before, after), RIGHT));
    svg.append(axes.frame(before + " (nats)", after + " (nats)"));
    svg.append(
        "<path class=\"reference\" d=\"M%s %sL%s %s\"/>"
            .formatted(at(axes.x(low)), at(axes.y(low)), at(axes.x(max)), at(axes.y(max))));
    svg.append(
        "<path class=\"reference\" d=\"M%s %sH%s\"/>"
            .formatted(at(axes.x(low)), at(axes.y(max)), at(axes.x(range[1]))));
    svg.append(Axes.text(axes.x(low) + 6, axes.y(max) - 5, "tick", "most possible, ln 64"));
    double middle = low + 0.12 * (max - low);
    svg.append(
        "<text class=\"tick\" transform=\"translate(%s %s)rotate(-45)\">no gain</text>\n"
            .formatted(at(axes.x(middle) + 4), at(axes.y(middle) + 14)));
    for (StratumGain gain : gains) {
      svg.append(
          "<circle class=\"point\" cx=\"%s\" cy=\"%s\" r=\"%s\"><title>%s: %s to %s nats</title></circle>\n"
              .formatted(
                  at(axes.x(gain.before().entropy())),
                  at(axes.y(gain.after().entropy())),
                  at(radius(gain.members())),
                  Html.escape(names.apply(gain.stratum())),
                  Html.number(gain.before().entropy(), 2),
                  Html.number(gain.after().entropy(), 2)));
    }
    return svg.append("</svg>").toString();
  }

  /** Grows with the logarithm of the members: 100 have 2.5, a million 6.5. */
  private static double radius(int members) {
    return Math.max(2, 2.5 + Math.log10(members / 100.0));
  }
}
