package org.csmoe.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.features.Pooling;
import org.csmoe.sampling.Provenance;
import org.csmoe.sensor.Sensor;
import org.jspecify.annotations.Nullable;

/**
 * Where the vectors of an index come from, kept in {@code provenance.json} in its folder. Vectors
 * of two models cannot be compared, and nothing in them tells; this does.
 *
 * @param model what makes the model, as names and values; see {@link #modelOf}
 * @param pooling how tokens became vectors
 * @param cut pixels of a square that images were cut into, if they were
 * @param stride pixels from square to square
 * @param onlySensor the sensor that data sets were opened with, or both
 * @param classes names of labels by index; empty while no data set had any
 * @param data how many samples each folder had, by its {@link DataOptions.Folder#name}
 */
record IndexRecord(
    Map<String, String> model,
    Pooling pooling,
    Optional<Integer> cut,
    Optional<Integer> stride,
    Optional<Sensor> onlySensor,
    List<String> classes,
    Map<String, Integer> data) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "provenance.json";
  private static final long MAX_BYTES = 1 << 24;

  /** Copies, and keeps the order. */
  IndexRecord {
    model = Collections.unmodifiableMap(new LinkedHashMap<>(model));
    classes = List.copyOf(classes);
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
  }

  /**
   * What makes a model: the SHA-256 of its weights, or their seed, and each value of its
   * configuration.
   */
  static Map<String, String> modelOf(ModelOptions options) throws IOException {
    Map<String, String> model = new LinkedHashMap<>();
    model.put(
        "weights",
        options.file().isPresent()
            ? weightsHash(options.file().get())
            : "untrained with seed " + options.seed);
    options.rename.ifPresent(file -> model.put("rename", hash(file)));
    // The seed draws untrained weights alone, which are named above.
    CsMoeConfig config = options.config().toBuilder().seed(0).buildConfig();
    JSON.readTree(config.toJson())
        .properties()
        .forEach(field -> model.put("configuration " + field.getKey(), text(field.getValue())));
    return model;
  }

  private static String text(JsonNode value) {
    return value.isValueNode() ? value.asText() : value.toString();
  }

  /** The hash of a file; of a list of shards, the hashes of the list and of all of them. */
  private static String weightsHash(Path file) throws IOException {
    String hash = hash(file);
    if (!file.toString().endsWith(".json")) {
      return hash;
    }
    TreeSet<String> shards = new TreeSet<>();
    JSON.readTree(file.toFile()).path("weight_map").forEach(shard -> shards.add(shard.asText()));
    List<String> hashes = new ArrayList<>(List.of(hash));
    shards.forEach(shard -> hashes.add(hash(file.resolveSibling(shard))));
    return String.join(" ", hashes);
  }

  private static String hash(Path file) {
    return "sha256 "
        + new Provenance("index", Clock.systemUTC())
            .input("file", file)
            .toJson()
            .at("/inputs/file/sha256")
            .asText();
  }

  /** Whether a folder holds the record of an index. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /**
   * Reads the record of an index.
   *
   * @throws CsMoeException when there is none or it is malformed
   */
  static IndexRecord read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new CsMoeException(
          "%s: found no %s, expected an index that csmoe index made".formatted(folder, FILE));
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new CsMoeException(
          "%s: found %d bytes, expected at most %d".formatted(file, Files.size(file), MAX_BYTES));
    }
    try {
      JsonNode parameters = JSON.readTree(file.toFile()).path("parameters");
      Map<String, String> model = new LinkedHashMap<>();
      required(parameters, "model")
          .properties()
          .forEach(field -> model.put(field.getKey(), field.getValue().asText()));
      List<String> classes = new ArrayList<>();
      required(parameters, "classes").forEach(name -> classes.add(name.asText()));
      Map<String, Integer> data = new LinkedHashMap<>();
      required(parameters, "data")
          .properties()
          .forEach(field -> data.put(field.getKey(), field.getValue().asInt()));
      return new IndexRecord(
          model,
          Pooling.valueOf(required(parameters, "pooling").asText()),
          number(parameters, "cut"),
          number(parameters, "stride"),
          Optional.ofNullable(parameters.get("onlySensor")).map(s -> Sensor.valueOf(s.asText())),
          classes,
          data);
    } catch (IOException | IllegalArgumentException e) {
      throw new CsMoeException(
          "%s: found %s, expected what csmoe index wrote".formatted(file, e.getMessage()), e);
    }
  }

  private static JsonNode required(JsonNode parameters, String name) {
    JsonNode value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no parameters/" + name);
    }
    return value;
  }

  private static Optional<Integer> number(JsonNode parameters, String name) {
    return Optional.ofNullable(parameters.get(name)).map(JsonNode::asInt);
  }

  /** Writes the record into the folder of an index, with the names of the weights for people. */
  void write(Path folder, ModelOptions options) {
    Provenance provenance = new Provenance("index", Clock.systemUTC());
    provenance.parameter("weights", options.source());
    provenance
        .parameter("model", model)
        .parameter("pooling", pooling.name())
        .parameter("classes", classes)
        .parameter("data", data);
    cut.ifPresent(pixels -> provenance.parameter("cut", pixels));
    stride.ifPresent(pixels -> provenance.parameter("stride", pixels));
    onlySensor.ifPresent(sensor -> provenance.parameter("onlySensor", sensor.name()));
    provenance.write(folder.resolve(FILE));
  }

  /**
   * Checks that a model is the one of this index.
   *
   * @throws CsMoeException when it is another; the message has what differs
   */
  void requireModel(Path folder, Map<String, String> other) {
    TreeSet<String> names = new TreeSet<>(model.keySet());
    names.addAll(other.keySet());
    // The weights differ most often, and say most.
    requireSame(folder, "weights", other.get("weights"), model.get("weights"));
    names.forEach(name -> requireSame(folder, name, other.get(name), model.get(name)));
  }

  /**
   * This record with the data of a further run.
   *
   * @throws CsMoeException when the run has another model, pooling, way of cutting or other
   *     classes, or one of the folders has changed
   */
  IndexRecord with(Path folder, IndexRecord run) {
    requireModel(folder, run.model);
    requireSame(folder, "pooling", run.pooling, pooling);
    requireSame(folder, "cut", text(run.cut), text(cut));
    requireSame(folder, "stride", text(run.stride), text(stride));
    requireSame(folder, "sensor", run.sensorName(), sensorName());
    Map<String, Integer> all = new LinkedHashMap<>(data);
    run.data.forEach(
        (name, samples) -> {
          Integer before = all.put(name, samples);
          if (before != null) {
            requireSame(folder, "samples of " + name, samples, before);
          }
        });
    return withData(joined(folder.toString(), run.classes), all);
  }

  /** The same with other classes and data. */
  IndexRecord withData(List<String> other, Map<String, Integer> samples) {
    return new IndexRecord(model, pooling, cut, stride, onlySensor, other, samples);
  }

  /**
   * The classes that data sets share; those without any go with all.
   *
   * @throws CsMoeException when they differ
   */
  List<String> joined(String place, List<String> other) {
    if (!classes.isEmpty() && !other.isEmpty() && !classes.equals(other)) {
      throw new CsMoeException(
          "%s: found classes %s, expected %s; labels of an index are of one list"
              .formatted(place, other, classes));
    }
    return classes.isEmpty() ? other : classes;
  }

  private String sensorName() {
    return onlySensor.map(Sensor::shortName).orElse("both");
  }

  private static String text(Optional<Integer> pixels) {
    return pixels.map(String::valueOf).orElse("none");
  }

  private static void requireSame(
      Path folder, String what, @Nullable Object found, @Nullable Object expected) {
    if (!Objects.equals(found, expected)) {
      throw new CsMoeException(
          "%s: found %s = %s, expected %s, which the index was made with"
              .formatted(folder, what, found, expected));
    }
  }
}
