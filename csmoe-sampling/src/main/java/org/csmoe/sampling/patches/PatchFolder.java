package org.csmoe.sampling.patches;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.io.FolderLock;
import org.csmoe.sampling.Provenance;
import org.csmoe.weights.Checkpoint;

/**
 * The output folder while it is written. Every file in it appears whole or not at all: first the
 * settings, then shard after shard, then the index, and last the provenance, which says that all is
 * done. A shard carries the descriptions of its patches and the state of the work behind it, so
 * that one file alone decides what is done.
 */
final class PatchFolder implements AutoCloseable {
  static final String SETTINGS = "settings.json";
  static final String INDEX = "index.jsonl";
  static final String PROVENANCE = "provenance.json";

  private static final Pattern SHARD = Pattern.compile("shard-\\d{5,9}\\.safetensors");
  private static final Pattern TEMPORARY =
      Pattern.compile(
          "\\.(shard-\\d{5,9}\\.safetensors|settings\\.json|index\\.jsonl|provenance\\.json)"
              + "\\.[0-9a-f-]{36}\\.(tmp|part)");

  private final Path folder;
  private final FolderLock lock;
  private int shards;

  private PatchFolder(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Opens a new folder, or one begun with the same settings. */
  static PatchFolder open(Path path, ObjectNode settings) throws IOException {
    Files.createDirectories(path);
    requireOwn(path);
    PatchFolder folder = new PatchFolder(path, FolderLock.take(path));
    try {
      folder.prepare(settings);
      return folder;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  static String shardName(int shard) {
    return "shard-%05d.safetensors".formatted(shard);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void requireOwn(Path folder) throws IOException {
    List<String> names = names(folder);
    Optional<String> foreign =
        names.stream()
            .filter(name -> !name.equals(FolderLock.NAME) && !TEMPORARY.matcher(name).matches())
            .findFirst();
    if (foreign.isPresent() && !names.contains(SETTINGS)) {
      throw new CsMoeException(
          "%s: found %s but no %s, expected an empty folder or one that patches were cut into; name another folder"
              .formatted(folder, foreign.get(), SETTINGS));
    }
  }

  private void prepare(ObjectNode settings) throws IOException {
    for (String name : names(folder)) {
      if (TEMPORARY.matcher(name).matches()) {
        Files.delete(folder.resolve(name));
      }
    }
    Path file = folder.resolve(SETTINGS);
    if (Files.exists(file)) {
      requireSame(file, settings);
    } else {
      AtomicFile.write(file, settings.toPrettyString() + "\n");
    }
    List<String> found = names(folder).stream().filter(n -> SHARD.matcher(n).matches()).toList();
    shards = found.size();
    for (int shard = 0; shard < shards; shard++) {
      if (!found.contains(shardName(shard))) {
        throw new CsMoeException(
            "%s: found %d shards without %s, expected all from 0 on; begin anew in an empty folder"
                .formatted(folder, shards, shardName(shard)));
      }
    }
  }

  private static void requireSame(Path file, ObjectNode settings) throws IOException {
    JsonNode before = readJson(file);
    JsonNode now = Patch.JSON.readTree(settings.toString());
    TreeSet<String> keys = new TreeSet<>();
    before.fieldNames().forEachRemaining(keys::add);
    now.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) {
      JsonNode was = before.path(key);
      if (!was.equals(now.path(key))) {
        throw new CsMoeException(
            "%s: found %s = %s, expected %s as now asked for; to go on repeat the settings of the first run, otherwise use another folder"
                .formatted(file, key, was.isMissingNode() ? "nothing" : was, now.path(key)));
      }
    }
  }

  static JsonNode readJson(Path file) throws IOException {
    try {
      return Patch.JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new CsMoeException(file + ": found no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** How many shards there are. */
  int shards() {
    return shards;
  }

  /** What a finished run had to tell; empty when the work is not done. */
  Optional<PatchSummary> finished() throws IOException {
    Path file = folder.resolve(PROVENANCE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(PatchSummary.fromJson(readJson(file).at("/parameters/result")));
    } catch (IllegalArgumentException e) {
      throw new CsMoeException(file + ": found no result of cutting patches: " + e, e);
    }
  }

  /** How far the work had come, and how many patches the last shard has; empty at the start. */
  Optional<Resumed> resumed() throws IOException {
    if (shards == 0) {
      return Optional.empty();
    }
    Path last = folder.resolve(shardName(shards - 1));
    try (Checkpoint shard = Checkpoint.open(last)) {
      String state = metadata(last, shard, "state");
      int patches = Patch.JSON.readTree(metadata(last, shard, "patches")).size();
      return Optional.of(new Resumed(CutState.parse(last.toString(), state), patches));
    }
  }

  /** Where an interrupted run stopped. */
  record Resumed(CutState state, int patchesInLastShard) {}

  private static String metadata(Path path, Checkpoint shard, String key) {
    String value = shard.metadata().get(key);
    if (value == null || !ShardBuffer.FORMAT.equals(shard.metadata().get("format"))) {
      throw new CsMoeException(
          "%s: found a shard without %s, expected one of format %s"
              .formatted(path, key, ShardBuffer.FORMAT));
    }
    return value;
  }

  void commit(ShardBuffer buffer, CutState state) throws IOException {
    buffer.commit(folder.resolve(shardName(shards)), state);
    shards++;
  }

  /** Gathers the index from the shards, then writes the provenance. */
  void finish(Provenance provenance) throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve(INDEX));
        BufferedWriter writer = file.writer()) {
      for (int i = 0; i < shards; i++) {
        Path path = folder.resolve(shardName(i));
        try (Checkpoint shard = Checkpoint.open(path)) {
          for (JsonNode patch : Patch.JSON.readTree(metadata(path, shard, "patches"))) {
            writer.write(patch.toString());
            writer.write('\n');
          }
        }
      }
      writer.flush();
      file.commit();
    }
    provenance.write(folder.resolve(PROVENANCE));
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be closed", e);
    }
  }
}
