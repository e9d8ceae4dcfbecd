package org.csmoe.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.csmoe.retrieval.Hit;
import org.csmoe.retrieval.IndexEntry;
import org.csmoe.retrieval.RetrievalEvaluation;
import org.csmoe.retrieval.RetrievalGallery;
import org.csmoe.sensor.Sensor;

/** Prints hits and an evaluation, for people or as JSON. */
final class SearchReport {
  private final List<String> classes;
  private final PrintWriter out;

  SearchReport(List<String> classes, PrintWriter out) {
    this.classes = classes;
    this.out = out;
  }

  /** A sensor's name for people. */
  static String name(Sensor sensor) {
    return sensor == Sensor.SENTINEL1 ? "Sentinel-1" : "Sentinel-2";
  }

  void print(List<RetrievalGallery.Result> results, Optional<RetrievalEvaluation> evaluation) {
    for (RetrievalGallery.Result result : results) {
      IndexEntry query = result.query();
      out.println(line("query", query));
      int rank = 1;
      for (Hit hit : result.hits()) {
        out.println(
            line(String.format(Locale.ROOT, "%5d %.4f", rank++, hit.similarity()), hit.entry()));
      }
    }
    evaluation.ifPresent(this::print);
    out.flush();
  }

  private String line(String head, IndexEntry entry) {
    // Names of classes have commas.
    String labels = String.join("; ", labels(entry));
    return "%-12s %s %s%s"
        .formatted(
            head,
            entry.sensor().shortName(),
            entry.id(),
            labels.isEmpty() ? "" : "  [" + labels + "]");
  }

  private List<String> labels(IndexEntry entry) {
    return entry.labels().stream()
        .sorted()
        .map(label -> label < classes.size() ? classes.get(label) : "class " + label)
        .collect(Collectors.toList());
  }

  private void print(RetrievalEvaluation evaluation) {
    out.printf(
        Locale.ROOT,
        "%-10s %8s %8s  %-8s %9s %7s %7s %16s %12s%n",
        "direction",
        "queries",
        "archive",
        "k = " + evaluation.k(),
        "precision",
        "recall",
        "F1",
        "95 %",
        "mean pair F1");
    for (RetrievalEvaluation.Direction direction : evaluation.directions()) {
      print(
          "%s to %s".formatted(direction.query().shortName(), direction.archive().shortName()),
          Long.toString(direction.queries()),
          Long.toString(direction.archiveImages()),
          "found",
          direction.retrieved(),
          "(%.2f to %.2f)".formatted(100 * direction.f1().lower(), 100 * direction.f1().upper()));
      print("", "", "", "chance", direction.chance(), "");
    }
  }

  private void print(
      String direction,
      String queries,
      String archive,
      String row,
      RetrievalEvaluation.Scores scores,
      String interval) {
    out.printf(
        Locale.ROOT,
        "%-10s %8s %8s  %-8s %7.2f %% %5.2f %% %5.2f %% %16s %10.2f %%%n",
        direction,
        queries,
        archive,
        row,
        100 * scores.precision(),
        100 * scores.recall(),
        100 * scores.f1(),
        interval,
        100 * scores.meanPairF1());
  }

  void printJson(List<RetrievalGallery.Result> results, Optional<RetrievalEvaluation> evaluation)
      throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode document = mapper.createObjectNode();
    ArrayNode list = document.putArray("queries");
    for (RetrievalGallery.Result result : results) {
      ObjectNode query = put(list.addObject(), result.query());
      ArrayNode hits = query.putArray("hits");
      result
          .hits()
          .forEach(hit -> put(hits.addObject(), hit.entry()).put("similarity", hit.similarity()));
    }
    if (evaluation.isPresent()) {
      document.set("evaluation", mapper.readTree(evaluation.get().toJson()));
    }
    out.println(document.toPrettyString());
    out.flush();
  }

  private ObjectNode put(ObjectNode node, IndexEntry entry) {
    node.put("id", entry.id()).put("sensor", entry.sensor().shortName());
    labels(entry).forEach(node.putArray("labels")::add);
    node.set("metadata", new ObjectMapper().valueToTree(new TreeMap<>(entry.metadata())));
    return node;
  }
}
