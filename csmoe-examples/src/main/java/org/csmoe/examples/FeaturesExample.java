package org.csmoe.examples;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.Precision;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Pooling;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Features of many images with bounded memory, in ten lines of Java. */
public final class FeaturesExample {
  private FeaturesExample() {}

  /**
   * Embeds images of made-up reflectances, as many as an argument says.
   *
   * @param arguments how many images, default 20; F32 or BF16, default F32
   */
  public static void main(String[] arguments) {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    Precision precision = arguments.length > 1 ? Precision.valueOf(arguments[1]) : Precision.F32;
    Stream<SensorImage> images = IntStream.range(0, count).mapToObj(FeaturesExample::image);
    try (CsMoe model =
        CsMoe.builder()
            .preset(CsMoePreset.CSMOE_SMALL)
            .onlySensor(Sensor.SENTINEL2)
            .threads(1)
            .precision(precision)
            .build()) {
      FeatureExtractor features =
          model.features(Sensor.SENTINEL2).withBatchSize(32).withMemoryLimit(64_000_000);
      List<FeatureTensor> vectors = features.embed(images, Pooling.CLS_NORMALISED).toList();
      System.out.println(vectors.size() + " vectors of " + vectors.get(0).size(0));
      System.out.println(features.workingBytes(8) + " bytes for a batch of 8:");
      System.out.println(features.explain(8));
    }
  }

  private static SensorImage image(int seed) {
    float[] pixels = new float[10 * 224 * 224];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 1000 + (i * 31 + seed * 17) % 997;
    }
    return SensorImage.of(Sensor.SENTINEL2, Sensor.SENTINEL2.defaultBands(), 224, 224, pixels);
  }
}
