package org.csmoe.probing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;

/**
 * Features of samples, {@code [samples, dimensions]} row-major, with what is to be predicted of
 * them. Features are computed once; probes are then fitted many times. Immutable by contract: do
 * not write to {@link #values()}. Safe to share between threads. Memory: four bytes per value.
 *
 * <pre>{@code
 * FeatureMatrix train = FeatureMatrix.of(values, ids, targets, classes);
 * train.save(Path.of("train.safetensors"), Map.of("model", "csmoe-p16"));
 * }</pre>
 */
public final class FeatureMatrix {
  private final float[] values;
  private final int dimensions;
  private final List<String> ids;
  private final List<Target> targets;
  private final List<String> classes;

  private FeatureMatrix(
      float[] values,
      int dimensions,
      List<String> ids,
      List<Target> targets,
      List<String> classes) {
    this.values = values;
    this.dimensions = dimensions;
    this.ids = ids;
    this.targets = targets;
    this.classes = classes;
  }

  /**
   * Wraps features.
   *
   * @param values {@code [samples, dimensions]}, finite, not copied
   * @param ids one per sample, at least one
   * @param targets one per sample: classes or {@link Target#none()}
   * @param classes names by index; may be empty when there are no targets
   * @return the matrix
   * @throws IllegalArgumentException when numbers disagree, a value is not finite, a target is a
   *     mask or names no class
   */
  public static FeatureMatrix of(
      float[] values, List<String> ids, List<Target> targets, List<String> classes) {
    int size = ids.size();
    if (size == 0 || targets.size() != size || values.length == 0 || values.length % size != 0) {
      throw new IllegalArgumentException(
          "values must be samples x dimensions, ids and targets one per sample, but were %d, %d and %d"
              .formatted(values.length, size, targets.size()));
    }
    int dimensions = values.length / size;
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "values must be finite but had %s at sample %s, dimension %d"
                .formatted(values[i], ids.get(i / dimensions), i % dimensions));
      }
    }
    for (int i = 0; i < size; i++) {
      check(ids.get(i), targets.get(i), classes.size());
    }
    return new FeatureMatrix(
        values, dimensions, List.copyOf(ids), List.copyOf(targets), List.copyOf(classes));
  }

  private static void check(String id, Target target, int classes) {
    if (target instanceof Target.Mask) {
      throw new IllegalArgumentException(
          "sample %s: target must be classes or none but was a mask".formatted(id));
    }
    if (target instanceof Target.Classes labels
        && labels.indices().stream().anyMatch(label -> label >= classes)) {
      throw new IllegalArgumentException(
          "sample %s: classes must be in 0..%d but were %s"
              .formatted(id, classes - 1, labels.indices()));
    }
  }

  /**
   * Reads features that {@link #save} wrote.
   *
   * @param path a safetensors file
   * @return the features
   * @throws IOException when the file cannot be read
   * @throws CsMoeException when the content is malformed or something else
   */
  public static FeatureMatrix load(Path path) throws IOException {
    try (TensorFile file = TensorFile.open(path, FeatureFile.FORMAT)) {
      return FeatureFile.read(file);
    }
  }

  /**
   * Writes the features as safetensors: {@code features} F32 {@code [samples, dimensions]}, {@code
   * label_counts} I32 {@code [samples]}, -1 where there is no target, {@code labels} I32, the
   * classes of all samples one after the other, and {@code ids} U8, a JSON array. The file appears
   * whole or not at all.
   *
   * @param path the file to make or replace
   * @param provenance where the features come from, kept as JSON in the file's metadata
   * @throws IOException when it cannot be written
   */
  public void save(Path path, Map<String, String> provenance) throws IOException {
    FeatureFile.write(path, FeatureFile.FORMAT, this, Map.of(), provenance);
  }

  /**
   * How many samples there are.
   *
   * @return at least one
   */
  public int size() {
    return ids.size();
  }

  /**
   * How many features a sample has.
   *
   * @return at least one
   */
  public int dimensions() {
    return dimensions;
  }

  /**
   * The features, not a copy.
   *
   * @return {@code [samples, dimensions]}, row-major
   */
  public float[] values() {
    return values;
  }

  /**
   * A copy of one sample's features.
   *
   * @param sample its index
   * @return one value per dimension
   */
  public float[] row(int sample) {
    return Arrays.copyOfRange(values, sample * dimensions, (sample + 1) * dimensions);
  }

  /**
   * The names of the samples.
   *
   * @return an immutable list
   */
  public List<String> ids() {
    return ids;
  }

  /**
   * What is to be predicted.
   *
   * @return {@link Target.Classes} or {@link Target#none()} per sample
   */
  public List<Target> targets() {
    return targets;
  }

  /**
   * The classes that targets name.
   *
   * @return names by index
   */
  public List<String> classes() {
    return classes;
  }

  /**
   * A copy of some of the samples, in an order.
   *
   * @param samples their indices, at least one
   * @return the features of these samples
   * @throws IndexOutOfBoundsException when there is no such sample
   */
  public FeatureMatrix subset(int... samples) {
    float[] chosen = new float[Math.multiplyExact(samples.length, dimensions)];
    List<String> chosenIds = new ArrayList<>(samples.length);
    List<Target> chosenTargets = new ArrayList<>(samples.length);
    for (int i = 0; i < samples.length; i++) {
      chosenIds.add(ids.get(samples[i]));
      chosenTargets.add(targets.get(samples[i]));
      System.arraycopy(values, samples[i] * dimensions, chosen, i * dimensions, dimensions);
    }
    return of(chosen, chosenIds, chosenTargets, classes);
  }
}
