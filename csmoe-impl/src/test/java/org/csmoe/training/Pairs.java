package org.csmoe.training;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Made-up pairs: a wave whose direction, length and strength both sensors show. */
final class Pairs {
  private Pairs() {}

  static Dataset waves(int count, int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double fx = random.nextDouble() * 0.8;
      double fy = random.nextDouble() * 0.8;
      double phase = random.nextDouble() * 6;
      Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
      for (Sensor sensor : Sensor.values()) {
        int bands = sensor.defaultBands().size();
        float[] data = new float[bands * size * size];
        for (int k = 0; k < data.length; k++) {
          int x = k % size;
          int y = k / size % size;
          int band = k / size / size;
          double wave = Math.sin(fx * x + fy * y + phase + 0.1 * band);
          data[k] =
              (float)
                  (sensor == Sensor.SENTINEL1 ? -14 + 4 * wave : 1500 + 1000 * wave + 20 * band);
        }
        images.put(sensor, SensorImage.of(sensor, sensor.defaultBands(), size, size, data));
      }
      samples.add(new Sample("wave" + i, images, Target.classes(fx > fy ? 1 : 0)));
    }
    return Dataset.of(List.of("steep", "flat"), samples);
  }
}
