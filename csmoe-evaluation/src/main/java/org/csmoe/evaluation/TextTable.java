package org.csmoe.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text in columns: the first to the left, numbers to the right, shares in per cent. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... titles) {
    rows.add(List.of(titles));
  }

  void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(format(cell));
    }
    rows.add(row);
  }

  /** A line per pair of name and value. */
  static String summary(Object... namesAndValues) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      text.append("%-18s%10s\n".formatted(namesAndValues[i], format(namesAndValues[i + 1])));
    }
    return text.append('\n').toString();
  }

  private static String format(Object cell) {
    return cell instanceof Double share
        ? String.format(Locale.ROOT, "%.2f %%", 100 * share)
        : cell.toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        String cell = row.get(column);
        String space = " ".repeat(width - cell.length());
        text.append(column == 0 ? cell + space : "  " + space + cell);
      }
      text.append('\n');
    }
    return text.toString();
  }
}
