package org.csmoe.sampling.report;

import static org.csmoe.sampling.report.Html.at;

/** The plane of a chart in SVG: axes with ticks, and data to pixels. */
final class Axes {
  static final double LEFT = 58;
  static final double TOP = 14;
  private static final double BELOW = 46;

  private final double width;
  private final double height;
  private final double[] xRange;
  private final double[] yRange;

  /** Ranges are widened to whole ticks, except that x ends where the data do. */
  Axes(double width, double height, double[] xRange, double[] yRange) {
    this.width = width;
    this.height = height;
    this.xRange = xRange.clone();
    this.yRange = yRange.clone();
  }

  double x(double value) {
    return LEFT + (value - xRange[0]) / (xRange[1] - xRange[0]) * width;
  }

  double y(double value) {
    return TOP + height - (value - yRange[0]) / (yRange[1] - yRange[0]) * height;
  }

  /** 1, 2 or 5 times a power of ten, so that about so many steps fit. */
  static double step(double extent, int steps) {
    double rough = extent / steps;
    double decade = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / decade;
    return decade * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /** Begins the picture; {@code right} is room for labels beside the plane. */
  String open(String id, String description, double right) {
    double w = LEFT + width + right;
    double h = TOP + height + BELOW;
    return "<svg class=\"chart\" role=\"img\" aria-labelledby=\"%s\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\">"
            .formatted(id, at(w), at(h), at(w), at(h))
        + "<title id=\"%s\">%s</title>\n".formatted(id, Html.escape(description));
  }

  String frame(String xLabel, String yLabel) {
    StringBuilder svg = new StringBuilder();
    double xStep = step(xRange[1] - xRange[0], 6);
    for (double v = Math.ceil(xRange[0] / xStep - 1e-9) * xStep;
        v <= xRange[1] + xStep * 1e-9;
        v += xStep) {
      svg.append(
          "<path class=\"grid\" d=\"M%s %sV%s\"/>".formatted(at(x(v)), at(TOP), at(TOP + height)));
      svg.append(text(x(v), TOP + height + 18, "tick middle", label(v, xStep)));
    }
    double yStep = step(yRange[1] - yRange[0], 5);
    for (double v = Math.ceil(yRange[0] / yStep - 1e-9) * yStep;
        v <= yRange[1] + yStep * 1e-9;
        v += yStep) {
      svg.append(
          "<path class=\"grid\" d=\"M%s %sH%s\"/>".formatted(at(LEFT), at(y(v)), at(LEFT + width)));
      svg.append(text(LEFT - 8, y(v) + 4, "tick end", label(v, yStep)));
    }
    svg.append(
        "<path class=\"axis\" d=\"M%s %sV%sH%s\"/>\n"
            .formatted(at(LEFT), at(TOP), at(TOP + height), at(LEFT + width)));
    svg.append(text(LEFT + width / 2, TOP + height + 40, "middle", xLabel));
    svg.append(
        "<text class=\"middle\" transform=\"translate(15 %s)rotate(-90)\">%s</text>\n"
            .formatted(at(TOP + height / 2), Html.escape(yLabel)));
    return svg.toString();
  }

  static String text(double x, double y, String classes, String text) {
    return "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n"
        .formatted(classes, at(x), at(y), Html.escape(text));
  }

  private static String label(double value, double step) {
    int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    return Html.number(value + 0.0, decimals);
  }
}
