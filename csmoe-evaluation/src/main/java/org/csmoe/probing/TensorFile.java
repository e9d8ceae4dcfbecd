package org.csmoe.probing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.DType;
import org.csmoe.weights.TensorInfo;

/**
 * A safetensors file of this package: tensors of known names and types, with a format and settings
 * in the metadata. Whatever does not fit is a {@link CsMoeException}. Not safe for use by several
 * threads.
 */
final class TensorFile implements Closeable {
  static final String LABELLING = "labelling";

  private static final String FORMAT_KEY = "format";
  private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Checkpoint checkpoint;

  private TensorFile(Path path, Checkpoint checkpoint) {
    this.path = path;
    this.checkpoint = checkpoint;
  }

  static TensorFile open(Path path, String format) throws IOException {
    TensorFile file = open(path);
    if (!file.format().equals(format)) {
      file.close();
      throw file.malformed("format", "\"" + file.format() + "\"", "\"" + format + "\"");
    }
    return file;
  }

  static TensorFile open(Path path) throws IOException {
    return new TensorFile(path, Checkpoint.open(path));
  }

  /** What the file is; empty when it does not tell. */
  String format() {
    return checkpoint.metadata().getOrDefault(FORMAT_KEY, "");
  }

  String setting(String key) {
    String value = checkpoint.metadata().get(key);
    if (value == null) {
      throw malformed("metadata", "no \"" + key + "\"", "one");
    }
    return value;
  }

  Labelling labelling() {
    String found = setting(LABELLING);
    for (Labelling labelling : Labelling.values()) {
      if (labelling.name().toLowerCase(Locale.ROOT).equals(found)) {
        return labelling;
      }
    }
    throw malformed("metadata \"" + LABELLING + "\"", "\"" + found + "\"", "single or multi");
  }

  List<String> strings(String key) {
    return strings(key, setting(key));
  }

  private List<String> strings(String what, String json) {
    try {
      String[] strings = JSON.readValue(json, String[].class);
      return List.of(strings);
    } catch (JsonProcessingException | NullPointerException e) {
      throw new CsMoeException(
          "%s: found no JSON array of strings in %s, expected one; write the file again"
              .formatted(path, what),
          e);
    }
  }

  List<String> stringTensor(String name) throws IOException {
    find(name, DType.U8, 1);
    return strings(name, StandardCharsets.UTF_8.decode(checkpoint.bytes(name)).toString());
  }

  float[] floats(String name, int rank) throws IOException {
    FloatBuffer values = FloatBuffer.allocate((int) find(name, DType.F32, rank).elementCount());
    checkpoint.read(name, values);
    for (float value : values.array()) {
      if (!Float.isFinite(value)) {
        throw malformed("tensor \"" + name + "\"", "the value " + value, "finite numbers");
      }
    }
    return values.array();
  }

  int[] ints(String name) throws IOException {
    int[] values = new int[(int) find(name, DType.I32, 1).elementCount()];
    checkpoint.bytes(name).asIntBuffer().get(values);
    return values;
  }

  List<Long> shape(String name, DType type, int rank) {
    return find(name, type, rank).shape();
  }

  private TensorInfo find(String name, DType type, int rank) {
    TensorInfo info = checkpoint.tensors().get(name);
    if (info == null) {
      throw malformed("tensors", checkpoint.tensors().keySet().toString(), "\"" + name + "\"");
    }
    // The container has checked that the file holds this many bytes.
    if (info.dtype() != type || info.shape().size() != rank || info.elementCount() > MAX_ELEMENTS) {
      throw malformed(
          "tensor \"" + name + "\"",
          info.dtype() + " " + info.shape(),
          "%s of %d axes with fewer than 2^31 - 8 elements".formatted(type, rank));
    }
    return info;
  }

  CsMoeException malformed(String where, String found, String expected) {
    return new CsMoeException(
        "%s, %s: found %s, expected %s; write the file again with this version"
            .formatted(path, where, found, expected));
  }

  @Override
  public void close() throws IOException {
    checkpoint.close();
  }

  /** The metadata of a file to write. */
  static Map<String, String> metadata(
      String format, Map<String, String> settings, Map<String, String> provenance) {
    Map<String, String> metadata = new LinkedHashMap<>(Map.of(FORMAT_KEY, format));
    metadata.putAll(settings);
    metadata.put("provenance", json(provenance));
    return metadata;
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings in lists and maps are always JSON", e);
    }
  }
}
