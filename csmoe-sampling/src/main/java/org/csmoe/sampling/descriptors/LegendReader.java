package org.csmoe.sampling.descriptors;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;

/** Reads legends and finds the one of a raster. */
final class LegendReader {
  private static final int MAX_BYTES = 1 << 20;
  private static final List<String> CODES = List.of("value", "zonenum", "class_id", "id", "code");
  private static final List<String> NAMES =
      List.of("name", "label", "class", "kg_zone", "code", "description");
  private static final List<String> COLOURS = List.of("rgb_hex", "color", "colour");

  private final String where;
  private final SortedMap<Integer, String> names = new TreeMap<>();
  private final Map<Integer, Integer> colours = new HashMap<>();
  private final SortedSet<Integer> noData = new TreeSet<>();

  private LegendReader(String where) {
    this.where = where;
  }

  static Legend resource(String name) {
    try (InputStream stream =
        Objects.requireNonNull(
            LegendReader.class.getResourceAsStream(name + ".csv"), "resource of the legend")) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return new LegendReader(name + ".csv").parse(name, text);
    } catch (IOException e) {
      throw new UncheckedIOException("legend " + name + " cannot be read: " + e, e);
    }
  }

  static Legend read(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new CsMoeException(
            file + ": found more than 1 MiB, expected a legend of at most 1 MiB");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String title = String.valueOf(file.getFileName());
      return new LegendReader(file.toString()).parse(title, text);
    } catch (CharacterCodingException e) {
      throw new CsMoeException(file + ": found bytes that are no UTF-8, expected a CSV legend", e);
    } catch (IOException e) {
      throw Failures.of(file, "cannot be read", e);
    }
  }

  static Optional<Legend> beside(Path raster, List<Path> tiles) {
    String file = String.valueOf(raster.toAbsolutePath().normalize().getFileName());
    boolean folder = Files.isDirectory(raster);
    Path home = folder ? raster : raster.resolveSibling("");
    String stem = folder ? file : file.replaceFirst("\\.[^.]*$", "");
    Optional<Path> sidecar =
        Stream.of(home.resolve(stem + "_legend.csv"), home.resolve("legend.csv"))
            .filter(Files::isRegularFile)
            .findFirst();
    return sidecar.map(Legend::read).or(() -> published(tiles).map(Legend::named));
  }

  private static Optional<String> published(List<Path> tiles) {
    List<String> kinds =
        tiles.stream().map(tile -> published(tile.getFileName().toString())).distinct().toList();
    return kinds.size() == 1 && !kinds.get(0).isEmpty()
        ? Optional.of(kinds.get(0))
        : Optional.empty();
  }

  private static String published(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    if (name.startsWith("koppen_geiger_0p") || name.startsWith("beck")) {
      return "koppen-geiger";
    }
    if (name.startsWith("esa_worldcover_10m_")) {
      return "worldcover";
    }
    return name.contains("mcd12c1") && name.contains("igbp") ? "igbp" : "";
  }

  private Legend parse(String title, String text) {
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder().allowMissingFields(true).allowExtraFields(true).ofCsvRecord(content)) {
      Map<String, Integer> columns = new HashMap<>();
      for (CsvRecord row : reader) {
        if (columns.isEmpty()) {
          for (int i = 0; i < row.getFieldCount(); i++) {
            columns.putIfAbsent(row.getField(i).strip().toLowerCase(Locale.ROOT), i);
          }
          requireColumns(columns);
        } else {
          add(row, columns);
        }
      }
    } catch (CsvParseException e) {
      throw new CsMoeException(where + ": is no CSV file: " + e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.of(where, "cannot be read", e);
    }
    if (names.isEmpty()) {
      throw new CsMoeException(where + ": found no class, expected at least one");
    }
    return new Legend(title, names, colours, noData, false);
  }

  private void requireColumns(Map<String, Integer> columns) {
    Optional<String> code = CODES.stream().filter(columns::containsKey).findFirst();
    boolean named =
        NAMES.stream()
            .anyMatch(name -> columns.containsKey(name) && !code.equals(Optional.of(name)));
    if (code.isEmpty() || !named) {
      throw new CsMoeException(
          "%s line 1: found columns %s, expected a code (one of %s) and a name (one of %s)"
              .formatted(where, columns.keySet(), CODES, NAMES));
    }
  }

  private void add(CsvRecord row, Map<String, Integer> columns) {
    String codeColumn = CODES.stream().filter(columns::containsKey).findFirst().orElseThrow();
    int code = number(row, codeColumn, field(row, columns, codeColumn), Short.MAX_VALUE);
    String name =
        NAMES.stream()
            .filter(column -> !column.equals(codeColumn))
            .map(column -> field(row, columns, column))
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    if (names.containsKey(code) || noData.contains(code)) {
      throw broken(row, "a second entry for code " + code, "each code once");
    }
    if (name.isEmpty() || name.toLowerCase(Locale.ROOT).startsWith("no data")) {
      noData.add(code);
    } else {
      names.put(code, name);
    }
    colour(row, columns).ifPresent(colour -> colours.put(code, colour));
  }

  private OptionalInt colour(CsvRecord row, Map<String, Integer> columns) {
    String[] parts = new String[3];
    for (int i = 0; i < 3; i++) {
      parts[i] = field(row, columns, "rgb".substring(i, i + 1));
    }
    if (!parts[0].isEmpty() && !parts[1].isEmpty() && !parts[2].isEmpty()) {
      int colour = 0;
      for (int i = 0; i < 3; i++) {
        colour = colour << 8 | number(row, "rgb".substring(i, i + 1), parts[i], 255);
      }
      return OptionalInt.of(colour);
    }
    for (String column : COLOURS) {
      String text = field(row, columns, column);
      if (!text.isEmpty()) {
        if (!text.matches("#?[0-9a-fA-F]{6}")) {
          throw broken(row, column + " " + text, "a colour RRGGBB");
        }
        return OptionalInt.of(Integer.parseInt(text.replace("#", ""), 16));
      }
    }
    return OptionalInt.empty();
  }

  private static String field(CsvRecord row, Map<String, Integer> columns, String column) {
    Integer index = columns.get(column);
    return index == null || index >= row.getFieldCount() ? "" : row.getField(index).strip();
  }

  private int number(CsvRecord row, String column, String text, int max) {
    if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= max) {
      return Integer.parseInt(text);
    }
    throw broken(row, column + " '" + text + "'", "a whole number in 0.." + max);
  }

  private CsMoeException broken(CsvRecord row, String found, String expected) {
    return new CsMoeException(
        "%s line %d: found %s, expected %s"
            .formatted(where, row.getStartingLineNumber(), found, expected));
  }
}
