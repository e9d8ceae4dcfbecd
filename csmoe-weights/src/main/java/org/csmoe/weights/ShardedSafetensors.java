package org.csmoe.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.csmoe.WeightFormatException;

/** Several safetensors files and the index that tells which tensor lies in which. */
final class ShardedSafetensors implements Checkpoint {
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
    JsonNode weightMap;
    try {
      weightMap = Json.MAPPER.readTree(json).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new WeightFormatException(
          "%s: found %s; expected a JSON index of shards"
              .formatted(index.name(), e.getOriginalMessage()),
          e);
    }
    if (!weightMap.isObject()) {
      throw index.malformed(
          "index", 0, "no object \"weight_map\"", "a JSON index of safetensors shards");
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
      if (!entry.getValue().isTextual()) {
        throw index.malformed(
            "index, tensor " + WeightFile.quote(entry.getKey()),
            0,
            "JSON " + entry.getValue().getNodeType(),
            "the name of a shard");
      }
      map.put(entry.getKey(), entry.getValue().asText());
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
    WeightFile file = WeightFile.open(resolve(path, index, shard));
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
