package org.csmoe.examples;

import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.retrieval.IndexEntry;
import org.csmoe.retrieval.IndexedVector;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Data sets by the names of their folders, opened once; entries of an index and back to images. */
final class SampleFolders implements AutoCloseable {
  private static final String SAMPLE = "sample";

  private final String key;
  private final DataOptions cutting;
  private final Optional<Sensor> onlySensor;
  private final PrintWriter messages;
  private final Set<Band> missing = EnumSet.noneOf(Band.class);
  private final Map<String, Dataset> open = new LinkedHashMap<>();

  /**
   * Folders that are all opened alike.
   *
   * @param key under which the metadata of entries have the folder
   */
  SampleFolders(
      String key, DataOptions cutting, Optional<Sensor> onlySensor, PrintWriter messages) {
    this.messages = messages;
    this.key = key;
    this.cutting = cutting;
    this.onlySensor = onlySensor;
  }

  /** The data set of a folder's name. */
  Dataset get(String name) {
    return open.computeIfAbsent(
        name,
        folder -> {
          Dataset dataset = cutting.open(DataOptions.Folder.parse(folder), onlySensor);
          if (dataset.size() == 0) {
            dataset.close();
            throw new CsMoeException(folder + ": found no samples, expected at least one");
          }
          return dataset;
        });
  }

  /** Whether an entry was made from one of these folders. */
  boolean made(IndexEntry entry) {
    return entry.metadata().containsKey(key);
  }

  /** The folder of an entry. */
  String folder(IndexEntry entry) {
    return entry.metadata().getOrDefault(key, "");
  }

  /** The number of an entry's sample in its folder. */
  int number(IndexEntry entry) {
    try {
      return Integer.parseInt(entry.metadata().getOrDefault(SAMPLE, ""));
    } catch (NumberFormatException e) {
      throw new CsMoeException(
          "%s: found no number of a sample, expected an entry that csmoe index made"
              .formatted(entry.id()),
          e);
    }
  }

  /**
   * One vector for each image of some samples, in their order, Sentinel-1 first. Bands that images
   * lack count as their mean, and a message says so.
   */
  List<IndexedVector> embed(
      CsMoe model, Pooling pooling, Set<Sensor> sensors, String folder, List<Integer> numbers) {
    Dataset dataset = get(folder);
    List<Sample> samples = numbers.stream().map(dataset::get).toList();
    int known = missing.size();
    List<List<IndexedVector>> bySample = new ArrayList<>();
    samples.forEach(sample -> bySample.add(new ArrayList<>()));
    for (Sensor sensor : sensors) {
      List<Integer> having = new ArrayList<>();
      List<SensorImage> images = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        Sample sample = samples.get(i);
        // Of several sensors a sample may lack one; with one alone, lacking it is an error.
        if (sensors.size() == 1 || sample.images().containsKey(sensor)) {
          having.add(i);
          images.add(
              FeatureTables.withBands(sample.image(sensor), model.config().bands(sensor), missing));
        }
      }
      if (images.isEmpty()) {
        continue;
      }
      FeatureTensor vectors =
          model
              .features(sensor)
              .withBatchSize(images.size())
              .withResize(Resize.BILINEAR)
              .embed(images, pooling);
      for (int i = 0; i < images.size(); i++) {
        int place = having.get(i);
        IndexEntry entry = entry(folder, numbers.get(place), samples.get(place), sensor);
        bySample.get(place).add(new IndexedVector(entry, vectors.row(i).data()));
      }
    }
    if (missing.size() > known) {
      messages.println("images lack " + missing + ", which count as their mean");
      messages.flush();
    }
    return bySample.stream().flatMap(List::stream).toList();
  }

  private IndexEntry entry(String folder, int number, Sample sample, Sensor sensor) {
    return new IndexEntry(
        sample.id(),
        sensor,
        labels(sample.target()),
        Map.of(key, folder, SAMPLE, Integer.toString(number)));
  }

  /** Classes of the sample; of a mask, all that occur in it. */
  private static Set<Integer> labels(Target target) {
    if (target instanceof Target.Classes classes) {
      return classes.indices();
    }
    if (target instanceof Target.Mask mask) {
      return Arrays.stream(mask.classes())
          .filter(label -> label != Target.Mask.IGNORED)
          .boxed()
          .collect(Collectors.toSet());
    }
    return Set.of();
  }

  /**
   * Draws the image of an entry.
   *
   * @throws CsMoeException when its folder has another sample in its place by now
   */
  BufferedImage picture(IndexEntry entry) {
    Dataset dataset = get(folder(entry));
    int number = number(entry);
    Optional<Sample> sample =
        number < dataset.size() ? Optional.of(dataset.get(number)) : Optional.empty();
    String found = sample.map(Sample::id).orElse("no sample");
    return sample
        .filter(read -> read.id().equals(entry.id()))
        .map(read -> Pictures.naturalColour(read.image(entry.sensor())))
        .orElseThrow(
            () ->
                new CsMoeException(
                    "%s sample %d: found %s, expected %s; the folder has changed since"
                        .formatted(folder(entry), number, found, entry.id())));
  }

  @Override
  public void close() {
    open.values().forEach(Dataset::close);
  }
}
