package org.csmoe.retrieval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.csmoe.CsMoeException;
import org.csmoe.sensor.Sensor;
import org.jspecify.annotations.Nullable;

/**
 * Entries as lines of JSON. A reader gives equal label sets, metadata and texts one instance, since
 * archives repeat them. For one thread.
 */
final class EntryLines {
  /** Longest line, so that a file that is none of ours does not fill the heap. */
  static final int MAX_LINE_BYTES = 1 << 20;

  private static final Map<String, Sensor> SENSORS =
      Map.of(
          Sensor.SENTINEL1.shortName(), Sensor.SENTINEL1,
          Sensor.SENTINEL2.shortName(), Sensor.SENTINEL2);

  private final Map<Set<Integer>, Set<Integer>> labelSets = new HashMap<>();
  private final Map<Map<String, String>, Map<String, String>> metadata = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();

  /**
   * One line with its line end; labels ascending and keys in order, so that equal entries agree.
   */
  static byte[] line(IndexEntry entry) {
    ObjectNode json = IndexFiles.JSON.createObjectNode();
    json.put("id", entry.id()).put("sensor", entry.sensor().shortName());
    ArrayNode labels = json.putArray("labels");
    entry.labels().stream().sorted().forEach(labels::add);
    if (!entry.metadata().isEmpty()) {
      ObjectNode values = json.putObject("metadata");
      new TreeMap<>(entry.metadata()).forEach(values::put);
    }
    byte[] line = (json + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length > MAX_LINE_BYTES) {
      throw new IllegalArgumentException(
          "%s: an entry must take at most %d bytes of JSON but took %d"
              .formatted(entry.name(), MAX_LINE_BYTES, line.length));
    }
    return line;
  }

  /** Adds the entries of a segment. */
  void read(Path path, int rows, List<IndexEntry> target) throws IOException {
    byte[] buffer = new byte[1 << 16];
    int count = 0;
    int filled = 0;
    try (InputStream stream = Files.newInputStream(path)) {
      for (int more = stream.read(buffer); more >= 0; ) {
        int from = 0;
        // What was there before has no line end.
        for (int i = filled; i < filled + more; i++) {
          if (buffer[i] != '\n') {
            continue;
          }
          if (count == rows) {
            throw malformed(path, count, "another line", "%d lines".formatted(rows), null);
          }
          target.add(parse(path, count++, buffer, from, i - from));
          from = i + 1;
        }
        filled += more - from;
        System.arraycopy(buffer, from, buffer, 0, filled);
        if (filled == MAX_LINE_BYTES) {
          throw malformed(path, count, "a longer line", MAX_LINE_BYTES + " bytes at most", null);
        }
        if (filled == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * filled);
        }
        more = stream.read(buffer, filled, buffer.length - filled);
      }
    }
    if (count < rows || filled > 0) {
      throw malformed(path, count, "the end of the file", "%d whole lines".formatted(rows), null);
    }
  }

  private IndexEntry parse(Path path, int number, byte[] buffer, int from, int length) {
    try {
      JsonNode json = IndexFiles.JSON.readTree(buffer, from, length);
      Sensor sensor = SENSORS.get(json.path("sensor").asText());
      JsonNode id = json.path("id");
      if (sensor == null || !id.isTextual() || !json.path("labels").isArray()) {
        throw malformed(
            path, number, "other fields", "id, sensor s1 or s2, labels, maybe metadata", null);
      }
      Set<Integer> labels = new HashSet<>();
      for (JsonNode label : json.path("labels")) {
        if (!label.isInt()) {
          throw malformed(path, number, "label " + label, "an integer", null);
        }
        labels.add(label.intValue());
      }
      return new IndexEntry(
          id.textValue(),
          sensor,
          labelSets.computeIfAbsent(labels, Set::copyOf),
          metadata(path, number, json.path("metadata")));
    } catch (JsonProcessingException e) {
      throw malformed(path, number, e.getOriginalMessage(), "an entry as JSON", e);
    } catch (IOException | IllegalArgumentException e) {
      throw malformed(path, number, String.valueOf(e.getMessage()), "an entry", e);
    }
  }

  private Map<String, String> metadata(Path path, int number, JsonNode json) {
    if (!json.isObject() && !json.isMissingNode()) {
      throw malformed(path, number, "metadata that is " + json.getNodeType(), "an object", null);
    }
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!field.getValue().isTextual()) {
        throw malformed(path, number, field.getKey() + " = " + field.getValue(), "a text", null);
      }
      values.put(shared(field.getKey()), shared(field.getValue().textValue()));
    }
    return metadata.computeIfAbsent(values, Map::copyOf);
  }

  private String shared(String text) {
    return texts.computeIfAbsent(text, same -> same);
  }

  private static CsMoeException malformed(
      Path path, int line, String found, String expected, @Nullable Throwable cause) {
    String message = "%s line %d: found %s, expected %s".formatted(path, line + 1, found, expected);
    return cause == null ? new CsMoeException(message) : new CsMoeException(message, cause);
  }
}
