package org.csmoe.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** One safetensors file. */
final class SafetensorsFile implements Checkpoint {
  private final WeightFile file;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final Map<String, String> metadata;

  private SafetensorsFile(WeightFile file, SafetensorsHeader header) {
    this.file = file;
    this.metadata = Collections.unmodifiableMap(header.metadata());
    for (SafetensorsHeader.Entry entry : header.entries()) {
      tensors.put(entry.info().name(), entry.info());
      offsets.put(entry.info().name(), entry.offset());
    }
  }

  /** Opens a file whose first eight bytes are known to be a possible length. */
  static SafetensorsFile open(WeightFile file) throws IOException {
    return new SafetensorsFile(file, SafetensorsHeader.read(file));
  }

  /** Opens a file that can only be safetensors; on failure the file stays open. */
  static SafetensorsFile openOnly(String what, WeightFile file) throws IOException {
    long headerLength = file.size() < Long.BYTES ? -1 : file.read(0, Long.BYTES).getLong(0);
    if (headerLength < 0 || headerLength > SafetensorsHeader.maxLength(file)) {
      throw file.malformed(
          what,
          0,
          "safetensors header length " + Long.toUnsignedString(headerLength),
          "at most " + Math.max(0, SafetensorsHeader.maxLength(file)));
    }
    return open(file);
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public void read(String name, FloatBuffer destination) throws IOException {
    TensorInfo info = CheckpointFormat.find(tensors, name, file.name());
    int count = CheckpointFormat.room(info, destination);
    long offset = CheckpointFormat.find(offsets, name, file.name());
    file.readFloats(info.dtype(), ByteOrder.LITTLE_ENDIAN, offset, count, destination);
  }

  @Override
  public ByteBuffer bytes(String name) throws IOException {
    int length = CheckpointFormat.mappable(CheckpointFormat.find(tensors, name, file.name()));
    long offset = CheckpointFormat.find(offsets, name, file.name());
    return file.map(ByteOrder.LITTLE_ENDIAN, offset, length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
