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

  static SafetensorsFile open(WeightFile file) throws IOException {
    return new SafetensorsFile(file, SafetensorsHeader.read(file));
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
    TensorInfo info = CheckpointFormat.find(tensors, name, file.path());
    int count = CheckpointFormat.room(info, destination);
    long offset = CheckpointFormat.find(offsets, name, file.path());
    file.readFloats(info.dtype(), ByteOrder.LITTLE_ENDIAN, offset, count, destination);
  }

  @Override
  public ByteBuffer bytes(String name) throws IOException {
    int length = CheckpointFormat.mappable(CheckpointFormat.find(tensors, name, file.path()));
    long offset = CheckpointFormat.find(offsets, name, file.path());
    return file.map(ByteOrder.LITTLE_ENDIAN, offset, length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
