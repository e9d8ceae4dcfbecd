package org.csmoe.probing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.csmoe.data.Target;

/** The cases of probes.json, which make_golden.py wrote. */
final class Golden {
  private Golden() {}

  static Stream<JsonNode> cases(String kind) {
    try {
      JsonNode all =
          new ObjectMapper().readTree(Path.of("src/test/resources/probes.json").toFile());
      return StreamSupport.stream(requireNonNull(all.get(kind)).spliterator(), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Labelling labelling(JsonNode node) {
    return node.get("multi").asBoolean() ? Labelling.MULTI : Labelling.SINGLE;
  }

  static FeatureMatrix matrix(JsonNode node, String features) {
    JsonNode rows = node.get(features);
    int dimensions = rows.get(0).size();
    float[] values = new float[rows.size() * dimensions];
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < dimensions; j++) {
        values[i * dimensions + j] = (float) rows.get(i).get(j).asDouble();
      }
      JsonNode labels = node.get("labels");
      targets.add(i < labels.size() ? target(labels.get(i)) : Target.none());
    }
    List<String> ids = IntStream.range(0, rows.size()).mapToObj(i -> "sample " + i).toList();
    List<String> classes =
        IntStream.range(0, node.get("classes").asInt()).mapToObj(i -> "class " + i).toList();
    return FeatureMatrix.of(values, ids, targets, classes);
  }

  private static Target target(JsonNode labels) {
    return labels.isArray()
        ? Target.classes(
            IntStream.range(0, labels.size()).filter(k -> labels.get(k).asInt() == 1).toArray())
        : Target.classes(labels.asInt());
  }

  /** Numbers of any nesting, in their order. */
  static double[] numbers(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false)
            .flatMapToDouble(child -> Arrays.stream(numbers(child)))
            .toArray()
        : new double[] {node.asDouble()};
  }

  static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
