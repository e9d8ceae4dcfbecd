package org.csmoe.training;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.csmoe.CsMoeConfig;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.data.Sample;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;
import org.csmoe.model.internal.GraphExecutor;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Draws what a model reconstructs: a row per sample; for each sensor what it saw, what the encoder
 * was shown of it, and what was made of the rest from the same and from the other sensor.
 */
final class ReconstructionPanels implements TrainingListener {
  private static final int GAP = 4;
  private static final int TITLE = 18;
  private static final int GREY = 128;
  private static final double[] PLAIN = {0, 1};
  private static final float LEAST = -1.5f;
  private static final float MOST = 2.5f;

  private final CsMoeConfig config;
  private final Objective objective;
  private final SameDiff graph;
  private final GraphExecutor executor;
  private final List<Sample> samples;
  private final Path folder;
  private final int every;
  private final Inputs inputs;
  private final List<Map<Sensor, int[]>> orders = new ArrayList<>();
  private final List<Map<Sensor, float[]>> pixels = new ArrayList<>();

  ReconstructionPanels(
      PretrainingTask task, GraphExecutor executor, List<Sample> samples, Path folder, int every) {
    this.config = task.config();
    this.objective = task.objective();
    this.graph = task.graph();
    this.executor = executor;
    this.samples = List.copyOf(samples);
    this.folder = folder;
    this.every = every;
    MaskedPairs pairs = task.pairs();
    List<String> outputs = new ArrayList<>();
    for (Sensor source : Sensor.values()) {
      for (Sensor target : Sensor.values()) {
        if (isShown(source, target)) {
          outputs.add(PretrainingGraph.Names.of(source).reconstruction(target));
        }
      }
    }
    this.inputs = pairs.allocate(samples.size(), outputs);
    for (int i = 0; i < samples.size(); i++) {
      Map<Sensor, int[]> drawn = pairs.draw(new SplittableRandom(i));
      pairs.fill(inputs, i, this.samples.get(i), drawn);
      orders.add(drawn);
      Map<Sensor, float[]> copies = new EnumMap<>(Sensor.class);
      for (Sensor sensor : Sensor.values()) {
        copies.put(sensor, pairs.prepared(sensor).clone());
      }
      pixels.add(copies);
    }
    pairs.finish(inputs);
  }

  private boolean isShown(Sensor source, Sensor target) {
    return (source == target ? objective.unimodalWeight() : objective.crossModalWeight()) > 0;
  }

  @Override
  public void epochEnded(Epoch epoch) {
    boolean last = epoch.epoch() + 1 == epoch.epochs();
    if ((epoch.epoch() + 1) % every != 0 && !last) {
      return;
    }
    Path file =
        folder.resolve(String.format(Locale.ROOT, "reconstruction-%04d.png", epoch.epoch() + 1));
    executor.run(graph, inputs.signature(), inputs::write, found -> write(file, draw(found)));
  }

  private static void write(Path file, BufferedImage picture) {
    try (AtomicFile target = AtomicFile.create(file);
        OutputStream stream = target.stream()) {
      ImageIO.write(picture, "png", stream);
      stream.flush();
      target.commit();
    } catch (IOException e) {
      throw Failures.of(file, "cannot be written", e);
    }
  }

  private BufferedImage draw(Tensors found) {
    int size = config.imageSize();
    int scale = Math.max(1, 128 / size);
    int cell = size * scale + GAP;
    List<String> titles = new ArrayList<>();
    List<List<float[]>> rows = new ArrayList<>();
    samples.forEach(any -> rows.add(new ArrayList<>()));
    List<Sensor> shown = new ArrayList<>();
    for (Sensor target : Sensor.values()) {
      titles.add(target.shortName() + " input");
      titles.add(target.shortName() + " visible");
      shown.add(target);
      shown.add(target);
      for (int i = 0; i < samples.size(); i++) {
        rows.get(i).add(image(i, target));
        rows.get(i).add(visible(i, target));
      }
      for (Sensor source : Sensor.values()) {
        if (isShown(source, target)) {
          titles.add(target.shortName() + " from " + source.shortName());
          shown.add(target);
          for (int i = 0; i < samples.size(); i++) {
            rows.get(i).add(reconstructed(found, i, source, target));
          }
        }
      }
    }
    BufferedImage picture =
        new BufferedImage(
            titles.size() * cell, TITLE + rows.size() * cell, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    graphics.setColor(Color.BLACK);
    for (int column = 0; column < titles.size(); column++) {
      graphics.drawString(titles.get(column), column * cell, TITLE - 5);
      for (int row = 0; row < rows.size(); row++) {
        BufferedImage part = colours(rows.get(row).get(column), shown.get(column));
        int edge = size * scale;
        graphics.drawImage(part, column * cell, TITLE + row * cell, edge, edge, null);
      }
    }
    graphics.dispose();
    return picture;
  }

  private float[] image(int sample, Sensor sensor) {
    return Objects.requireNonNull(pixels.get(sample).get(sensor));
  }

  private int[] order(int sample, Sensor sensor) {
    return Objects.requireNonNull(orders.get(sample).get(sensor));
  }

  /** The value of a pixel of a patch. */
  private interface Pixels {
    float at(int band, int row, int column);
  }

  /** NaN, which is drawn grey, where the encoder saw nothing. */
  private float[] visible(int sample, Sensor sensor) {
    float[] result = image(sample, sensor).clone();
    int[] order = order(sample, sensor);
    for (int i = PretrainingGraph.visible(config, objective); i < order.length; i++) {
      put(result, sensor, order[i], (band, row, column) -> Float.NaN);
    }
    return result;
  }

  private float[] reconstructed(Tensors found, int sample, Sensor source, Sensor target) {
    float[] truth = image(sample, target);
    float[] result = truth.clone();
    int[] order = order(sample, source);
    int visible = PretrainingGraph.visible(config, objective);
    int masked = order.length - visible;
    int bands = config.bands(target).size();
    int patch = config.patchSize();
    int values = bands * patch * patch;
    FloatBuffer all = found.get(PretrainingGraph.Names.of(source).reconstruction(target));
    for (int i = 0; i < masked; i++) {
      int position = order[visible + i];
      int first = (sample * masked + i) * values;
      double[] moments = objective.patchNormalisation() ? moments(truth, target, position) : PLAIN;
      put(
          result,
          target,
          position,
          (band, row, column) ->
              (float)
                  (moments[0]
                      + moments[1] * all.get(first + (row * patch + column) * bands + band)));
    }
    return result;
  }

  /** Mean and deviation of a patch, which its reconstruction was brought to 0 and 1 by. */
  private double[] moments(float[] truth, Sensor sensor, int position) {
    double[] sums = new double[3];
    put(
        truth.clone(),
        sensor,
        position,
        (band, row, column) -> {
          float value = truth[pixel(position, band, row, column)];
          if (!Float.isNaN(value)) {
            sums[0] += value;
            sums[1] += (double) value * value;
            sums[2]++;
          }
          return value;
        });
    double mean = sums[0] / Math.max(1, sums[2]);
    return new double[] {
      mean, Math.sqrt(Math.max(0, sums[1] / Math.max(1, sums[2]) - mean * mean) + 1e-6)
    };
  }

  private void put(float[] image, Sensor sensor, int position, Pixels pixels) {
    int patch = config.patchSize();
    for (int band = 0; band < config.bands(sensor).size(); band++) {
      for (int row = 0; row < patch; row++) {
        for (int column = 0; column < patch; column++) {
          image[pixel(position, band, row, column)] = pixels.at(band, row, column);
        }
      }
    }
  }

  private int pixel(int position, int band, int row, int column) {
    int patch = config.patchSize();
    int size = config.imageSize();
    int y = position / config.grid() * patch + row;
    int x = position % config.grid() * patch + column;
    return (band * size + y) * size + x;
  }

  /** Red, green and blue of Sentinel-2, VV, VH and VV of Sentinel-1; z-scores by a fixed range. */
  private BufferedImage colours(float[] image, Sensor sensor) {
    List<Band> bands = config.bands(sensor);
    List<Band> wanted =
        sensor == Sensor.SENTINEL2
            ? List.of(Band.B04, Band.B03, Band.B02)
            : List.of(Band.VV, Band.VH, Band.VV);
    int size = config.imageSize();
    BufferedImage result = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      int colour = 0;
      for (Band band : wanted) {
        float value = image[Math.max(0, bands.indexOf(band)) * size * size + i];
        float share = (value - LEAST) / (MOST - LEAST);
        int level = Float.isNaN(value) ? GREY : Math.round(255 * Math.min(1, Math.max(0, share)));
        colour = (colour << 8) | level;
      }
      result.setRGB(i % size, i / size, colour);
    }
    return result;
  }
}
