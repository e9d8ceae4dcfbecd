package org.csmoe.sampling.report;

import java.util.Map;

/**
 * A column of the paper's Table II, as printed except for the way thousands are set apart.
 *
 * @param label the set's name in the paper, as HTML
 * @param values what is printed in each row
 */
record PublishedTable(String label, Map<Row, String> values) {
  static final PublishedTable ARCHIVE =
      new PublishedTable(
          "MTom",
          Map.of(
              Row.TILES, "1,302,691",
              Row.PER_CLIMATE, "43,423",
              Row.PER_THEMATIC, "118,426",
              Row.PER_COMBINATION, "7,434 σ 16,395",
              Row.AVERAGE, "6,737 km",
              Row.MINIMUM, "10 km",
              Row.WITHIN, "2,748 km"));
  static final PublishedTable RANDOM =
      new PublishedTable(
          "MTom<sub>r</sub>",
          Map.of(
              Row.TILES, "18,785",
              Row.PER_CLIMATE, "626",
              Row.PER_THEMATIC, "1,707",
              Row.PER_COMBINATION, "98 σ 4",
              Row.AVERAGE, "8,192 km",
              Row.MINIMUM, "32 km",
              Row.WITHIN, "1,811 km"));
  static final PublishedTable ENTROPY =
      new PublishedTable(
          "MTom<sub>μ</sub>",
          Map.of(
              Row.TILES, "18,846",
              Row.PER_CLIMATE, "628",
              Row.PER_THEMATIC, "1,713",
              Row.PER_COMBINATION, "100 σ 2",
              Row.AVERAGE, "8,648 km",
              Row.MINIMUM, "36 km",
              Row.WITHIN, "5,106 km"));

  /** The rows of the table. */
  enum Row {
    TILES,
    PER_CLIMATE,
    PER_THEMATIC,
    PER_COMBINATION,
    AVERAGE,
    MINIMUM,
    WITHIN
  }

  /** Mean distance within strata of the entropy-maximised set over that of the random one. */
  static final double GAIN = 5106 / 1811.0;

  String value(Row row) {
    return values.getOrDefault(row, "");
  }
}
