package org.csmoe.weights;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.csmoe.io.AtomicFile;

/**
 * Writes a safetensors file without holding more than one piece in memory: float32 and bfloat16
 * tensors from floats, tensors of any type from their bytes. The tensors are declared first and
 * then written in the declared order. The bytes go to a temporary file beside the target, which
 * takes the target's place in {@link #commit()}; closing without commit deletes it, and the old
 * file stays as it was.
 *
 * <p>Not safe for use by several threads.
 *
 * <pre>{@code
 * List<TensorInfo> tensors = List.of(TensorInfo.f32("head.weight", 10, 768));
 * try (SafetensorsWriter writer = SafetensorsWriter.create(path, tensors, Map.of())) {
 *   writer.write("head.weight", FloatBuffer.wrap(weights));
 *   writer.commit();
 * }
 * }</pre>
 */
public final class SafetensorsWriter implements Closeable {
  private static final int PIECE_BYTES = 1 << 18;
  private static final int ALIGNMENT = 8;

  private final AtomicFile file;
  private final List<TensorInfo> tensors;
  private final ByteBuffer piece =
      ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int written;

  private SafetensorsWriter(Path target, List<TensorInfo> tensors) throws IOException {
    this.file = AtomicFile.create(target);
    this.tensors = List.copyOf(tensors);
  }

  /**
   * Begins a file.
   *
   * @param target the file to make or replace; its folder must exist
   * @param tensors what will be written, in this order; other readers like it best when wider types
   *     come first, so that every element is aligned
   * @param metadata the {@code __metadata__} of the file, such as its provenance
   * @return the writer; the caller closes it
   * @throws IOException when the temporary file cannot be written
   * @throws IllegalArgumentException when two tensors have one name, a tensor has the reserved name
   *     {@code __metadata__}, or the header would exceed 100 MB
   */
  public static SafetensorsWriter create(
      Path target, List<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
    byte[] header = header(tensors, metadata);
    SafetensorsWriter writer = new SafetensorsWriter(target, tensors);
    try {
      ByteBuffer head =
          ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
      writer.file.write(head.putLong(header.length).put(header).flip());
      return writer;
    } catch (IOException | RuntimeException e) {
      writer.close();
      throw e;
    }
  }

  private static byte[] header(List<TensorInfo> tensors, Map<String, String> metadata)
      throws IOException {
    ObjectNode root = Json.MAPPER.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode remarks = root.putObject(SafetensorsHeader.METADATA);
      metadata.forEach(remarks::put);
    }
    Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
    long offset = 0;
    for (TensorInfo tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException(
            "tensors must have unique names, none %s, but had \"%s\""
                .formatted(SafetensorsHeader.METADATA, tensor.name()));
      }
      ObjectNode entry = root.putObject(tensor.name()).put("dtype", tensor.dtype().name());
      tensor.shape().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(offset).add(offset + tensor.byteCount());
      offset = Math.addExact(offset, tensor.byteCount());
    }
    String json = Json.MAPPER.writeValueAsString(root);
    int length = json.getBytes(StandardCharsets.UTF_8).length;
    if (length > SafetensorsHeader.MAX_LENGTH - ALIGNMENT) {
      throw new IllegalArgumentException(
          "tensors must describe themselves in 100 MB but took " + length);
    }
    return (json + " ".repeat(-length & (ALIGNMENT - 1))).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes the next tensor, which is {@link DType#F32}, or {@link DType#BF16} to which values are
   * rounded, halves to the even neighbour.
   *
   * @param name its name, for the check that the order is kept
   * @param values exactly its elements, from the buffer's position to its limit, row-major; the
   *     position moves to the limit
   * @throws IOException when writing fails
   * @throws IllegalStateException when another tensor is next
   * @throws IllegalArgumentException when the number of elements is not the declared one or the
   *     tensor has another type
   */
  public void write(String name, FloatBuffer values) throws IOException {
    TensorInfo tensor = next(name);
    boolean half = tensor.dtype() == DType.BF16;
    if ((tensor.dtype() != DType.F32 && !half) || values.remaining() != tensor.elementCount()) {
      throw new IllegalArgumentException(
          "values must be the %d elements of %s but were %d floats"
              .formatted(tensor.elementCount(), tensor, values.remaining()));
    }
    while (values.hasRemaining()) {
      int count = Math.min(values.remaining(), PIECE_BYTES / Float.BYTES);
      piece.clear();
      if (half) {
        for (int i = 0; i < count; i++) {
          piece.putShort(Bfloat16.of(values.get()));
        }
        piece.flip();
      } else {
        piece.asFloatBuffer().put(values.slice(values.position(), count));
        values.position(values.position() + count);
        piece.limit(count * Float.BYTES);
      }
      file.write(piece);
    }
    written++;
  }

  /**
   * Writes the next tensor.
   *
   * @param name its name, for the check that the order is kept
   * @param values exactly its elements, row-major
   * @throws IOException when writing fails
   * @throws IllegalStateException when another tensor is next
   * @throws IllegalArgumentException when the number of elements is not the declared one
   */
  public void write(String name, float[] values) throws IOException {
    write(name, FloatBuffer.wrap(values));
  }

  /**
   * Writes the next tensor from its bytes.
   *
   * @param name its name, for the check that the order is kept
   * @param bytes exactly its elements, little-endian and row-major, from the buffer's position to
   *     its limit; the position moves to the limit
   * @throws IOException when writing fails
   * @throws IllegalStateException when another tensor is next
   * @throws IllegalArgumentException when the number of bytes is not the declared one
   */
  public void write(String name, ByteBuffer bytes) throws IOException {
    TensorInfo tensor = next(name);
    if (bytes.remaining() != tensor.byteCount()) {
      throw new IllegalArgumentException(
          "bytes must be the %d of %s but were %d"
              .formatted(tensor.byteCount(), tensor, bytes.remaining()));
    }
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), PIECE_BYTES);
      piece.clear().put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      file.write(piece.flip());
    }
    written++;
  }

  private TensorInfo next(String name) {
    String next = written < tensors.size() ? tensors.get(written).name() : "the commit";
    if (written == tensors.size() || !name.equals(next)) {
      throw new IllegalStateException("name must be \"%s\" but was \"%s\"".formatted(next, name));
    }
    return tensors.get(written);
  }

  /**
   * Puts the file in its place, in one step where the file system can.
   *
   * @throws IOException when that fails; the old file is then still there
   * @throws IllegalStateException when a declared tensor has not been written
   */
  public void commit() throws IOException {
    if (written < tensors.size()) {
      throw new IllegalStateException(
          "tensor \"%s\" must be written before the commit".formatted(tensors.get(written).name()));
    }
    file.commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
