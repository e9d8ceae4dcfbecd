package org.csmoe.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.weights.Pickled.Tensor;
import org.jspecify.annotations.Nullable;

/** A zip file as {@code torch.save} writes it since PyTorch 1.6. */
final class TorchArchive implements Checkpoint {
  private static final String PICKLE = "data.pkl";

  /** A tensor placed in the file: offset of its first element in bytes, strides in elements. */
  private record Placed(TensorInfo info, long offset, List<Long> strides, boolean contiguous) {}

  private final WeightFile file;
  private final ByteOrder order;
  private final Map<String, Placed> placed = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  private TorchArchive(WeightFile file, ByteOrder order) {
    this.file = file;
    this.order = order;
  }

  static TorchArchive open(WeightFile file) throws IOException {
    Map<String, ZipDirectory.Entry> entries = ZipDirectory.read(file);
    ZipDirectory.Entry pickle = findPickle(file, entries);
    String prefix = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
    if (entries.containsKey(prefix + "constants.pkl")) {
      throw file.malformed(
          "zip entry " + WeightFile.quote(prefix + "constants.pkl"),
          0,
          "a TorchScript archive",
          "tensors only: in Python, m = torch.jit.load(\"old.pt\"); "
              + "torch.save(m.state_dict(), \"new.pt\")");
    }
    if (pickle.length() > Unpickler.MAX_LENGTH) {
      throw file.malformed(
          PICKLE, pickle.offset(), pickle.length() + " bytes", "at most " + Unpickler.MAX_LENGTH);
    }
    TorchArchive archive =
        new TorchArchive(file, byteOrder(file, entries.get(prefix + "byteorder")));
    ByteBuffer bytes = file.read(pickle.offset(), Math.toIntExact(pickle.length()));
    Object root = Unpickler.load(bytes, file, pickle.offset());
    archive.place(StateDict.flatten(root, file, bytes.limit()), entries, prefix);
    return archive;
  }

  private static ZipDirectory.Entry findPickle(
      WeightFile file, Map<String, ZipDirectory.Entry> entries) {
    List<ZipDirectory.Entry> found = new ArrayList<>();
    for (ZipDirectory.Entry entry : entries.values()) {
      if (entry.name().equals(PICKLE) || entry.name().endsWith("/" + PICKLE)) {
        found.add(entry);
      }
    }
    if (found.size() != 1) {
      throw file.malformed(
          "zip",
          0,
          "%d entries named %s".formatted(found.size(), PICKLE),
          "one, as torch.save writes it");
    }
    return found.get(0);
  }

  private static ByteOrder byteOrder(WeightFile file, ZipDirectory.@Nullable Entry entry)
      throws IOException {
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN; // before PyTorch 2.1
    }
    int length = (int) Math.min(entry.length(), 16);
    String name = StandardCharsets.US_ASCII.decode(file.read(entry.offset(), length)).toString();
    return switch (name) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw file.malformed(
              "zip entry \"byteorder\"", entry.offset(), WeightFile.quote(name), "little or big");
    };
  }

  private void place(
      Map<String, Tensor> found, Map<String, ZipDirectory.Entry> entries, String prefix) {
    List<Placed> list = new ArrayList<>();
    found.forEach(
        (name, tensor) -> {
          ZipDirectory.Entry entry = entries.get(prefix + "data/" + tensor.storage().key());
          if (entry == null) {
            throw file.malformed(
                "tensor " + WeightFile.quote(name),
                0,
                "no zip entry for storage " + WeightFile.quote(tensor.storage().key()),
                "one below " + WeightFile.quote(prefix + "data/"));
          }
          list.add(place(name, tensor, entry));
        });
    list.sort(Comparator.comparingLong(Placed::offset));
    for (Placed each : list) {
      placed.put(each.info.name(), each);
      tensors.put(each.info.name(), each.info);
    }
  }

  private Placed place(String name, Tensor tensor, ZipDirectory.Entry entry) {
    String where = "tensor " + WeightFile.quote(name);
    try {
      TensorInfo info = new TensorInfo(name, tensor.dtype(), tensor.shape());
      List<Long> strides = tensor.strides();
      if (strides.size() != info.shape().size() || tensor.offset() < 0) {
        throw file.malformed(
            where,
            entry.offset(),
            "offset %d, strides %s for shape %s".formatted(tensor.offset(), strides, info.shape()),
            "no negative offset and one stride per axis");
      }
      long last = tensor.offset();
      boolean contiguous = true;
      long dense = 1;
      for (int axis = strides.size() - 1; axis >= 0; axis--) {
        long length = info.shape().get(axis);
        if (strides.get(axis) < 0) {
          throw file.malformed(where, entry.offset(), "strides " + strides, "none negative");
        }
        contiguous &= length == 1 || strides.get(axis) == dense;
        dense *= length;
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, length - 1), strides.get(axis)));
      }
      long declared =
          Math.multiplyExact(tensor.storage().length(), tensor.storage().dtype().bytes());
      long needed =
          info.elementCount() == 0
              ? 0
              : Math.multiplyExact(Math.addExact(last, 1), info.dtype().bytes());
      if (declared > entry.length() || needed > declared) {
        throw file.malformed(
            where,
            entry.offset(),
            "%d bytes needed of a storage of %d bytes in a zip entry of %d"
                .formatted(needed, declared, entry.length()),
            "a tensor inside its storage");
      }
      // Stride 0 repeats elements: a few bytes could fill any memory that is to hold the tensor.
      if (info.byteCount() > file.size()) {
        throw file.malformed(
            where,
            entry.offset(),
            "%d bytes of %s %s by strides %s"
                .formatted(info.byteCount(), info.dtype(), info.shape(), strides),
            "a tensor not larger than the file; save tensor.contiguous() instead");
      }
      long offset = entry.offset() + (needed == 0 ? 0 : tensor.offset() * info.dtype().bytes());
      return new Placed(info, offset, strides, contiguous || needed == 0);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new WeightFormatException(
          "%s: %s at byte %d: found shape %s, strides %s; expected a tensor inside its storage"
              .formatted(file.name(), where, entry.offset(), tensor.shape(), tensor.strides()),
          e);
    }
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public void read(String name, FloatBuffer destination) throws IOException {
    Placed tensor = CheckpointFormat.find(placed, name, file.name());
    int count = CheckpointFormat.room(tensor.info, destination);
    if (tensor.contiguous) {
      file.readFloats(tensor.info.dtype(), order, tensor.offset, count, destination);
    } else {
      gather(tensor, count, destination);
    }
  }

  /** Copies a strided tensor element by element from a mapping of the bytes it spans. */
  private void gather(Placed tensor, int count, FloatBuffer destination) throws IOException {
    DType dtype = tensor.info.dtype();
    int rank = tensor.strides.size();
    int[] lengths = new int[rank];
    long[] steps = new long[rank];
    long span = dtype.bytes();
    for (int axis = 0; axis < rank; axis++) {
      lengths[axis] = Math.toIntExact(tensor.info.shape().get(axis));
      steps[axis] = tensor.strides.get(axis) * dtype.bytes();
      span += (lengths[axis] - 1) * steps[axis];
    }
    if (span > Integer.MAX_VALUE) {
      throw file.malformed(
          "tensor " + WeightFile.quote(tensor.info.name()),
          tensor.offset,
          "a strided tensor that spans %d bytes".formatted(span),
          "less than 2 GiB; save tensor.contiguous() instead");
    }
    ByteBuffer source = file.map(order, tensor.offset, span);
    int[] index = new int[rank];
    long at = 0;
    for (int i = 0; i < count; i++) {
      destination.put(FloatDecoder.element(dtype, source, (int) at));
      for (int axis = rank - 1; axis >= 0; axis--) {
        at += steps[axis];
        if (++index[axis] < lengths[axis]) {
          break;
        }
        at -= lengths[axis] * steps[axis];
        index[axis] = 0;
      }
    }
  }

  @Override
  public ByteBuffer bytes(String name) throws IOException {
    Placed tensor = CheckpointFormat.find(placed, name, file.name());
    int length = CheckpointFormat.mappable(tensor.info);
    if (!tensor.contiguous) {
      throw new UnsupportedOperationException(
          "%s: tensor %s has strides %s and is not contiguous; use read"
              .formatted(file.name(), WeightFile.quote(name), tensor.strides));
    }
    return file.map(order, tensor.offset, length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
