package org.csmoe.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.csmoe.data.Dataset;
import org.csmoe.datasets.DatasetBuilder;
import org.csmoe.datasets.DatasetSplit;
import org.csmoe.datasets.Datasets;
import picocli.CommandLine.Option;

/** How data sets are cut when a command opens them. */
final class DataOptions {
  @Option(
      names = "--cut",
      paramLabel = "PIXELS",
      description = "Cut images into squares of so many pixels. Default: whole images.")
  Optional<Integer> cut = Optional.empty();

  @Option(
      names = "--stride",
      paramLabel = "PIXELS",
      description = "Pixels from square to square. Default: the square.")
  Optional<Integer> stride = Optional.empty();

  /** Opens folders of any known layout as one data set; the caller closes it. */
  Dataset open(List<Path> folders, Optional<DatasetSplit> split) {
    List<Dataset> parts = new ArrayList<>();
    for (Path folder : folders) {
      DatasetBuilder builder = Datasets.builder(folder);
      cut.ifPresent(builder::patchSize);
      stride.ifPresent(builder::stride);
      split.ifPresent(builder::split);
      parts.add(builder.open());
    }
    return parts.size() == 1 ? parts.get(0) : Datasets.concat(parts);
  }
}
