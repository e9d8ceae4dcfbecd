package org.csmoe.sampling.patches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Where a patch comes from and where it is kept.
 *
 * @param id cell, row and column, such as {@code 199U_1099R_0_7}; unique among the shards
 * @param split what it is for
 * @param shard number of the shard file, from 0
 * @param position place in the shard's tensors, from 0
 * @param cell of the Major TOM grid
 * @param row of the tile's patches, from 0 at the top
 * @param column of the tile's patches, from 0 at the left
 * @param s2Product the Sentinel-2 product, when there is one
 * @param s1Product the Sentinel-1 product, when there is one
 * @param epsg code of the WGS 84 UTM zone
 * @param x of the outer corner of the top-left pixel, metres; pixels are 10 m and north-up
 * @param y of the outer corner of the top-left pixel, metres
 * @param longitude of the centre, degrees
 * @param latitude of the centre, degrees
 */
public record Patch(
    String id,
    Split split,
    int shard,
    int position,
    String cell,
    int row,
    int column,
    Optional<String> s2Product,
    Optional<String> s1Product,
    int epsg,
    double x,
    double y,
    double longitude,
    double latitude) {

  static final ObjectMapper JSON = new ObjectMapper();

  ObjectNode toJson() {
    ObjectNode node =
        JSON.createObjectNode()
            .put("id", id)
            .put("split", split.id())
            .put("shard", shard)
            .put("position", position)
            .put("cell", cell)
            .put("row", row)
            .put("column", column);
    s2Product.ifPresent(product -> node.put("s2", product));
    s1Product.ifPresent(product -> node.put("s1", product));
    return node.put("epsg", epsg)
        .put("x", x)
        .put("y", y)
        .put("longitude", longitude)
        .put("latitude", latitude);
  }

  /** Fails with IllegalArgumentException when a field is missing or of another type. */
  static Patch fromJson(JsonNode node) {
    String split = node.required("split").asText();
    if (!split.equals(Split.TRAIN.id()) && !split.equals(Split.VALIDATION.id())) {
      throw new IllegalArgumentException("split must be train or validation but was " + split);
    }
    return new Patch(
        node.required("id").asText(),
        split.equals(Split.TRAIN.id()) ? Split.TRAIN : Split.VALIDATION,
        node.required("shard").asInt(-1),
        node.required("position").asInt(-1),
        node.required("cell").asText(),
        node.required("row").asInt(-1),
        node.required("column").asInt(-1),
        Optional.ofNullable(node.get("s2")).map(JsonNode::asText),
        Optional.ofNullable(node.get("s1")).map(JsonNode::asText),
        node.required("epsg").asInt(-1),
        node.required("x").asDouble(Double.NaN),
        node.required("y").asDouble(Double.NaN),
        node.required("longitude").asDouble(Double.NaN),
        node.required("latitude").asDouble(Double.NaN));
  }
}
