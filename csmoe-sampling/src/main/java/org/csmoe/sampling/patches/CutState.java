package org.csmoe.sampling.patches;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.Rejections;

/**
 * How far the cutting has come, as every shard carries it: what a new run needs to go on behind the
 * shard as if nothing had happened.
 */
final class CutState {
  private long passed;
  private int positions;
  private String tile = "";
  private long tilesCut;
  private long train;
  private long validation;
  private final Rejections tiles = new Rejections();
  private final Rejections patches = new Rejections();

  /** How many tiles of the archive are done with, cut or not. */
  long passed() {
    return passed;
  }

  /** How many squares of the next tile are done with. */
  int positions() {
    return positions;
  }

  /** Cell and product of the tile last worked on. */
  String tile() {
    return tile;
  }

  static String name(Tile tile) {
    return tile.cell() + "/" + tile.product();
  }

  void begin(Tile next) {
    tile = name(next);
  }

  void kept(Split split) {
    positions++;
    if (split == Split.TRAIN) {
      train++;
    } else {
      validation++;
    }
  }

  void dropped(PatchOutcome outcome, String id) {
    positions++;
    patches.add(outcome.reason(), id);
  }

  void finishTile() {
    tilesCut++;
    passed++;
    positions = 0;
  }

  void rejectTile(String reason, String detail) {
    tiles.add(reason, detail);
    passed++;
  }

  /** Counts a cell of which the archive has no tile. */
  void missing(String reason, String cell) {
    tiles.add(reason, cell);
  }

  Rejections tilesDropped() {
    return tiles;
  }

  Rejections patchesDropped() {
    return patches;
  }

  PatchSummary summary(int shards) {
    return new PatchSummary(tilesCut, tiles.counts(), train, validation, patches.counts(), shards);
  }

  ObjectNode toJson() {
    ObjectNode node =
        Patch.JSON
            .createObjectNode()
            .put("passed", passed)
            .put("positions", positions)
            .put("tile", tile)
            .put("tilesCut", tilesCut)
            .put("train", train)
            .put("validation", validation);
    write(tiles, node.putObject("tilesDropped"));
    write(patches, node.putObject("patchesDropped"));
    return node;
  }

  /** Fails with CsMoeException when the text is no state. */
  static CutState parse(String where, String text) {
    try {
      JsonNode node = Patch.JSON.readTree(text);
      CutState state = new CutState();
      state.passed = node.required("passed").asLong();
      state.positions = node.required("positions").asInt();
      state.tile = node.required("tile").asText();
      state.tilesCut = node.required("tilesCut").asLong();
      state.train = node.required("train").asLong();
      state.validation = node.required("validation").asLong();
      read(node.required("tilesDropped"), state.tiles);
      read(node.required("patchesDropped"), state.patches);
      return state;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CsMoeException(
          where + ": found no state to go on from, expected a shard of this version: " + e, e);
    }
  }

  private static void write(Rejections rejections, ObjectNode target) {
    rejections
        .counts()
        .forEach(
            (reason, count) -> {
              ObjectNode entry = target.putObject(reason).put("count", count);
              rejections.examples(reason).forEach(entry.putArray("examples")::add);
            });
  }

  private static void read(JsonNode source, Rejections target) {
    source
        .properties()
        .forEach(
            entry -> {
              List<String> examples = new ArrayList<>();
              entry.getValue().required("examples").forEach(text -> examples.add(text.asText()));
              target.add(entry.getKey(), entry.getValue().required("count").asLong(), examples);
            });
  }
}
