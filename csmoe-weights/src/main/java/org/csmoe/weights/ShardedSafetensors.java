package org.csmoe.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.csmoe.WeightFormatException;

/** Several safetensors files and the index that tells which tensor lies in which. */
final class ShardedSafetensors implements Checkpoint {
  private static final String WEIGHT_MAP = "weight_map";

  private final Path path;
  private final Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, SafetensorsFile> homes = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private ShardedSafetensors(Path path) {
    this.path = path;
  }

  /** Reads the index, closes it, and opens every shard. */
  static ShardedSafetensors open(Path path, WeightFile index) throws IOException {
    Map<String, String> weightMap = readIndex(index);
    index.close();
    ShardedSafetensors checkpoint = new ShardedSafetensors(path);
    try {
      checkpoint.openShards(index, weightMap);
      return checkpoint;
    } catch (IOException | RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private static Map<String, String> readIndex(WeightFile index) throws IOException {
    if (index.size() > SafetensorsHeader.MAX_LENGTH) {
      throw index.malformed(
          "index", 0, index.size() + " bytes", "at most " + SafetensorsHeader.MAX_LENGTH);
    }
    byte[] json = index.read(0, Math.toIntExact(index.size())).array();
    Json.requireUtf8(index, "index", 0, json);
    // Token by token: a tree of the nodes of hostile JSON is thirty times as large as its text.
    try (JsonParser parser = Json.FACTORY.createParser(json)) {
      Map<String, String> map = null;
      parser.nextToken(); // the brace that told the format
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        if (parser.nextToken() == JsonToken.START_OBJECT && field.equals(WEIGHT_MAP)) {
          map = readWeightMap(parser, index);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw index.malformed(
            "index",
            parser.currentTokenLocation().getByteOffset(),
            "text after the JSON object",
            "spaces only");
      }
      if (map != null) {
        return map;
      }
    } catch (JsonProcessingException e) {
      throw new WeightFormatException(
          "%s: found %s; expected a JSON index of shards"
              .formatted(index.name(), WeightFile.plain(e.getOriginalMessage())),
          e);
    }
    throw index.malformed(
        "index", 0, "no object \"weight_map\"", "a JSON index of safetensors shards");
  }

  private static Map<String, String> readWeightMap(JsonParser parser, WeightFile index)
      throws IOException {
    Map<String, String> map = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value != JsonToken.VALUE_STRING) {
        throw index.malformed(
            "index, tensor " + WeightFile.quote(name),
            parser.currentTokenLocation().getByteOffset(),
            "JSON " + value,
            "the name of a shard");
      }
      map.put(name, parser.getText());
    }
    return map;
  }

  private void openShards(WeightFile index, Map<String, String> weightMap) throws IOException {
    for (String shard : Map.copyOf(weightMap).values().stream().distinct().sorted().toList()) {
      SafetensorsFile opened = openShard(path, index, shard);
      shards.put(shard, opened);
      for (TensorInfo info : opened.tensors().values()) {
        if (!shard.equals(weightMap.get(info.name()))) {
          throw index.malformed(
              "index, tensor " + WeightFile.quote(info.name()),
              0,
              "it in shard " + WeightFile.quote(shard),
              weightMap.containsKey(info.name())
                  ? "it in shard " + WeightFile.quote(weightMap.get(info.name()))
                  : "an entry in weight_map");
        }
        tensors.put(info.name(), info);
        homes.put(info.name(), opened);
      }
      metadata.putAll(opened.metadata());
    }
    for (Map.Entry<String, String> entry : weightMap.entrySet()) {
      if (!tensors.containsKey(entry.getKey())) {
        throw index.malformed(
            "index, tensor " + WeightFile.quote(entry.getKey()),
            0,
            "no such tensor in shard " + WeightFile.quote(entry.getValue()),
            "every tensor of weight_map");
      }
    }
  }

  private static SafetensorsFile openShard(Path path, WeightFile index, String shard)
      throws IOException {
    Path resolved = resolve(path, index, shard);
    if (!Files.isRegularFile(resolved)) {
      throw index.malformed(
          "index",
          0,
          "no file for shard " + WeightFile.quote(shard),
          "every shard beside the index; was the download complete?");
    }
    WeightFile file = WeightFile.open(resolved);
    try {
      return SafetensorsFile.openOnly("shard", file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** A shard's name must stay in the folder of its index; symbolic links are the user's own. */
  private static Path resolve(Path path, WeightFile index, String shard) {
    Path folder = path.toAbsolutePath().normalize().getParent();
    if (folder != null && !shard.contains("\\") && !shard.isEmpty()) {
      try {
        Path resolved = folder.resolve(shard).normalize();
        if (resolved.startsWith(folder) && !Path.of(shard).isAbsolute()) {
          return resolved;
        }
      } catch (InvalidPathException e) {
        throw new WeightFormatException(
            "%s: found shard %s; expected a path".formatted(path, WeightFile.quote(shard)), e);
      }
    }
    throw index.malformed(
        "index", 0, "shard " + WeightFile.quote(shard), "a file in the folder of the index");
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  @Override
  public void read(String name, FloatBuffer destination) throws IOException {
    CheckpointFormat.find(homes, name, path.toString()).read(name, destination);
  }

  @Override
  public ByteBuffer bytes(String name) throws IOException {
    return CheckpointFormat.find(homes, name, path.toString()).bytes(name);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SafetensorsFile shard : shards.values()) {
      try {
        shard.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
