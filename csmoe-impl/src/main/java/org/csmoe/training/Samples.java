package org.csmoe.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.csmoe.data.Dataset;

/**
 * The samples of each step: a new order in each epoch, and random numbers that depend on seed,
 * epoch and sample alone, so that a training can go on anywhere.
 */
final class Samples {
  private static final long EPOCH = 0x9E3779B97F4A7C15L;
  private static final long SAMPLE = 0xBF58476D1CE4E5B9L;

  /** Stands for validation: the same masks each time. */
  static final int VALIDATION = -1;

  private final Dataset dataset;
  private final int perPart;
  private final long seed;
  private int ordered = VALIDATION;
  private int[] order;

  Samples(Dataset dataset, int perPart, long seed) {
    this.dataset = dataset;
    this.perPart = perPart;
    this.seed = seed;
    this.order = new int[dataset.size()];
  }

  /** The samples of a part, by its number in an epoch. */
  List<Integer> indices(int epoch, long part) {
    if (ordered != epoch) {
      order = shuffled(epoch);
      ordered = epoch;
    }
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < perPart; i++) {
      indices.add(order[Math.toIntExact(part * perPart + i)]);
    }
    return indices;
  }

  private int[] shuffled(int epoch) {
    SplittableRandom random = random(epoch, -1);
    int[] result = new int[dataset.size()];
    for (int i = 0; i < result.length; i++) {
      int j = random.nextInt(i + 1);
      result[i] = result[j];
      result[j] = i;
    }
    return result;
  }

  SplittableRandom random(int epoch, int sample) {
    return new SplittableRandom(seed + EPOCH * (epoch + 1L) + SAMPLE * (sample + 1L));
  }
}
