package org.csmoe.sampling.patches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of cutting an archive.
 *
 * @param tiles how many tiles, or pairs of tiles, were cut
 * @param tilesDropped how many were not, by reason
 * @param train patches for training
 * @param validation patches for validation
 * @param patchesDropped squares of the cut tiles that became no patch, by reason
 * @param shards files written
 */
public record PatchSummary(
    long tiles,
    Map<String, Long> tilesDropped,
    long train,
    long validation,
    Map<String, Long> patchesDropped,
    int shards) {

  /** Copies the maps; reasons are in the order of their characters. */
  public PatchSummary {
    tilesDropped = Collections.unmodifiableMap(new TreeMap<>(tilesDropped));
    patchesDropped = Collections.unmodifiableMap(new TreeMap<>(patchesDropped));
  }

  /**
   * How many patches were kept.
   *
   * @return train and validation together
   */
  public long patches() {
    return train + validation;
  }

  /**
   * The summary as JSON.
   *
   * @return an object with a field for each component and {@code patches}
   */
  public ObjectNode toJson() {
    ObjectNode node =
        Patch.JSON
            .createObjectNode()
            .put("tiles", tiles)
            .put("patches", patches())
            .put("train", train)
            .put("validation", validation)
            .put("shards", shards);
    tilesDropped.forEach(node.putObject("tilesDropped")::put);
    patchesDropped.forEach(node.putObject("patchesDropped")::put);
    return node;
  }

  /** Fails with IllegalArgumentException when a field is missing. */
  static PatchSummary fromJson(JsonNode node) {
    return new PatchSummary(
        node.required("tiles").asLong(),
        counts(node.required("tilesDropped")),
        node.required("train").asLong(),
        node.required("validation").asLong(),
        counts(node.required("patchesDropped")),
        node.required("shards").asInt());
  }

  private static Map<String, Long> counts(JsonNode node) {
    Map<String, Long> counts = new TreeMap<>();
    node.properties().forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
    return counts;
  }
}
