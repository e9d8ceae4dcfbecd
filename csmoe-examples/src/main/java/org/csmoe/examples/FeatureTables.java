package org.csmoe.examples;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.csmoe.CsMoe;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.probing.FeatureMatrix;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Features of the samples of a data set, a batch at a time. */
final class FeatureTables {
  private static final int BATCH = 64;
  private static final double[] QUANTILES = {0.05, 0.25, 0.5, 0.75, 0.95};

  private FeatureTables() {}

  /** The features of a model. Bands that images lack count as their mean. */
  static FeatureMatrix embed(
      CsMoe model, Sensor sensor, Pooling pooling, Dataset samples, PrintWriter messages) {
    FeatureExtractor extractor =
        model.features(sensor).withResize(Resize.BILINEAR).withBatchSize(BATCH);
    List<Band> bands = model.config().bands(sensor);
    Set<Band> missing = EnumSet.noneOf(Band.class);
    FeatureMatrix result =
        table(
            samples,
            messages,
            batch -> {
              List<SensorImage> images = new ArrayList<>();
              for (Sample sample : batch) {
                images.add(withBands(sample.image(sensor), bands, missing));
              }
              FeatureTensor rows = extractor.embed(images, pooling);
              return rows.data();
            });
    if (!missing.isEmpty()) {
      messages.println("images lack " + missing + ", which count as their mean");
      messages.flush();
    }
    return result;
  }

  /** An image with no data in the bands that it lacks; adds these to {@code missing}. */
  static SensorImage withBands(SensorImage image, List<Band> bands, Set<Band> missing) {
    bands.stream().filter(band -> !image.bands().contains(band)).forEach(missing::add);
    return image.withBands(bands);
  }

  /** What needs no model: mean, deviation and five quantiles of each band. */
  static FeatureMatrix statistics(Sensor sensor, Dataset samples, PrintWriter messages) {
    return table(
        samples,
        messages,
        batch -> {
          float[][] rows = new float[batch.size()][];
          for (int i = 0; i < rows.length; i++) {
            rows[i] = statistics(batch.get(i).image(sensor));
          }
          float[] values = new float[rows.length * rows[0].length];
          for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * rows[0].length, rows[0].length);
          }
          return values;
        });
  }

  private static float[] statistics(SensorImage image) {
    int per = 2 + QUANTILES.length;
    float[] row = new float[image.bands().size() * per];
    for (int i = 0; i < image.bands().size(); i++) {
      int offset = image.offset(image.bands().get(i));
      float[] values =
          Arrays.copyOfRange(image.data(), offset, offset + image.width() * image.height());
      Arrays.sort(values);
      // NaN comes last.
      int count = values.length;
      while (count > 0 && Float.isNaN(values[count - 1])) {
        count--;
      }
      double sum = 0;
      double squares = 0;
      for (int k = 0; k < count; k++) {
        sum += values[k];
        squares += (double) values[k] * values[k];
      }
      double mean = count == 0 ? 0 : sum / count;
      row[i * per] = (float) mean;
      row[i * per + 1] =
          (float) Math.sqrt(Math.max(0, count == 0 ? 0 : squares / count - mean * mean));
      for (int q = 0; q < QUANTILES.length; q++) {
        row[i * per + 2 + q] =
            count == 0 ? 0 : values[(int) Math.round(QUANTILES[q] * (count - 1))];
      }
    }
    return row;
  }

  private static FeatureMatrix table(
      Dataset samples, PrintWriter messages, Function<List<Sample>, float[]> features) {
    List<String> ids = new ArrayList<>();
    List<Target> targets = new ArrayList<>();
    List<float[]> parts = new ArrayList<>();
    int length = 0;
    try (Progress progress = new Progress("features", samples.size(), messages)) {
      for (int first = 0; first < samples.size(); first += BATCH) {
        List<Sample> batch = new ArrayList<>();
        for (int i = first; i < Math.min(samples.size(), first + BATCH); i++) {
          Sample sample = samples.get(i);
          batch.add(sample);
          ids.add(sample.id());
          targets.add(sample.target());
        }
        float[] values = features.apply(batch);
        parts.add(values);
        length += values.length;
        progress.step(batch.size());
      }
    }
    float[] all = new float[length];
    int offset = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, offset, part.length);
      offset += part.length;
    }
    return FeatureMatrix.of(all, ids, targets, samples.classes());
  }
}
