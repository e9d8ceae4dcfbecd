package org.csmoe.training;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.csmoe.CsMoeConfig;
import org.csmoe.data.Sample;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.ImagePreparation;
import org.csmoe.model.internal.Initializer;
import org.csmoe.sensor.Sensor;

/**
 * Turns pairs of images into the inputs of a {@link PretrainingGraph}: draws masks, cuts visible
 * patches, and looks up positions. Not safe for use by several threads.
 */
final class MaskedPairs {
  private final CsMoeConfig config;
  private final Objective objective;
  private final int patches;
  private final int visible;
  private final float[] positions;
  private final float[] decoderPositions;
  private final Map<Sensor, ImagePreparation> preparations = new EnumMap<>(Sensor.class);
  private final Map<Sensor, float[]> pixels = new EnumMap<>(Sensor.class);

  MaskedPairs(CsMoeConfig config, Objective objective, Resize resize) {
    this.config = config;
    this.objective = objective;
    this.patches = config.grid() * config.grid();
    this.visible = PretrainingGraph.visible(config, objective);
    this.positions = Initializer.sinCos(config.grid(), config.width());
    this.decoderPositions = Initializer.sinCos(config.grid(), objective.decoders().width());
    for (Sensor sensor : Sensor.values()) {
      ImagePreparation preparation = new ImagePreparation(sensor, config, resize);
      preparations.put(sensor, preparation);
      pixels.put(sensor, new float[preparation.length()]);
    }
  }

  /** Inputs for so many pairs, and what a step reports. */
  Inputs allocate(int batch, List<String> outputs) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    long b = batch;
    for (Sensor sensor : Sensor.values()) {
      PretrainingGraph.Names names = PretrainingGraph.Names.of(sensor);
      shapes.put(names.patches(), List.of(b, (long) visible, (long) values(sensor)));
      shapes.put(names.positions(), List.of(b, (long) visible, (long) config.width()));
      if (objective.reconstructs()) {
        shapes.put(
            names.decoderPositions(),
            List.of(b, (long) patches, (long) objective.decoders().width()));
      }
      for (Sensor target : Sensor.values()) {
        if (isTarget(sensor, target)) {
          shapes.put(
              names.target(target), List.of(b, (long) patches - visible, (long) values(target)));
        }
      }
    }
    if (objective.mutualInformationWeight() > 0) {
      shapes.put(PretrainingGraph.PAIRS, List.of(2 * b, 2 * b));
      shapes.put(PretrainingGraph.OTHERS, List.of(2 * b, 2 * b));
    }
    Inputs inputs = new Inputs(shapes, outputs);
    if (objective.mutualInformationWeight() > 0) {
      fillContrast(inputs, batch);
    }
    return inputs;
  }

  private boolean isTarget(Sensor source, Sensor target) {
    return (source == target ? objective.unimodalWeight() : objective.crossModalWeight()) > 0;
  }

  private int values(Sensor sensor) {
    return config.bands(sensor).size() * config.patchSize() * config.patchSize();
  }

  private void fillContrast(Inputs inputs, int batch) {
    float[] pairs = inputs.get(PretrainingGraph.PAIRS);
    float[] others = inputs.get(PretrainingGraph.OTHERS);
    int side = 2 * batch;
    boolean all = objective.mutualInformation() == MutualInformation.NT_XENT;
    for (int row = 0; row < side; row++) {
      int pair = (row + batch) % side;
      for (int column = 0; column < side; column++) {
        boolean otherSensor = row < batch != column < batch;
        boolean counts = all ? column != row : otherSensor && column != pair;
        pairs[row * side + column] = column == pair ? 1 : 0;
        others[row * side + column] = counts ? 1 : 0;
      }
    }
  }

  /** Draws the orders of a pair's patches, visible ones first. */
  Map<Sensor, int[]> draw(SplittableRandom random) {
    int[] first = shuffled(random);
    int[] second =
        switch (objective.masking()) {
          case INDEPENDENT -> shuffled(random);
          case IDENTICAL -> first.clone();
          case DISJOINT -> reversed(first);
        };
    return Map.of(Sensor.SENTINEL1, first, Sensor.SENTINEL2, second);
  }

  private int[] shuffled(SplittableRandom random) {
    int[] order = new int[patches];
    for (int i = 0; i < patches; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static int[] reversed(int[] order) {
    int[] result = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      result[i] = order[order.length - 1 - i];
    }
    return result;
  }

  /** Throws when a sample does not fit the model. */
  void check(Sample sample) {
    preparations.forEach((sensor, preparation) -> preparation.check(sample.image(sensor)));
  }

  /**
   * Fills the inputs of one pair.
   *
   * @param inputs what {@link #allocate} made
   * @param index of the pair in the batch
   * @param sample both images
   * @param orders of patches for each sensor, visible ones first
   */
  void fill(Inputs inputs, int index, Sample sample, Map<Sensor, int[]> orders) {
    pixels.forEach(
        (sensor, target) ->
            preparation(sensor).write(sample.image(sensor), FloatBuffer.wrap(target)));
    for (Sensor sensor : Sensor.values()) {
      int[] order = order(orders, sensor);
      if (objective.sortedTokens()) {
        Arrays.sort(order, 0, visible);
      }
      PretrainingGraph.Names names = PretrainingGraph.Names.of(sensor);
      fillVisible(inputs.get(names.patches()), index, sensor, order);
      look(inputs.get(names.positions()), index, order, visible, positions, config.width());
      if (objective.reconstructs()) {
        look(
            inputs.get(names.decoderPositions()),
            index,
            order,
            patches,
            decoderPositions,
            objective.decoders().width());
      }
      for (Sensor target : Sensor.values()) {
        if (isTarget(sensor, target)) {
          fillMasked(inputs.get(names.target(target)), index, target, order);
        }
      }
    }
  }

  private ImagePreparation preparation(Sensor sensor) {
    ImagePreparation preparation = preparations.get(sensor);
    if (preparation == null) {
      throw new IllegalStateException("no preparation for " + sensor);
    }
    return preparation;
  }

  private static int[] order(Map<Sensor, int[]> orders, Sensor sensor) {
    int[] order = orders.get(sensor);
    if (order == null) {
      throw new IllegalStateException("no order for " + sensor);
    }
    return order.clone();
  }

  /** Positions of patches; row 0 of the table is the CLS token's. */
  private static void look(
      float[] target, int index, int[] order, int count, float[] table, int width) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(table, (order[i] + 1) * width, target, (index * count + i) * width, width);
    }
  }

  /** Patches as the encoder takes them: band, row, column. */
  private void fillVisible(float[] target, int index, Sensor sensor, int[] order) {
    int patch = config.patchSize();
    int size = config.imageSize();
    int bands = config.bands(sensor).size();
    float[] source = pixels(sensor);
    int next = index * visible * values(sensor);
    for (int i = 0; i < visible; i++) {
      int corner = corner(order[i]);
      for (int band = 0; band < bands; band++) {
        for (int row = 0; row < patch; row++) {
          System.arraycopy(source, corner + (band * size + row) * size, target, next, patch);
          next += patch;
        }
      }
    }
  }

  /** Patches as the decoders yield them: row, column, band. */
  private void fillMasked(float[] target, int index, Sensor sensor, int[] order) {
    int patch = config.patchSize();
    int size = config.imageSize();
    int bands = config.bands(sensor).size();
    int values = values(sensor);
    float[] source = pixels(sensor);
    for (int i = visible; i < patches; i++) {
      int corner = corner(order[i]);
      int first = (index * (patches - visible) + i - visible) * values;
      for (int band = 0; band < bands; band++) {
        for (int row = 0; row < patch; row++) {
          int from = corner + (band * size + row) * size;
          int to = first + row * patch * bands + band;
          for (int column = 0; column < patch; column++) {
            target[to + column * bands] = source[from + column];
          }
        }
      }
      if (objective.patchNormalisation()) {
        normalise(target, first, values);
      }
    }
  }

  /** To mean 0 and deviation 1, with the sample variance and epsilon of He et al. 2022. */
  private static void normalise(float[] values, int first, int count) {
    double sum = 0;
    for (int i = first; i < first + count; i++) {
      sum += values[i];
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = first; i < first + count; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    double scale = 1 / Math.sqrt(squares / Math.max(1, count - 1) + 1e-6);
    for (int i = first; i < first + count; i++) {
      values[i] = (float) ((values[i] - mean) * scale);
    }
  }

  private int corner(int position) {
    int patch = config.patchSize();
    int row = position / config.grid();
    int column = position % config.grid();
    return (row * config.imageSize() + column) * patch;
  }

  private float[] pixels(Sensor sensor) {
    float[] array = pixels.get(sensor);
    if (array == null) {
      throw new IllegalStateException("no pixels for " + sensor);
    }
    return array;
  }
}
