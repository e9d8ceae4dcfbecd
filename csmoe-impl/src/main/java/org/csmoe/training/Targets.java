package org.csmoe.training;

import java.util.Arrays;
import java.util.List;
import org.csmoe.CsMoeException;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.probing.Labelling;

/**
 * Targets in the shape of scores: 1 where the class is right.
 *
 * @param shape of a sample's scores: classes, or height, width, classes
 * @param labelling how many classes a sample has
 */
record Targets(List<Integer> shape, Labelling labelling) {

  int length() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  int classes() {
    return shape.get(shape.size() - 1);
  }

  boolean areMasks() {
    return shape.size() == 3;
  }

  /** Writes a sample's target. Masks of another size are read at the nearest pixel. */
  void write(Sample sample, float[] destination, int offset) {
    Arrays.fill(destination, offset, offset + length(), 0);
    if (!areMasks()) {
      for (int index : checked(sample).indices()) {
        destination[offset + index] = 1;
      }
      return;
    }
    int[] classes = resized(mask(sample), shape.get(1), shape.get(0));
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] != Target.Mask.IGNORED) {
        destination[offset + i * classes() + classes[i]] = 1;
      }
    }
  }

  /** The classes of a sample. */
  Target.Classes checked(Sample sample) {
    if (!(sample.target() instanceof Target.Classes target)) {
      throw wrong(sample, "classes of the sample", sample.target().getClass().getSimpleName());
    }
    for (int index : target.indices()) {
      requireClass(sample, index);
    }
    if (labelling == Labelling.SINGLE && target.indices().size() != 1) {
      throw wrong(sample, "one class", target.indices().size() + " classes");
    }
    return target;
  }

  /** The mask of a sample. */
  Target.Mask mask(Sample sample) {
    if (!(sample.target() instanceof Target.Mask mask)) {
      throw wrong(sample, "a mask", sample.target().getClass().getSimpleName());
    }
    for (int index : mask.classes()) {
      if (index != Target.Mask.IGNORED) {
        requireClass(sample, index);
      }
    }
    return mask;
  }

  private void requireClass(Sample sample, int index) {
    if (index < 0 || index >= classes()) {
      throw wrong(sample, "classes in 0..%d".formatted(classes() - 1), "class " + index);
    }
  }

  private static CsMoeException wrong(Sample sample, String expected, String found) {
    return new CsMoeException(
        "target of sample %s: expected %s, found %s".formatted(sample.id(), expected, found));
  }

  /** The nearest pixels of a mask on a grid of another size. */
  static int[] resized(Target.Mask mask, int width, int height) {
    if (mask.width() == width && mask.height() == height) {
      return mask.classes();
    }
    int[] result = new int[width * height];
    for (int y = 0; y < height; y++) {
      int row = Math.min(mask.height() - 1, (int) ((y + 0.5) * mask.height() / height));
      for (int x = 0; x < width; x++) {
        int column = Math.min(mask.width() - 1, (int) ((x + 0.5) * mask.width() / width));
        result[y * width + x] = mask.classes()[row * mask.width() + column];
      }
    }
    return result;
  }

  /** What scores predict, in the form of a target; a mask of the given size. */
  Target predicted(float[] scores, int offset, int width, int height) {
    if (areMasks()) {
      int[] classes = new int[length() / classes()];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = best(scores, offset + i * classes());
      }
      Target.Mask map = Target.Mask.of(shape.get(1), shape.get(0), classes);
      return Target.Mask.of(width, height, resized(map, width, height));
    }
    if (labelling == Labelling.SINGLE) {
      return Target.classes(best(scores, offset));
    }
    int[] found = new int[classes()];
    int count = 0;
    for (int i = 0; i < classes(); i++) {
      if (scores[offset + i] > 0) {
        found[count++] = i;
      }
    }
    return Target.classes(Arrays.copyOf(found, count));
  }

  /** The first of equal ones. */
  private int best(float[] scores, int offset) {
    int best = 0;
    for (int i = 1; i < classes(); i++) {
      if (scores[offset + i] > scores[offset + best]) {
        best = i;
      }
    }
    return best;
  }
}
