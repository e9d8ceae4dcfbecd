package org.csmoe.sampling.report;

import static org.csmoe.sampling.report.Html.at;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.csmoe.sampling.Stratum;
import org.csmoe.sampling.selection.Generation;
import org.csmoe.sampling.selection.StratumSample;

/**
 * The greatest fitness so far against the generation: median over strata, the band of the middle 80
 * %, and a few strata by name. A search that stopped early keeps its last value; one whose fitness
 * was infinite cannot be drawn and is left out.
 */
final class ConvergenceChart {
  private static final int POINTS = 160;
  private static final double WIDTH = 620;
  private static final double HEIGHT = 300;
  private static final double RIGHT = 260;
  private static final double LINE = 15;

  private final List<StratumSample> searched;
  private final Function<Stratum, String> names;

  ConvergenceChart(List<StratumSample> strata, Function<Stratum, String> names) {
    searched =
        strata.stream()
            .filter(s -> s.history().size() > 1)
            .filter(s -> s.history().stream().allMatch(g -> Double.isFinite(g.bestEver())))
            .toList();
    this.names = names;
  }

  boolean isEmpty() {
    return searched.isEmpty();
  }

  int strata() {
    return searched.size();
  }

  String svg() {
    int last = searched.stream().mapToInt(s -> lastOf(s).number()).max().orElse(1);
    double[][] curves = new double[searched.size()][];
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < curves.length; s++) {
      curves[s] = sampled(searched.get(s).history(), last);
    }
    double[] low = quantile(curves, 0.1);
    double[] middle = quantile(curves, 0.5);
    double[] high = quantile(curves, 0.9);
    Map<String, Integer> named = named(curves);
    List<double[]> drawn = new ArrayList<>(List.of(low, high));
    named.values().forEach(s -> drawn.add(curves[s]));
    for (double[] curve : drawn) {
      min = Math.min(min, curve[0]);
      max = Math.max(max, curve[POINTS]);
    }
    double margin = Math.max(1e-6, (max - min) * 0.05);
    Axes axes =
        new Axes(
            WIDTH,
            HEIGHT,
            new double[] {0, Math.max(1, last)},
            new double[] {min - margin, max + margin});
    StringBuilder svg =
        new StringBuilder(
            axes.open("convergence-title", "Best fitness so far by generation", RIGHT));
    svg.append(axes.frame("generation", "best fitness so far"));
    svg.append("<path class=\"band\" d=\"").append(line(axes, low, last, false, 'M'));
    svg.append(line(axes, high, last, true, 'L')).append("Z\"/>\n");
    Map<String, Double> labels = new LinkedHashMap<>();
    int style = 0;
    for (Map.Entry<String, Integer> entry : named.entrySet()) {
      double[] curve = curves[entry.getValue()];
      svg.append(
          "<path class=\"line named%d\" d=\"%s\"/>\n"
              .formatted(style++, line(axes, curve, last, false, 'M')));
      labels.put(entry.getKey(), axes.y(curve[POINTS]));
    }
    svg.append(
        "<path class=\"line strong\" d=\"%s\"/>\n".formatted(line(axes, middle, last, false, 'M')));
    labels.put("median of all strata", axes.y(middle[POINTS]));
    return svg.append(labels(labels)).append("</svg>").toString();
  }

  private static Generation lastOf(StratumSample sample) {
    return sample.history().get(sample.history().size() - 1);
  }

  /** The greatest fitness so far at equal steps of the generation. */
  private static double[] sampled(List<Generation> history, int last) {
    double[] curve = new double[POINTS + 1];
    int at = 0;
    for (int p = 0; p <= POINTS; p++) {
      double generation = (double) last * p / POINTS;
      while (at + 1 < history.size() && history.get(at + 1).number() <= generation) {
        at++;
      }
      curve[p] = history.get(at).bestEver();
    }
    return curve;
  }

  private static double[] quantile(double[][] curves, double share) {
    double[] quantile = new double[POINTS + 1];
    for (int p = 0; p <= POINTS; p++) {
      double[] values = new double[curves.length];
      for (int s = 0; s < curves.length; s++) {
        values[s] = curves[s][p];
      }
      Arrays.sort(values);
      double rank = share * (values.length - 1);
      int below = (int) rank;
      double above = values[Math.min(values.length - 1, below + 1)];
      quantile[p] = values[below] + (rank - below) * (above - values[below]);
    }
    return quantile;
  }

  /** The largest stratum and those that gained most and least; one stratum once. */
  private Map<String, Integer> named(double[][] curves) {
    List<Integer> all = new ArrayList<>();
    for (int s = 0; s < curves.length; s++) {
      all.add(s);
    }
    Comparator<Integer> byGain = Comparator.comparingDouble(s -> curves[s][POINTS] - curves[s][0]);
    Comparator<Integer> bySize = Comparator.comparingInt(s -> searched.get(s).memberCount());
    Map<Integer, String> roles = new LinkedHashMap<>();
    all.stream().max(bySize).ifPresent(s -> roles.putIfAbsent(s, "largest"));
    all.stream().max(byGain).ifPresent(s -> roles.putIfAbsent(s, "most gain"));
    all.stream().min(byGain).ifPresent(s -> roles.putIfAbsent(s, "least gain"));
    Map<String, Integer> named = new LinkedHashMap<>();
    roles.forEach((s, role) -> named.put(role + ": " + names.apply(searched.get(s).stratum()), s));
    return named;
  }

  private static String line(Axes axes, double[] curve, int last, boolean backwards, char start) {
    StringBuilder path = new StringBuilder();
    for (int k = 0; k <= POINTS; k++) {
      int p = backwards ? POINTS - k : k;
      path.append(k == 0 ? start : 'L')
          .append(at(axes.x((double) last * p / POINTS)))
          .append(' ')
          .append(at(axes.y(curve[p])));
    }
    return path.toString();
  }

  /** Labels at the ends of lines, moved apart where they would overlap. */
  private static String labels(Map<String, Double> wanted) {
    List<Map.Entry<String, Double>> order = new ArrayList<>(wanted.entrySet());
    order.sort(Map.Entry.comparingByValue());
    StringBuilder svg = new StringBuilder();
    double[] places = new double[order.size()];
    for (int i = 0; i < places.length; i++) {
      double free = i == 0 ? Axes.TOP : places[i - 1] + LINE;
      places[i] = Math.max(free, order.get(i).getValue());
    }
    double floor = Axes.TOP + HEIGHT;
    for (int i = places.length - 1; i >= 0; i--) {
      places[i] = Math.min(places[i], floor);
      floor = places[i] - LINE;
    }
    double x = Axes.LEFT + WIDTH;
    for (int i = 0; i < places.length; i++) {
      String name = order.get(i).getKey();
      double y = order.get(i).getValue();
      svg.append(
          "<path class=\"leader\" d=\"M%s %sL%s %s\"/>"
              .formatted(at(x + 2), at(y), at(x + 14), at(places[i])));
      String shown = name.length() > 40 ? name.substring(0, 39) + "…" : name;
      svg.append(
          Axes.text(
              x + 18, places[i] + 4, name.startsWith("median") ? "tick bold" : "tick", shown));
    }
    return svg.toString();
  }
}
