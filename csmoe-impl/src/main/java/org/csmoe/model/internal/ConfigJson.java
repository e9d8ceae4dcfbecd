package org.csmoe.model.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.DispatchInput;
import org.csmoe.FeedForward;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics;
import org.csmoe.sensor.BandStatistics.Moments;
import org.csmoe.sensor.Sensor;

/** Configurations as JSON objects. Every field is required, and no other is allowed. */
final class ConfigJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ConfigJson() {}

  static String write(CsMoeConfig config) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("imageSize", config.imageSize());
    json.put("patchSize", config.patchSize());
    json.put("width", config.width());
    json.put("heads", config.heads());
    json.put("sensorLayers", config.sensorLayers());
    json.put("sharedLayers", config.sharedLayers());
    json.put("feedForward", config.feedForward().name());
    json.put("experts", config.experts());
    if (config.slots() instanceof Slots.Fixed fixed) {
      json.put("slots", fixed.perExpert());
    } else {
      json.put("slots", "DYNAMIC");
    }
    json.put("routingNorm", config.routingNorm().name());
    json.put("dispatchInput", config.dispatchInput().name());
    json.put("dispatchTemperature", config.dispatchTemperature());
    ObjectNode bands = json.putObject("bands");
    config
        .bands()
        .forEach(
            (sensor, list) -> {
              ArrayNode names = bands.putArray(sensor.name());
              list.forEach(band -> names.add(band.name()));
            });
    ObjectNode statistics = json.putObject("statistics");
    statistics.put("name", config.statistics().name());
    ObjectNode values = statistics.putObject("values");
    config
        .statistics()
        .values()
        .forEach(
            (band, moments) ->
                values.putArray(band.name()).add(moments.mean()).add(moments.standardDeviation()));
    json.put("projection", config.projection());
    json.put("poolNorm", config.poolNorm());
    json.put("seed", config.seed());
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new CsMoeException("cannot write a configuration as JSON", e);
    }
  }

  static CsMoeConfig read(String text) {
    try {
      Fields json = new Fields(MAPPER.readTree(text));
      CsMoeConfig config =
          new CsMoeConfig(
              json.integer("imageSize"),
              json.integer("patchSize"),
              json.integer("width"),
              json.integer("heads"),
              json.integer("sensorLayers"),
              json.integer("sharedLayers"),
              json.constant(FeedForward.class, "feedForward"),
              json.integer("experts"),
              slots(json.field("slots")),
              json.constant(RoutingNorm.class, "routingNorm"),
              json.constant(DispatchInput.class, "dispatchInput"),
              json.field("dispatchTemperature").asDouble(Double.NaN),
              bands(json.field("bands")),
              statistics(json.field("statistics")),
              json.integer("projection"),
              json.flag("poolNorm"),
              json.field("seed").asLong());
      json.requireAllUsed();
      return config;
    } catch (JsonProcessingException e) {
      throw new CsMoeException(
          "configuration is not JSON: line %d, column %d: %s"
              .formatted(
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr(),
                  e.getOriginalMessage()),
          e);
    }
  }

  private static Slots slots(JsonNode node) {
    if (node.isTextual() && node.asText().equals("DYNAMIC")) {
      return Slots.dynamic();
    }
    if (node.canConvertToInt() && node.isIntegralNumber()) {
      return Slots.fixed(node.asInt());
    }
    throw new CsMoeException(
        "configuration field slots must be \"DYNAMIC\" or a number but was " + node);
  }

  private static Map<Sensor, List<Band>> bands(JsonNode node) {
    Map<Sensor, List<Band>> bands = new EnumMap<>(Sensor.class);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      List<Band> list = new ArrayList<>();
      entry.getValue().forEach(name -> list.add(constant(Band.class, "bands", name.asText())));
      bands.put(constant(Sensor.class, "bands", entry.getKey()), list);
    }
    return bands;
  }

  private static BandStatistics statistics(JsonNode node) {
    Map<Band, Moments> values = new EnumMap<>(Band.class);
    for (Map.Entry<String, JsonNode> entry : node.path("values").properties()) {
      JsonNode pair = entry.getValue();
      values.put(
          constant(Band.class, "statistics", entry.getKey()),
          new Moments(pair.path(0).asDouble(Double.NaN), pair.path(1).asDouble(Double.NaN)));
    }
    return new BandStatistics(node.path("name").asText(), values);
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String field, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw new CsMoeException(
        "configuration field %s must be one of %s but was \"%s\""
            .formatted(field, List.of(type.getEnumConstants()), name));
  }

  /** Fields of an object; remembers which were asked for. */
  private static final class Fields {
    private final JsonNode object;
    private final Set<String> used = new HashSet<>();

    Fields(JsonNode object) {
      if (!object.isObject()) {
        throw new CsMoeException(
            "configuration must be a JSON object but was " + object.getNodeType());
      }
      this.object = object;
    }

    JsonNode field(String name) {
      used.add(name);
      JsonNode node = object.get(name);
      if (node == null) {
        throw new CsMoeException("configuration has no field " + name);
      }
      return node;
    }

    int integer(String name) {
      JsonNode node = field(name);
      if (!node.isIntegralNumber() || !node.canConvertToInt()) {
        throw new CsMoeException(
            "configuration field %s must be an integer but was %s".formatted(name, node));
      }
      return node.asInt();
    }

    boolean flag(String name) {
      JsonNode node = field(name);
      if (!node.isBoolean()) {
        throw new CsMoeException(
            "configuration field %s must be true or false but was %s".formatted(name, node));
      }
      return node.asBoolean();
    }

    <E extends Enum<E>> E constant(Class<E> type, String name) {
      return ConfigJson.constant(type, name, field(name).asText());
    }

    void requireAllUsed() {
      Iterator<String> names = object.fieldNames();
      while (names.hasNext()) {
        String name = names.next();
        if (!used.contains(name)) {
          throw new CsMoeException(
              "configuration has an unknown field %s; known are %s".formatted(name, used));
        }
      }
    }
  }
}
