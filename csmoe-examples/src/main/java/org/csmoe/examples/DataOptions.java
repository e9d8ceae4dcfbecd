package org.csmoe.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.datasets.DatasetBuilder;
import org.csmoe.datasets.DatasetSplit;
import org.csmoe.datasets.Datasets;
import org.csmoe.datasets.Layout;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.Option;

/** How data sets are cut when a command opens them. */
final class DataOptions {
  /** Layouts whose images are patches already. */
  private static final Set<Layout> SMALL = EnumSet.of(Layout.EUROSAT_RGB, Layout.EUROSAT_MS);

  @Option(
      names = "--cut",
      paramLabel = "PIXELS",
      description =
          "Cut images into squares of so many pixels, but EuroSAT's. DIR:0-75 then takes those in the"
              + " left 75 per cent of each image. Default: whole images.")
  Optional<Integer> cut = Optional.empty();

  @Option(
      names = "--stride",
      paramLabel = "PIXELS",
      description = "Pixels from square to square. Default: the square.")
  Optional<Integer> stride = Optional.empty();

  /**
   * Opens folders of any known layout as one data set, of their classes if these are the same; the
   * caller closes it.
   *
   * @param folders paths, each with {@code :train}, {@code :validation} or {@code :test} after it
   *     for one split, or {@code :0-50} for the left half of each image
   */
  Dataset open(List<String> folders) {
    return open(folders, Optional.empty());
  }

  /** The same, maybe without the twins of one sensor. */
  Dataset open(List<String> folders, Optional<Sensor> onlySensor) {
    List<Dataset> parts = new ArrayList<>();
    try {
      for (String folder : folders) {
        parts.add(open(Folder.parse(folder), onlySensor));
      }
      return new Joined(parts);
    } catch (RuntimeException e) {
      parts.forEach(Dataset::close);
      throw e;
    }
  }

  /** Opens one folder, maybe without the twins of one sensor; the caller closes it. */
  Dataset open(Folder folder, Optional<Sensor> onlySensor) {
    requirePositive("--cut", cut);
    requirePositive("--stride", stride);
    if (!Files.exists(folder.path())) {
      throw new CsMoeException(
          "%s: there is no such folder; a part of one is FOLDER:train, FOLDER:validation, FOLDER:test, or"
                  .formatted(folder.path())
              + " FOLDER:0-75 in per cent of the columns of its images");
    }
    DatasetBuilder builder = Datasets.builder(folder.path());
    if (!SMALL.contains(Layout.of(folder.path()))) {
      cut.ifPresent(builder::patchSize);
      stride.ifPresent(builder::stride);
    }
    folder.split().ifPresent(builder::split);
    folder.columns().ifPresent(part -> builder.columns(part.from() / 100.0, part.to() / 100.0));
    onlySensor.ifPresent(builder::onlySensor);
    return builder.open();
  }

  private static void requirePositive(String option, Optional<Integer> pixels) {
    pixels
        .filter(value -> value < 1)
        .ifPresent(
            value -> {
              throw new IllegalArgumentException(
                  "%s must be at least 1 but was %d".formatted(option, value));
            });
  }

  /** A folder, one split of it, or squares from a part of its images. */
  record Folder(Path path, Optional<DatasetSplit> split, Optional<Percent> columns) {
    private static final Pattern PART = Pattern.compile("(.+):(\\d{1,3})-(\\d{1,3})");

    /** Reads {@code DIR}, {@code DIR:SPLIT} or {@code DIR:FROM-TO}. */
    static Folder parse(String text) {
      Matcher part = PART.matcher(text);
      if (part.matches()) {
        return new Folder(
            Path.of(part.group(1)),
            Optional.empty(),
            Optional.of(
                new Percent(Integer.parseInt(part.group(2)), Integer.parseInt(part.group(3)))));
      }
      int colon = text.lastIndexOf(':');
      Optional<DatasetSplit> split =
          colon < 0 ? Optional.empty() : DatasetSplit.find(text.substring(colon + 1));
      return new Folder(
          Path.of(split.isEmpty() ? text : text.substring(0, colon)), split, Optional.empty());
    }

    /** The text that says the same wherever the command is started. */
    String name() {
      return path.toAbsolutePath().normalize()
          + split.map(part -> ":" + part.name().toLowerCase(Locale.ROOT)).orElse("")
          + columns.map(part -> ":%d-%d".formatted(part.from(), part.to())).orElse("");
    }
  }

  /** Columns of an image, in per cent of its width. */
  record Percent(int from, int to) {}

  /** Data sets one after the other, closed together. */
  private static final class Joined implements Dataset {
    private final List<Dataset> parts;
    private final Dataset samples;

    Joined(List<Dataset> parts) {
      this.parts = parts;
      List<String> classes = parts.get(0).classes();
      boolean same = parts.stream().allMatch(part -> part.classes().equals(classes));
      this.samples =
          Datasets.concat(
              same
                  ? parts
                  : parts.stream()
                      .map(part -> Dataset.of(List.of(), part.size(), part::get))
                      .toList());
    }

    @Override
    public List<String> classes() {
      return samples.classes();
    }

    @Override
    public int size() {
      return samples.size();
    }

    @Override
    public Sample get(int index) {
      return samples.get(index);
    }

    @Override
    public void close() {
      parts.forEach(Dataset::close);
    }
  }
}
