package org.csmoe.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * UPerNet (Xiao et al. 2018) on the token grids of four blocks, as TerraTorch puts it on a vision
 * transformer: a learned pyramid of 4, 2, 1 and 1/2 times the grid, pooling of the coarsest level
 * to 1, 2, 3 and 6 squared, lateral and top-down connections, 3 x 3 convolutions, and scores that
 * are resized to the image. All convolutions but the last have no bias and are followed by {@link
 * Operations#batchNorm} and a rectifier.
 *
 * <p>For a width of 768 and 256 channels it has 12,050,112 trained parameters and 257 more for each
 * class. Which blocks the paper takes is not known. Immutable.
 */
public final class SegmentationHead implements Head {
  private static final int LEVELS = 4;
  private static final int[] POOLS = {1, 2, 3, 6};

  private final int classes;
  private final int channels;
  private final List<Integer> layers;

  private SegmentationHead(int classes, int channels, List<Integer> layers) {
    this.classes = classes;
    this.channels = channels;
    this.layers = layers;
  }

  /**
   * With 256 channels, on four blocks: 1, 3, 4 and 5 of six; of another number n, those at {@code
   * ceil(n k / 6) - 1} for k of 2, 4, 5 and 6.
   *
   * @param classes how many
   * @return the head
   */
  public static SegmentationHead uperNet(int classes) {
    return new SegmentationHead(requirePositive("classes", classes), 256, List.of());
  }

  /**
   * Another number of channels.
   *
   * @param channels of the pyramid
   * @return the head
   */
  public SegmentationHead withChannels(int channels) {
    return new SegmentationHead(classes, requirePositive("channels", channels), layers);
  }

  /**
   * Other blocks.
   *
   * @param layers four, from 0, or negative from the last one, -1; the first one becomes the finest
   *     level
   * @return the head
   */
  public SegmentationHead withLayers(int... layers) {
    if (layers.length != LEVELS) {
      throw new IllegalArgumentException(
          "layers must be %d but were %s".formatted(LEVELS, Arrays.toString(layers)));
    }
    return new SegmentationHead(classes, channels, Arrays.stream(layers).boxed().toList());
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but was " + value);
    }
    return value;
  }

  /** The blocks of {@link #uperNet} for so many. */
  static List<Integer> defaultLayers(int blocks) {
    return Arrays.stream(new int[] {2, 4, 5, 6}).mapToObj(k -> (blocks * k + 5) / 6 - 1).toList();
  }

  @Override
  public Value apply(Operations operations, Features features) {
    List<Integer> blocks = layers.isEmpty() ? defaultLayers(features.layers()) : layers;
    List<Value> pyramid = pyramid(operations, blocks.stream().map(features::grid).toList());
    List<Value> laterals = new ArrayList<>();
    for (int i = 0; i + 1 < LEVELS; i++) {
      laterals.add(block1x1(operations, "lateral." + i, pyramid.get(i)));
    }
    laterals.add(pooled(operations, pyramid.get(LEVELS - 1)));
    for (int i = LEVELS - 1; i > 0; i--) {
      Value finer = laterals.get(i - 1);
      laterals.set(i - 1, operations.add(finer, resizedTo(operations, laterals.get(i), finer)));
    }
    Value[] levels = new Value[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      Value level =
          i + 1 < LEVELS ? block3x3(operations, "fpn." + i, laterals.get(i)) : laterals.get(i);
      levels[i] = i == 0 ? level : resizedTo(operations, level, levels[0]);
    }
    Value joined = block3x3(operations, "fpn_bottleneck", operations.concat(3, levels));
    Value scores = operations.linear("classifier", joined, classes);
    return operations.resize(scores, features.imageSize(), features.imageSize(), false);
  }

  /** 4, 2, 1 and 1/2 times the size of the grids. */
  private static List<Value> pyramid(Operations operations, List<Value> grids) {
    int width = grids.get(0).size(-1);
    Value doubled = operations.convTranspose2x2("pyramid.0.0", grids.get(0), width / 2);
    Value activated = operations.gelu(operations.batchNorm("pyramid.0.1", doubled));
    return List.of(
        operations.convTranspose2x2("pyramid.0.3", activated, width / 4),
        operations.convTranspose2x2("pyramid.1.0", grids.get(1), width / 2),
        grids.get(2),
        operations.maxPool2(grids.get(3)));
  }

  private Value pooled(Operations operations, Value coarsest) {
    Value[] parts = new Value[POOLS.length + 1];
    parts[0] = coarsest;
    for (int i = 0; i < POOLS.length; i++) {
      Value pool = operations.meanPool(coarsest, POOLS[i], POOLS[i]);
      Value block = block1x1(operations, "ppm." + i, pool);
      parts[i + 1] = resizedTo(operations, block, coarsest);
    }
    return block3x3(operations, "bottleneck", operations.concat(3, parts));
  }

  private static Value resizedTo(Operations operations, Value x, Value other) {
    return operations.resize(x, other.size(1), other.size(2), true);
  }

  private Value block1x1(Operations operations, String name, Value x) {
    Value convolved = operations.conv1x1(name + ".conv", x, channels);
    return operations.relu(operations.batchNorm(name + ".norm", convolved));
  }

  private Value block3x3(Operations operations, String name, Value x) {
    Value convolved = operations.conv3x3(name + ".conv", x, channels);
    return operations.relu(operations.batchNorm(name + ".norm", convolved));
  }
}
