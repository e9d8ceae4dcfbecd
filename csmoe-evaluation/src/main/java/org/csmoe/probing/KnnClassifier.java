package org.csmoe.probing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;

/**
 * Training samples that vote; {@link KnnProbe} makes them. Scores are shares of votes. Immutable,
 * safe to share between threads.
 *
 * <p>Queries are compared with all training samples, 32 at a time and core. Memory beside the
 * training features: about 4 x 32 x (dimensions + 3 x neighbours) bytes per core.
 */
public final class KnnClassifier implements Classifier {
  static final String FORMAT = "csmoe-knn-probe-1";

  private static final String NEIGHBOURS = "neighbours";
  private static final String TEMPERATURE = "temperature";
  private static final int BLOCK = 32;

  private final KnnProbe probe;
  private final FeatureMatrix train;
  private final Labels labels;

  /** The features must be normalised and every sample have a target. */
  KnnClassifier(KnnProbe probe, FeatureMatrix train) {
    this.probe = probe;
    this.train = train;
    this.labels = Labels.of(train, probe.labelling());
  }

  /** Brings the rows of a matrix that nobody else has seen to length 1. */
  static void normalise(FeatureMatrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      normalise(matrix.values(), i * matrix.dimensions(), matrix.dimensions());
    }
  }

  private static void normalise(float[] values, int from, int length) {
    double squares = 0;
    for (int j = from; j < from + length; j++) {
      squares += (double) values[j] * values[j];
    }
    double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
    for (int j = from; j < from + length; j++) {
      values[j] = (float) (values[j] * scale);
    }
  }

  private static void requireNormalised(FeatureMatrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      double squares = 0;
      for (float value : matrix.row(i)) {
        squares += (double) value * value;
      }
      // Rounding to float leaves about 1e-7.
      if (squares != 0 && !(Math.abs(squares - 1) < 1e-4)) {
        throw new IllegalArgumentException(
            "features of sample %s have squared length %s, not 1 or 0"
                .formatted(matrix.ids().get(i), squares));
      }
    }
  }

  static KnnClassifier read(TensorFile file) throws IOException {
    FeatureMatrix train = FeatureFile.read(file);
    try {
      KnnProbe probe =
          new KnnProbe(
              file.labelling(),
              Integer.parseInt(file.setting(NEIGHBOURS)),
              Double.parseDouble(file.setting(TEMPERATURE)));
      KnnClassifier classifier = new KnnClassifier(probe, train);
      if (classifier.labels.rows().length != train.size() || probe.neighbours() > train.size()) {
        throw new IllegalArgumentException(
            "%d samples, %d with targets, for %d neighbours"
                .formatted(train.size(), classifier.labels.rows().length, probe.neighbours()));
      }
      requireNormalised(train);
      return classifier;
    } catch (IllegalArgumentException e) {
      throw (CsMoeException)
          file.malformed("probe", String.valueOf(e.getMessage()), "a k-NN probe").initCause(e);
    }
  }

  @Override
  public void save(Path path, Map<String, String> provenance) throws IOException {
    Map<String, String> settings =
        Map.of(
            TensorFile.LABELLING,
            probe.labelling().name().toLowerCase(Locale.ROOT),
            NEIGHBOURS,
            Integer.toString(probe.neighbours()),
            TEMPERATURE,
            Double.toString(probe.temperature()));
    FeatureFile.write(path, FORMAT, train, settings, provenance);
  }

  @Override
  public List<String> classes() {
    return train.classes();
  }

  @Override
  public Labelling labelling() {
    return probe.labelling();
  }

  @Override
  public int dimensions() {
    return train.dimensions();
  }

  @Override
  public float threshold() {
    return 0.5f;
  }

  /** {@inheritDoc} They are shares of votes, from 0 to 1. */
  @Override
  public float[] scores(float[] features) {
    requireDimensions(features.length);
    float[] scores = new float[classes().size()];
    new Block(features, 0, 1).vote(scores, 0);
    return scores;
  }

  /** {@inheritDoc} They are shares of votes, from 0 to 1. */
  @Override
  public float[] scores(FeatureMatrix samples) {
    requireDimensions(samples.dimensions());
    int classes = classes().size();
    float[] scores = new float[Math.multiplyExact(samples.size(), classes)];
    IntStream.range(0, (samples.size() + BLOCK - 1) / BLOCK)
        .parallel()
        .forEach(
            i -> {
              int begin = i * BLOCK;
              int count = Math.min(BLOCK, samples.size() - begin);
              new Block(samples.values(), begin, count).vote(scores, begin * classes);
            });
    return scores;
  }

  private void requireDimensions(int found) {
    if (found != dimensions()) {
      throw new IllegalArgumentException(
          "features must have %d dimensions but had %d".formatted(dimensions(), found));
    }
  }

  /** Some queries, side by side so that the inner loop runs over them. */
  private final class Block {
    private final int count;

    /** {@code [dimensions, BLOCK]}. */
    private final float[] queries = new float[dimensions() * BLOCK];

    private final float[] similarities = new float[BLOCK];

    /** The nearest so far of each query, most similar first, {@code [BLOCK, neighbours]}. */
    private final float[] nearest = new float[BLOCK * probe.neighbours()];

    private final int[] nearestRows = new int[BLOCK * probe.neighbours()];

    Block(float[] values, int begin, int count) {
      this.count = count;
      int dimensions = dimensions();
      for (int b = 0; b < count; b++) {
        int from = (begin + b) * dimensions;
        float[] query = Arrays.copyOfRange(values, from, from + dimensions);
        normalise(query, 0, dimensions);
        for (int j = 0; j < dimensions; j++) {
          queries[j * BLOCK + b] = query[j];
        }
      }
      Arrays.fill(nearest, Float.NEGATIVE_INFINITY);
      for (int row = 0; row < train.size(); row++) {
        compare(train.values(), row * dimensions);
        for (int b = 0; b < count; b++) {
          insert(b, similarities[b], row);
        }
      }
    }

    private void compare(float[] values, int from) {
      int dimensions = dimensions();
      Arrays.fill(similarities, 0);
      int j = 0;
      for (; j + 3 < dimensions; j += 4) {
        add(
            similarities,
            queries,
            j * BLOCK,
            values[from + j],
            values[from + j + 1],
            values[from + j + 2],
            values[from + j + 3]);
      }
      for (; j < dimensions; j++) {
        for (int b = 0; b < BLOCK; b++) {
          similarities[b] += values[from + j] * queries[j * BLOCK + b];
        }
      }
    }

    private void insert(int query, float similarity, int row) {
      int begin = query * probe.neighbours();
      int at = begin + probe.neighbours() - 1;
      if (similarity <= nearest[at]) {
        return;
      }
      while (at > begin && similarity > nearest[at - 1]) {
        nearest[at] = nearest[at - 1];
        nearestRows[at] = nearestRows[at - 1];
        at--;
      }
      nearest[at] = similarity;
      nearestRows[at] = row;
    }

    void vote(float[] scores, int to) {
      int classes = classes().size();
      double[] votes = new double[classes];
      for (int b = 0; b < count; b++) {
        Arrays.fill(votes, 0);
        double sum = 0;
        int begin = b * probe.neighbours();
        for (int i = begin; i < begin + probe.neighbours(); i++) {
          // Relative to the nearest, which changes no share and cannot overflow.
          double vote = Math.exp((nearest[i] - nearest[begin]) / probe.temperature());
          sum += vote;
          for (int label : labels.set(nearestRows[i])) {
            votes[label] += vote;
          }
        }
        for (int k = 0; k < classes; k++) {
          scores[to + b * classes + k] = (float) (votes[k] / sum);
        }
      }
    }
  }

  private static void add(float[] y, float[] x, int from, float a, float b, float c, float d) {
    for (int i = 0; i < BLOCK; i++) {
      y[i] +=
          a * x[from + i]
              + b * x[from + BLOCK + i]
              + c * x[from + 2 * BLOCK + i]
              + d * x[from + 3 * BLOCK + i];
    }
  }
}
