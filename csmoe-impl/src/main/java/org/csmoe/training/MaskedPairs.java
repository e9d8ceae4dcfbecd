package org.csmoe.training;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
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
import org.csmoe.sensor.SensorImage;

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

  /** Which images of the batch being filled there are: Sentinel-1 first, then Sentinel-2. */
  private final BitSet present = new BitSet();

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
          List<Long> shape = List.of(b, (long) patches - visible, (long) values(target));
          shapes.put(names.target(target), shape);
          shapes.put(names.share(target), shape);
        }
      }
    }
    if (objective.mutualInformationWeight() > 0) {
      shapes.put(PretrainingGraph.PAIRS, List.of(2 * b, 2 * b));
      shapes.put(PretrainingGraph.OTHERS, List.of(2 * b, 2 * b));
      shapes.put(PretrainingGraph.SHARES, List.of(2 * b));
    }
    return new Inputs(shapes, outputs);
  }

  private boolean isTarget(Sensor source, Sensor target) {
    return (source == target ? objective.unimodalWeight() : objective.crossModalWeight()) > 0;
  }

  private int values(Sensor sensor) {
    return config.bands(sensor).size() * config.patchSize() * config.patchSize();
  }

  /**
   * Completes a batch whose pairs were all filled in: shares in the means of losses follow from how
   * much data there is.
   */
  void finish(Inputs inputs) {
    for (Sensor sensor : Sensor.values()) {
      for (Sensor target : Sensor.values()) {
        if (isTarget(sensor, target)) {
          toShares(inputs.get(PretrainingGraph.Names.of(sensor).share(target)));
        }
      }
    }
    if (objective.mutualInformationWeight() > 0) {
      contrast(inputs, batch(inputs));
    }
  }

  private int batch(Inputs inputs) {
    String name = PretrainingGraph.Names.of(Sensor.SENTINEL1).positions();
    return inputs.get(name).length / (visible * config.width());
  }

  private static void toShares(float[] ones) {
    int count = 0;
    for (float one : ones) {
      count += one > 0 ? 1 : 0;
    }
    float share = count == 0 ? 0 : 1f / count;
    for (int i = 0; i < ones.length; i++) {
      ones[i] *= share;
    }
  }

  private void contrast(Inputs inputs, int batch) {
    float[] pairs = inputs.get(PretrainingGraph.PAIRS);
    float[] others = inputs.get(PretrainingGraph.OTHERS);
    float[] shares = inputs.get(PretrainingGraph.SHARES);
    int side = 2 * batch;
    Arrays.fill(pairs, 0);
    Arrays.fill(others, 0);
    int counted = 0;
    for (int row = 0; row < side; row++) {
      int pair = (row + batch) % side;
      boolean counts =
          present.get(row) && present.get(pair) && markOthers(others, row, pair, batch) > 0;
      shares[row] = counts ? 1 : 0;
      counted += counts ? 1 : 0;
      if (!counts) {
        // Any denominator that is not 0.
        others[row * side + row] = 1;
      }
    }
    for (int row = 0; row < side && counted > 0; row++) {
      shares[row] /= counted;
      pairs[row * side + (row + batch) % side] = shares[row];
    }
  }

  /** Marks what the pair is told from, and counts it. */
  private int markOthers(float[] others, int row, int pair, int batch) {
    boolean all = objective.mutualInformation() == MutualInformation.NT_XENT;
    int marked = 0;
    for (int column = 0; column < 2 * batch; column++) {
      boolean otherSensor = row < batch != column < batch;
      if (present.get(column) && (all ? column != row : otherSensor && column != pair)) {
        others[row * 2 * batch + column] = 1;
        marked++;
      }
    }
    return marked;
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

  /**
   * Fills the inputs of one pair. An image or a band that is missing is as one without data: the
   * encoder sees the mean in its place, and losses leave it out.
   *
   * @param inputs what {@link #allocate} made
   * @param index of the pair in the batch
   * @param sample one image or both
   * @param orders of patches for each sensor, visible ones first
   */
  void fill(Inputs inputs, int index, Sample sample, Map<Sensor, int[]> orders) {
    int batch = batch(inputs);
    for (Sensor sensor : Sensor.values()) {
      boolean there = prepare(sensor, sample);
      present.set(sensor == Sensor.SENTINEL1 ? index : batch + index, there);
    }
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
          float[] shares = inputs.get(names.share(target));
          fillMasked(inputs.get(names.target(target)), shares, index, target, order);
          if (!sample.images().containsKey(sensor)) {
            int length = (patches - visible) * values(target);
            Arrays.fill(shares, index * length, (index + 1) * length, 0);
          }
        }
      }
    }
  }

  /** Brings a sensor's pixels into the model's form, NaN where there are none. */
  private boolean prepare(Sensor sensor, Sample sample) {
    float[] target = pixels(sensor);
    SensorImage image = sample.images().get(sensor);
    if (image == null) {
      Arrays.fill(target, Float.NaN);
      return false;
    }
    SensorImage complete = image.withBands(config.bands(sensor));
    preparation(sensor).check(complete);
    preparation(sensor).write(complete, FloatBuffer.wrap(target), Float.NaN);
    return true;
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
          int from = corner + (band * size + row) * size;
          for (int column = 0; column < patch; column++) {
            float value = source[from + column];
            target[next++] = Float.isNaN(value) ? 0 : value;
          }
        }
      }
    }
  }

  /** Patches as the decoders yield them: row, column, band; with 1 where there is data. */
  private void fillMasked(float[] target, float[] ones, int index, Sensor sensor, int[] order) {
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
      for (int k = first; k < first + values; k++) {
        boolean missing = Float.isNaN(target[k]);
        ones[k] = missing ? 0 : 1;
        target[k] = missing ? 0 : target[k];
      }
    }
  }

  /** To mean 0 and deviation 1, with the sample variance and epsilon of He et al. 2022. */
  private static void normalise(float[] values, int first, int count) {
    double sum = 0;
    int valid = 0;
    for (int i = first; i < first + count; i++) {
      if (!Float.isNaN(values[i])) {
        sum += values[i];
        valid++;
      }
    }
    double mean = sum / Math.max(1, valid);
    double squares = 0;
    for (int i = first; i < first + count; i++) {
      squares += Float.isNaN(values[i]) ? 0 : (values[i] - mean) * (values[i] - mean);
    }
    double scale = 1 / Math.sqrt(squares / Math.max(1, valid - 1) + 1e-6);
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

  /** The pixels of the image filled in last, as z-scores, NaN where there are none; not a copy. */
  float[] prepared(Sensor sensor) {
    return pixels(sensor);
  }

  private float[] pixels(Sensor sensor) {
    float[] array = pixels.get(sensor);
    if (array == null) {
      throw new IllegalStateException("no pixels for " + sensor);
    }
    return array;
  }
}
