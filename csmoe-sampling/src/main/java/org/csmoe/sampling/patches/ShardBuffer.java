package org.csmoe.sampling.patches;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.weights.DType;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;

/** The patches of the next shard, in memory until it is full. Used again for every shard. */
final class ShardBuffer {
  static final String FORMAT = "csmoe-patches 1";

  private final Map<Sensor, List<Band>> bands;
  private final int patch;
  private final int capacity;
  private final Map<Sensor, ByteBuffer> buffers = new EnumMap<>(Sensor.class);
  private final ArrayNode patches = Patch.JSON.createArrayNode();

  ShardBuffer(Map<Sensor, List<Band>> bands, int patch, int capacity) {
    this.bands = bands;
    this.patch = patch;
    this.capacity = capacity;
    bands.forEach(
        (sensor, list) -> {
          int bytes = Math.toIntExact(capacity * bytesPerPatch(sensor, list.size(), patch));
          buffers.put(sensor, ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN));
        });
  }

  /** Sentinel-2 is kept as the digital numbers it is, Sentinel-1 as float32 decibels. */
  static DType type(Sensor sensor) {
    return sensor == Sensor.SENTINEL2 ? DType.U16 : DType.F32;
  }

  static long bytesPerPatch(Sensor sensor, int bands, int patch) {
    return (long) type(sensor).bytes() * bands * patch * patch;
  }

  int size() {
    return patches.size();
  }

  boolean isFull() {
    return size() == capacity;
  }

  /** Copies the pixels of a patch whose top-left pixel is at (left, top) of the tile. */
  void add(TilePixels tile, int left, int top, Patch description) {
    buffers.forEach(
        (sensor, buffer) -> {
          float[] values = tile.values(sensor);
          int plane = tile.width() * tile.height();
          for (int start = 0; start < values.length; start += plane) {
            for (int y = top; y < top + patch; y++) {
              int from = start + y * tile.width() + left;
              put(sensor, buffer, values, from);
            }
          }
        });
    patches.add(description.toJson());
  }

  private void put(Sensor sensor, ByteBuffer buffer, float[] values, int from) {
    if (sensor == Sensor.SENTINEL2) {
      for (int i = from; i < from + patch; i++) {
        // no data, NaN, becomes 0
        buffer.putShort((short) (int) values[i]);
      }
    } else {
      for (int i = from; i < from + patch; i++) {
        buffer.putFloat(values[i]);
      }
    }
  }

  /** Writes the shard, whole or not at all, and empties the buffer. */
  void commit(Path path, CutState state) throws IOException {
    List<TensorInfo> tensors = new ArrayList<>();
    for (Sensor sensor : buffers.keySet()) {
      tensors.add(
          new TensorInfo(
              sensor.shortName(),
              type(sensor),
              List.of(
                  (long) size(),
                  (long) bands.getOrDefault(sensor, List.of()).size(),
                  (long) patch,
                  (long) patch)));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("state", state.toJson().toString());
    metadata.put("patches", patches.toString());
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, tensors, metadata)) {
      for (Map.Entry<Sensor, ByteBuffer> entry : buffers.entrySet()) {
        writer.write(entry.getKey().shortName(), entry.getValue().flip());
        entry.getValue().clear();
      }
      writer.commit();
    }
    patches.removeAll();
  }
}
