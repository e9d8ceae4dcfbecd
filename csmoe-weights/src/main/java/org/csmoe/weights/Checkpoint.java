package org.csmoe.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.io.Failures;

/**
 * An open file of named tensors: safetensors, sharded safetensors, or a PyTorch archive.
 *
 * <p>Opening reads names and shapes only. Each {@link #read} then copies one tensor into memory
 * that the caller owns, so that loading needs the destination and a fixed quarter of a megabyte
 * beside it. Nothing in a file is ever executed and no class it names is loaded; see the chapter on
 * weights.
 *
 * <p>Safe for use by several threads at once; concurrent reads do not wait for each other. As with
 * any file channel, interrupting a thread inside a read closes the checkpoint.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("model.safetensors"))) {
 *   for (TensorInfo info : checkpoint.tensors().values()) {
 *     FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(info.elementCount()));
 *     checkpoint.read(info.name(), values);
 *   }
 * }
 * }</pre>
 */
public interface Checkpoint extends Closeable {

  /**
   * Opens a checkpoint. The content decides the format, not the file's name.
   *
   * @param path a safetensors file, a {@code *.index.json} of shards that lie beside it, or a
   *     PyTorch archive ({@code .pt}, {@code .pth}, {@code .ckpt})
   * @return the open checkpoint; the caller closes it
   * @throws IOException when the file cannot be read
   * @throws WeightFormatException when the content is of no known format, malformed, or unsafe
   */
  static Checkpoint open(Path path) throws IOException {
    return CheckpointFormat.open(path);
  }

  /**
   * Opens safetensors in memory, such as a value of a database.
   *
   * @param name what to call them in messages
   * @param bytes the whole file, from the buffer's position to its limit; not copied, and neither
   *     changed nor to be changed while in use
   * @return the open checkpoint, which need not be closed
   * @throws WeightFormatException when the bytes are malformed
   */
  static Checkpoint safetensors(String name, ByteBuffer bytes) {
    try {
      return SafetensorsFile.openOnly("file", WeightFile.of(name, bytes));
    } catch (IOException e) {
      throw Failures.of(name, "cannot be read", e);
    }
  }

  /**
   * The tensors in the file.
   *
   * @return an immutable map from name to description, in the order that reads fastest
   */
  Map<String, TensorInfo> tensors();

  /**
   * The file's own remarks.
   *
   * @return the {@code __metadata__} of safetensors; empty for other formats
   */
  Map<String, String> metadata();

  /**
   * Reads a tensor as float32, row-major. The first element goes to the destination's position,
   * which advances by {@link TensorInfo#elementCount()}. Integers and float64 are rounded to the
   * nearest float32, booleans become 0 and 1.
   *
   * @param name a key of {@link #tensors()}
   * @param destination a buffer with enough elements remaining, best direct and in native byte
   *     order; it may be a slice of a larger one
   * @throws IOException when reading fails
   * @throws IllegalArgumentException when there is no such tensor or too little room for it
   */
  void read(String name, FloatBuffer destination) throws IOException;

  /**
   * Maps a tensor's stored bytes, row-major, without copying. The mapping lives until the buffer is
   * garbage, also after {@link #close()}.
   *
   * @param name a key of {@link #tensors()}
   * @return a read-only buffer in the byte order of the file, its elements of {@link
   *     TensorInfo#dtype()}
   * @throws IOException when mapping fails
   * @throws IllegalArgumentException when there is no such tensor or it has 2 GiB or more
   * @throws UnsupportedOperationException when the tensor does not lie contiguously in the file, as
   *     can be in a PyTorch archive; {@link #read} gathers it
   */
  ByteBuffer bytes(String name) throws IOException;

  @Override
  void close() throws IOException;
}
