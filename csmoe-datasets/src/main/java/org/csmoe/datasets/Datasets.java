package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;

/**
 * Opens data sets. Samples carry physical values: Sentinel-2 as reflectance x 10^4, Sentinel-1 in
 * decibels, NaN where there is no data; coarser bands are repeated on the grid of 10 m. They are
 * safe for use by several threads, and read from disk when they are asked for.
 *
 * <pre>{@code
 * try (Dataset train =
 *     Datasets.builder(Path.of("BigEarthNet"))
 *         .split(DatasetSplit.TRAIN)
 *         .subset(BigEarthNetSubset.SERBIA_SUMMER)
 *         .open()) {
 *   Sample sample = train.get(0);
 * }
 * }</pre>
 */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a folder of a known {@link Layout}: whole images of both sensors, all splits.
   *
   * @param folder the folder
   * @return the data set; the caller closes it
   * @throws CsMoeException when the layout is not known, or something in it is missing or malformed
   * @throws java.io.UncheckedIOException when files cannot be read
   */
  public static Dataset open(Path folder) {
    return builder(folder).open();
  }

  /**
   * Begins to open a folder with options.
   *
   * @param folder the folder
   * @return a builder, to be ended by {@link DatasetBuilder#open()}
   */
  public static DatasetBuilder builder(Path folder) {
    return new DatasetBuilder(folder);
  }

  /**
   * Data sets one after the other. The result reads from them and does not close them. Samples keep
   * their ids, which may repeat.
   *
   * @param datasets at least one, all of the same classes
   * @return the samples of all
   * @throws IllegalArgumentException when there is none, or classes differ, or they have more than
   *     2^31 - 1 samples
   */
  public static Dataset concat(List<? extends Dataset> datasets) {
    List<Dataset> parts = List.copyOf(datasets);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("datasets must be at least one");
    }
    int[] starts = new int[parts.size()];
    long total = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (int) total;
      total += parts.get(i).size();
      if (total > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "datasets must have at most %d samples together".formatted(Integer.MAX_VALUE));
      }
      if (!parts.get(i).classes().equals(parts.get(0).classes())) {
        throw new IllegalArgumentException(
            "datasets must be of the same classes but had %s and %s"
                .formatted(parts.get(0).classes(), parts.get(i).classes()));
      }
    }
    return Dataset.of(
        parts.get(0).classes(),
        (int) total,
        index -> {
          int part = partOf(starts, index);
          return parts.get(part).get(index - starts[part]);
        });
  }

  /** The last part that begins at the index or before, so that empty parts are passed over. */
  private static int partOf(int[] starts, int index) {
    int found = Arrays.binarySearch(starts, index);
    int part = found >= 0 ? found : -found - 2;
    while (part + 1 < starts.length && starts[part + 1] == index) {
      part++;
    }
    return part;
  }
}
