package org.csmoe.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.weights.Pickled.Dictionary;
import org.csmoe.weights.Pickled.Tensor;

/**
 * Finds the tensors in an unpickled value. The keys of nested dictionaries are joined by dots. Of a
 * training checkpoint only the model's dictionary is taken: the first of {@code state_dict}, {@code
 * model_state_dict} and {@code model} at the top that is a dictionary with tensors.
 */
final class StateDict {
  private static final List<String> MODEL_KEYS = List.of("state_dict", "model_state_dict", "model");
  private static final int MAX_DEPTH = 64;
  private static final int MAX_VALUES = 1_000_000;
  private static final int MAX_NAME = 1024;
  private static final int MAX_NAMES = 1 << 25;

  private final WeightFile file;
  private final int maxValues;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private int values;
  private int nameLengths;

  private StateDict(WeightFile file, int pickleLength) {
    this.file = file;
    this.maxValues = Math.min(MAX_VALUES, pickleLength);
  }

  /**
   * Collects the tensors by name.
   *
   * @param pickleLength bytes that the value took in the file; it may not unfold to more values
   */
  static Map<String, Tensor> flatten(Object root, WeightFile file, int pickleLength) {
    if (root instanceof Dictionary top) {
      for (String key : MODEL_KEYS) {
        if (top.items().get(key) instanceof Dictionary model) {
          Map<String, Tensor> found = collect(model, file, pickleLength);
          if (!found.isEmpty()) {
            return found;
          }
        }
      }
      return collect(top, file, pickleLength);
    }
    throw new WeightFormatException(
        "%s: data.pkl: found %s; expected a dictionary of tensors; %s"
            .formatted(file.name(), Pickled.kind(root), Advice.RESAVE));
  }

  private static Map<String, Tensor> collect(
      Dictionary dictionary, WeightFile file, int pickleLength) {
    StateDict walk = new StateDict(file, pickleLength);
    walk.add(dictionary, "", 1);
    return walk.tensors;
  }

  private void add(Dictionary dictionary, String prefix, int depth) {
    for (Map.Entry<String, Object> item : dictionary.items().entrySet()) {
      String key = item.getKey();
      // Shared dictionaries can unfold to exponentially many values, cyclic ones to endless depth.
      if (++values > maxValues || depth > MAX_DEPTH) {
        throw malformed(
            prefix + key,
            "%d nested dictionaries with %d values".formatted(depth, values),
            "at most %d and %d".formatted(MAX_DEPTH, maxValues));
      }
      if (prefix.length() + key.length() > MAX_NAME) {
        throw malformed(
            prefix + key,
            "a name of %d characters".formatted(prefix.length() + key.length()),
            "at most " + MAX_NAME);
      }
      if (item.getValue() instanceof Tensor tensor) {
        nameLengths += prefix.length() + key.length();
        if (nameLengths > MAX_NAMES) {
          throw malformed(
              prefix + key,
              "names of more than %d characters together".formatted(MAX_NAMES),
              "shorter names");
        }
        if (tensors.put(prefix + key, tensor) != null) {
          throw malformed(prefix + key, "two tensors of this name", "unique names");
        }
      } else if (item.getValue() instanceof Dictionary nested) {
        add(nested, prefix + key + ".", depth + 1);
      }
    }
  }

  private WeightFormatException malformed(String name, String found, String expected) {
    return new WeightFormatException(
        "%s: data.pkl, value %s: found %s; expected %s"
            .formatted(file.name(), WeightFile.quote(name), found, expected));
  }
}
