package org.csmoe.probing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.csmoe.data.Target;

/** Features around a centre per class. */
final class Synthetic {
  private Synthetic() {}

  /**
   * The centres depend on the classes alone, so that matrices of different seeds belong together.
   */
  static FeatureMatrix matrix(
      Labelling labelling, int size, int dimensions, int classes, long seed) {
    float[][] centres = new float[classes][dimensions];
    Random fixed = new Random(dimensions);
    for (float[] centre : centres) {
      for (int j = 0; j < dimensions; j++) {
        centre[j] = (float) fixed.nextGaussian();
      }
    }
    Random random = new Random(seed);
    float[] values = new float[size * dimensions];
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      TreeSet<Integer> labels = new TreeSet<>();
      if (labelling == Labelling.SINGLE) {
        labels.add(random.nextInt(classes));
      } else {
        IntStream.range(0, classes).filter(k -> random.nextInt(3) == 0).forEach(labels::add);
      }
      for (int j = 0; j < dimensions; j++) {
        double value = 1.5 * random.nextGaussian();
        for (int label : labels) {
          value += centres[label][j];
        }
        values[i * dimensions + j] = (float) value;
      }
      targets.add(new Target.Classes(labels));
    }
    return FeatureMatrix.of(values, names("sample", size), targets, names("class", classes));
  }

  static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + " " + i).toList();
  }
}
