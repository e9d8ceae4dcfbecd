package org.csmoe.sampling.report;

import java.util.Locale;

/** Text and figures as they stand in HTML and SVG. */
final class Html {
  private Html() {}

  /** Text that no longer means anything to HTML, in elements and in quoted attributes. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
    return out.toString();
  }

  /** Thousands by commas, so many decimals. */
  static String number(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    // What rounds to nothing has no sign.
    return text.startsWith("-") && text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }

  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** "1 stratum", "2 strata". */
  static String plural(long count, String one, String many) {
    return count(count) + " " + (count == 1 ? one : many);
  }

  /** A coordinate in SVG: two decimals are a fiftieth of a pixel. */
  static String at(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.endsWith("00") ? text.substring(0, text.length() - 3) : text;
  }
}
