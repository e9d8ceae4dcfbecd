package org.csmoe.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Made-up images: one half bright, left, right, top or bottom, and noise. */
final class Patterns {
  static final List<String> SIDES = List.of("left", "right", "top", "bottom");
  static final List<String> LAND = List.of("dark", "bright");

  private Patterns() {}

  /** The side as a class. */
  static Dataset sides(int count, int size, long seed) {
    return make(SIDES, count, size, seed, side -> Target.classes(side));
  }

  /** Whether left, and whether vertical, as any number of classes. */
  static Dataset labels(int count, int size, long seed) {
    return make(
        List.of("first", "vertical"),
        count,
        size,
        seed,
        side ->
            side == 0
                ? Target.classes(0)
                : side == 2
                    ? Target.classes(0, 1)
                    : side == 3 ? Target.classes(1) : Target.classes());
  }

  /** The bright pixels as a mask; those of the first row are ignored. */
  static Dataset masks(int count, int size, long seed) {
    return make(
        LAND,
        count,
        size,
        seed,
        side -> {
          int[] classes = new int[size * size];
          for (int i = 0; i < classes.length; i++) {
            classes[i] =
                i < size ? Target.Mask.IGNORED : isBright(side, i % size, i / size, size) ? 1 : 0;
          }
          return Target.Mask.of(size, size, classes);
        });
  }

  private static boolean isBright(int side, int x, int y, int size) {
    return switch (side) {
      case 0 -> x < size / 2;
      case 1 -> x >= size / 2;
      case 2 -> y < size / 2;
      default -> y >= size / 2;
    };
  }

  private static Dataset make(
      List<String> classes, int count, int size, long seed, Function<Integer, Target> target) {
    SplittableRandom random = new SplittableRandom(seed);
    Sensor sensor = Sensor.SENTINEL2;
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int side = i % 4;
      float[] data = new float[sensor.defaultBands().size() * size * size];
      for (int k = 0; k < data.length; k++) {
        boolean bright = isBright(side, k % size, k / size % size, size);
        data[k] = (float) ((bright ? 3000 : 800) + 300 * random.nextDouble());
      }
      SensorImage image = SensorImage.of(sensor, sensor.defaultBands(), size, size, data);
      samples.add(new Sample("pattern" + i, Map.of(sensor, image), target.apply(side)));
    }
    return Dataset.of(classes, samples);
  }
}
