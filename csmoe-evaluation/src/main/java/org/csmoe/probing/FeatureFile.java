package org.csmoe.probing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.weights.DType;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;

/** Features with ids and targets as safetensors. */
final class FeatureFile {
  static final String FORMAT = "csmoe-features-1";

  private static final String FEATURES = "features";
  private static final String COUNTS = "label_counts";
  private static final String LABELS = "labels";
  private static final String IDS = "ids";
  static final String CLASSES = "classes";

  private FeatureFile() {}

  static void write(
      Path path,
      String format,
      FeatureMatrix matrix,
      Map<String, String> settings,
      Map<String, String> provenance)
      throws IOException {
    int[] counts = new int[matrix.size()];
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      counts[i] = -1;
      if (matrix.targets().get(i) instanceof Target.Classes classes) {
        counts[i] = classes.indices().size();
        labels.addAll(classes.indices());
      }
    }
    byte[] ids = TensorFile.json(matrix.ids()).getBytes(StandardCharsets.UTF_8);
    List<TensorInfo> tensors =
        List.of(
            TensorInfo.f32(FEATURES, matrix.size(), matrix.dimensions()),
            new TensorInfo(COUNTS, DType.I32, List.of((long) counts.length)),
            new TensorInfo(LABELS, DType.I32, List.of((long) labels.size())),
            new TensorInfo(IDS, DType.U8, List.of((long) ids.length)));
    Map<String, String> all = new HashMap<>(settings);
    all.put(CLASSES, TensorFile.json(matrix.classes()));
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(path, tensors, TensorFile.metadata(format, all, provenance))) {
      writer.write(FEATURES, matrix.values());
      writer.write(COUNTS, littleEndian(counts));
      writer.write(LABELS, littleEndian(labels.stream().mapToInt(i -> i).toArray()));
      writer.write(IDS, ByteBuffer.wrap(ids));
      writer.commit();
    }
  }

  private static ByteBuffer littleEndian(int[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return bytes;
  }

  static FeatureMatrix read(TensorFile file) throws IOException {
    List<Long> shape = file.shape(FEATURES, DType.F32, 2);
    float[] values = file.floats(FEATURES, 2);
    List<String> ids = file.stringTensor(IDS);
    if (ids.size() != shape.get(0)) {
      throw file.malformed("tensor \"ids\"", ids.size() + " ids", "one for each of " + shape);
    }
    List<Target> targets = targets(file, file.ints(COUNTS), file.ints(LABELS));
    try {
      return FeatureMatrix.of(values, ids, targets, file.strings(CLASSES));
    } catch (IllegalArgumentException e) {
      throw (CsMoeException)
          file.malformed("tensors", String.valueOf(e.getMessage()), "what fits").initCause(e);
    }
  }

  private static List<Target> targets(TensorFile file, int[] counts, int[] labels) {
    List<Target> targets = new ArrayList<>(counts.length);
    int next = 0;
    for (int count : counts) {
      if (count < -1 || count > labels.length - next) {
        throw file.malformed(
            "tensor \"label_counts\"",
            "%d at sample %d".formatted(count, targets.size()),
            "-1..%d".formatted(labels.length - next));
      }
      if (count < 0) {
        targets.add(Target.none());
        continue;
      }
      int[] classes = new int[count];
      System.arraycopy(labels, next, classes, 0, count);
      next += count;
      for (int label : classes) {
        if (label < 0) {
          throw file.malformed("tensor \"labels\"", "class " + label, "no negative one");
        }
      }
      targets.add(Target.classes(classes));
    }
    if (next != labels.length) {
      throw file.malformed("tensor \"labels\"", labels.length + " classes", next + " by counts");
    }
    return targets;
  }
}
