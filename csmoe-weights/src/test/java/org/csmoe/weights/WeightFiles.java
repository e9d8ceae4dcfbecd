package org.csmoe.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files for tests: golden ones, and ones made byte by byte. */
final class WeightFiles {
  private WeightFiles() {}

  static Path golden(String name) {
    URL url = Objects.requireNonNull(WeightFiles.class.getResource("/weights/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static TensorInfo info(Checkpoint checkpoint, String name) {
    return Objects.requireNonNull(checkpoint.tensors().get(name), name);
  }

  static float[] read(Checkpoint checkpoint, String name) throws IOException {
    TensorInfo info = info(checkpoint, name);
    FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(info.elementCount()));
    checkpoint.read(name, values);
    return values.array();
  }

  static Path safetensors(Path path, String header, int dataLength) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return safetensors(path, json.length, json, dataLength);
  }

  static Path safetensors(Path path, long headerLength, byte[] header, int dataLength)
      throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + dataLength)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(headerLength)
            .put(header);
    return Files.write(path, bytes.array());
  }

  /** A PyTorch archive with one storage {@code "0"} of four float32: 0, 1, 2, 3. */
  static Path torch(Path path, byte[] pickle) throws IOException {
    ByteBuffer storage = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    storage.putFloat(0).putFloat(1).putFloat(2).putFloat(3);
    return zip(path, Map.of("archive/data.pkl", pickle, "archive/data/0", storage.array()));
  }

  static Path zip(Path path, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(each.getKey());
        CRC32 crc = new CRC32();
        crc.update(each.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setCrc(crc.getValue());
        entry.setSize(each.getValue().length);
        zip.putNextEntry(entry);
        zip.write(each.getValue());
      }
    }
    return path;
  }

  /** Opens a file that is in memory alone; shards are looked for beside the golden ones. */
  static Checkpoint open(byte[] bytes) throws IOException {
    return CheckpointFormat.open(
        golden("sharded/model.safetensors.index.json"),
        WeightFile.of("memory", ByteBuffer.wrap(bytes)));
  }

  /** A pickle written opcode by opcode. Text is Latin-1: one character, one byte. */
  static final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle() {
      op("\u0080\u0002");
    }

    Pickle op(String bytes) {
      out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    Pickle text(String value) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      out.write('X');
      number(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    Pickle integer(int value) {
      out.write('J');
      number(value);
      return this;
    }

    private void number(int value) {
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    /** A tensor of one axis in storage 0. */
    Pickle tensor(int offset, int length, int stride) {
      op("ctorch._utils\n_rebuild_tensor_v2\n((");
      text("storage").op("ctorch\nFloatStorage\n").text("0").text("cpu").integer(4).op("tQ");
      integer(offset).integer(length).op("\u0085").integer(stride).op("\u0085");
      return op("\u0089}tR");
    }

    byte[] stop() {
      return op(".").out.toByteArray();
    }
  }
}
