package org.csmoe.retrieval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;

/** Names of the files of an index, and the one that says which of them count. */
final class IndexFiles {
  /** Longest vector: a row is then a quarter of a mebibyte. */
  static final int MAX_DIMENSION = 1 << 16;

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String MANIFEST = "index.json";
  private static final String FORMAT = "csmoe-retrieval";
  private static final int VERSION = 1;
  private static final long MAX_MANIFEST_BYTES = 1 << 24;
  // Ours, finished or not; nothing else in a folder is ever touched.
  private static final Pattern NUMBERED =
      Pattern.compile(
          "(rows|entries|deleted|graph)-\\d{8}\\.(f32|jsonl|bits|hnsw)"
              + "|\\.(rows|entries|deleted|graph|index)(-\\d{8})?\\.(f32|jsonl|bits|hnsw|json)"
              + "\\.[0-9a-f-]{36}\\.part");

  private IndexFiles() {}

  /** Rows that were committed together. */
  record Segment(int number, int rows) {}

  /** A neighbour graph of the rows before some row. */
  record Graph(int number, int rows) {}

  /**
   * What an index consists of.
   *
   * @param dimension values of a vector
   * @param segments in the order of their rows
   * @param deleted number of the file of deleted rows; 0 when there is none
   * @param graph none or one
   * @param next the first number that no file has had yet
   */
  record Manifest(int dimension, List<Segment> segments, int deleted, List<Graph> graph, int next) {
    Manifest {
      segments = List.copyOf(segments);
      graph = List.copyOf(graph);
    }

    int rows() {
      return segments.stream().mapToInt(Segment::rows).sum();
    }
  }

  static Path manifest(Path folder) {
    return folder.resolve(MANIFEST);
  }

  static Path rows(Path folder, int number) {
    return folder.resolve("rows-%08d.f32".formatted(number));
  }

  static Path entries(Path folder, int number) {
    return folder.resolve("entries-%08d.jsonl".formatted(number));
  }

  static Path deleted(Path folder, int number) {
    return folder.resolve("deleted-%08d.bits".formatted(number));
  }

  static Path graph(Path folder, int number) {
    return folder.resolve("graph-%08d.hnsw".formatted(number));
  }

  static Path lock(Path folder) {
    return folder.resolve("writer.lock");
  }

  static void write(Path folder, Manifest manifest) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT).put("version", VERSION).put("dimension", manifest.dimension());
    ArrayNode segments = json.putArray("segments");
    manifest
        .segments()
        .forEach(s -> segments.addObject().put("number", s.number()).put("rows", s.rows()));
    if (manifest.deleted() > 0) {
      json.put("deleted", manifest.deleted());
    }
    manifest
        .graph()
        .forEach(g -> json.putObject("graph").put("number", g.number()).put("rows", g.rows()));
    json.put("next", manifest.next());
    AtomicFile.write(
        manifest(folder), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  static Manifest read(Path folder) throws IOException {
    Path path = manifest(folder);
    if (!Files.exists(path)) {
      throw new CsMoeException(
          "%s: found no %s, expected an index; IndexWriter.create makes one"
              .formatted(folder, MANIFEST));
    }
    if (Files.size(path) > MAX_MANIFEST_BYTES) {
      throw new CsMoeException(
          "%s: found %d bytes, expected at most %d"
              .formatted(path, Files.size(path), MAX_MANIFEST_BYTES));
    }
    try {
      return parse(JSON.readTree(Files.readAllBytes(path)));
    } catch (JsonProcessingException e) {
      throw new CsMoeException("%s: found no JSON: %s".formatted(path, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new CsMoeException("%s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static Manifest parse(JsonNode json) {
    if (!json.path("format").asText().equals(FORMAT)) {
      throw new IllegalArgumentException(
          "found format %s, expected \"%s\"".formatted(json.path("format"), FORMAT));
    }
    if (json.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException(
          "found version %s, expected %d; a newer release of this library may read it"
              .formatted(json.path("version"), VERSION));
    }
    int dimension = integer(json, "dimension", 1, MAX_DIMENSION);
    int next = integer(json, "next", 1, 99_999_999);
    List<Segment> segments = new ArrayList<>();
    long rows = 0;
    for (JsonNode segment : json.path("segments")) {
      segments.add(
          new Segment(
              integer(segment, "number", 1, next - 1),
              integer(segment, "rows", 1, Integer.MAX_VALUE)));
      rows += segments.get(segments.size() - 1).rows();
    }
    if (rows > Integer.MAX_VALUE || !json.path("segments").isArray()) {
      throw new IllegalArgumentException(
          "found %s with %d rows, expected segments of at most %d rows together"
              .formatted(json.path("segments").getNodeType(), rows, Integer.MAX_VALUE));
    }
    List<Graph> graph = new ArrayList<>();
    if (json.has("graph")) {
      JsonNode node = json.path("graph");
      graph.add(
          new Graph(integer(node, "number", 1, next - 1), integer(node, "rows", 1, (int) rows)));
    }
    int deleted = json.has("deleted") ? integer(json, "deleted", 1, next - 1) : 0;
    return new Manifest(dimension, segments, deleted, graph, next);
  }

  private static int integer(JsonNode json, String name, int least, int most) {
    JsonNode value = json.path(name);
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw new IllegalArgumentException(
          "found %s = %s, expected an integer in %d..%d"
              .formatted(name, value.isMissingNode() ? "nothing" : value, least, most));
    }
    return value.intValue();
  }

  /** Deletes files of ours that the manifest does not name; those in use elsewhere stay. */
  static void deleteUnused(Path folder, Manifest manifest) throws IOException {
    List<Path> used = new ArrayList<>();
    for (Segment segment : manifest.segments()) {
      used.add(rows(folder, segment.number()));
      used.add(entries(folder, segment.number()));
    }
    used.add(deleted(folder, manifest.deleted()));
    manifest.graph().forEach(g -> used.add(graph(folder, g.number())));
    List<Path> unused;
    try (var files = Files.list(folder)) {
      unused =
          files
              .filter(file -> NUMBERED.matcher(file.getFileName().toString()).matches())
              .filter(file -> !used.contains(file))
              .toList();
    }
    for (Path file : unused) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException ignored) {
        // Windows keeps mapped files; the next writer tries again.
      }
    }
  }
}
