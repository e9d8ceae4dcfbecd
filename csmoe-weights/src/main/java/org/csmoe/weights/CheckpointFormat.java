package org.csmoe.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.csmoe.WeightFormatException;

/** Tells the formats apart by their first bytes, and what all readers check alike. */
final class CheckpointFormat {
  private static final String KNOWN = "safetensors, a *.index.json of shards, or a PyTorch archive";

  private CheckpointFormat() {}

  static Checkpoint open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new WeightFormatException(
          "%s: found a folder; expected a file: %s".formatted(path, KNOWN));
    }
    // Opening a pipe waits for whoever writes into it.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new WeightFormatException(
          "%s: found no regular file; expected one: %s".formatted(path, KNOWN));
    }
    WeightFile file = WeightFile.open(path);
    try {
      return open(path, file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Opens a file under its path, which tells where shards are; on failure it stays open. */
  static Checkpoint open(Path path, WeightFile file) throws IOException {
    if (file.size() < Long.BYTES) {
      throw file.malformed("file", 0, file.size() + " bytes", KNOWN);
    }
    ByteBuffer head = file.read(0, (int) Math.min(file.size(), Long.BYTES + 1));
    long headerLength = head.getLong(0);
    boolean possible = headerLength >= 0 && headerLength <= SafetensorsHeader.maxLength(file);
    // First, since the length's own bytes can look like those that other formats begin with.
    if (possible && head.limit() > Long.BYTES && head.get(Long.BYTES) == '{') {
      return SafetensorsFile.open(file);
    }
    if (head.get(0) == 'P' && head.get(1) == 'K') {
      return TorchArchive.open(file);
    }
    if (head.get(0) == (byte) 0x80 && head.get(1) >= 2 && head.get(1) <= 5) {
      throw file.malformed(
          "file", 0, "a bare pickle (PyTorch's format before 1.6)", KNOWN + "; " + Advice.RESAVE);
    }
    if (isJsonStart(head)) {
      return ShardedSafetensors.open(path, file);
    }
    if (possible) {
      return SafetensorsFile.open(file);
    }
    throw file.malformed(
        "file",
        0,
        "safetensors header length " + Long.toUnsignedString(headerLength),
        "at most %d, or another format: %s".formatted(SafetensorsHeader.maxLength(file), KNOWN));
  }

  private static boolean isJsonStart(ByteBuffer head) {
    int i = 0;
    while (i < head.limit() && " \t\r\n".indexOf(head.get(i)) >= 0) {
      i++;
    }
    return i < head.limit() && head.get(i) == '{';
  }

  /** Finds the value that a tensor's name stands for. */
  static <T> T find(Map<String, T> tensors, String name, String file) {
    T found = tensors.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "name must be one of the %d tensors of %s but was \"%s\""
              .formatted(tensors.size(), file, name));
    }
    return found;
  }

  /** The number of elements to read, which must fit into the destination. */
  static int room(TensorInfo info, FloatBuffer destination) {
    if (info.elementCount() > destination.remaining()) {
      throw new IllegalArgumentException(
          "destination must have room for the %d elements of tensor \"%s\" %s but has %d"
              .formatted(info.elementCount(), info.name(), info.shape(), destination.remaining()));
    }
    return Math.toIntExact(info.elementCount());
  }

  /** The number of bytes to map, which must fit into one buffer. */
  static int mappable(TensorInfo info) {
    if (info.byteCount() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "name must be a tensor below 2 GiB but \"%s\" has %d bytes"
              .formatted(info.name(), info.byteCount()));
    }
    return Math.toIntExact(info.byteCount());
  }
}
