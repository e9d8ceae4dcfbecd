package org.csmoe.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.CsMoeException;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.raster.BandOrder;
import org.csmoe.sensor.Sensor;

/**
 * EuroSAT in both editions: a folder per class, in the folder itself or in {@code images}; splits
 * when there is a {@code labels.csv} with the columns file, label and split.
 */
final class EuroSat {
  static final String JPEG = ".jpg";
  static final String TIFF = ".tif";

  /** All ten, also where some have no image, so that indices are the same in both editions. */
  static final List<String> CLASSES =
      List.of(
          "AnnualCrop",
          "Forest",
          "HerbaceousVegetation",
          "Highway",
          "Industrial",
          "Pasture",
          "PermanentCrop",
          "Residential",
          "River",
          "SeaLake");

  private EuroSat() {}

  static boolean hasImages(Path folder, String ending) {
    Path root = images(folder);
    return CLASSES.stream()
        .anyMatch(name -> !FolderListing.files(root.resolve(name), ending).isEmpty());
  }

  private static Path images(Path folder) {
    Path images = folder.resolve("images");
    return Files.isDirectory(images) ? images : folder;
  }

  static Places find(DatasetBuilder.Request request, String ending) {
    if (!request.wants(Sensor.SENTINEL2)) {
      throw new CsMoeException(
          request.folder() + ": found EuroSAT, which has images of Sentinel-2 only");
    }
    Path labels = request.folder().resolve("labels.csv");
    return Places.of(
        CLASSES,
        Files.exists(labels)
            ? listed(request.folder(), labels, ending)
            : inFolders(images(request.folder()), ending));
  }

  private static List<Place> inFolders(Path root, String ending) {
    List<Place> places = new ArrayList<>();
    for (int label = 0; label < CLASSES.size(); label++) {
      Path folder = root.resolve(CLASSES.get(label));
      for (String file : FolderListing.files(folder, ending)) {
        places.add(place(folder.resolve(file), label, Optional.empty(), ending));
      }
    }
    return places;
  }

  private static List<Place> listed(Path folder, Path labels, String ending) {
    List<Place> places = new ArrayList<>();
    Path root = folder.toAbsolutePath().normalize();
    CsvTable.read(
        labels,
        List.of("file", "label", "split"),
        row -> {
          String name = row.values().get(0);
          Path file = root.resolve(name).normalize();
          int label = CLASSES.indexOf(row.values().get(1));
          Optional<DatasetSplit> split = DatasetSplit.find(row.values().get(2));
          if (!file.startsWith(root) || !name.endsWith(ending)) {
            throw row.malformed("file " + name, "a file in this folder ending in " + ending);
          }
          if (label < 0) {
            throw row.malformed("label " + row.values().get(1), "one of " + CLASSES);
          }
          if (split.isEmpty()) {
            throw row.malformed("split " + row.values().get(2), "train, val or test");
          }
          places.add(place(file, label, split, ending));
        });
    return places;
  }

  private static Place place(Path file, int label, Optional<DatasetSplit> split, String ending) {
    String name = String.valueOf(file.getFileName());
    String id = name.substring(0, name.length() - ending.length());
    Target target = Target.classes(label);
    if (ending.equals(JPEG)) {
      return new JpegPlace(id, file, target, split);
    }
    ScenePlace.Source source = new ScenePlace.Source(file, BandOrder.EUROSAT.bands());
    return new ScenePlace(
        id, Map.of(Sensor.SENTINEL2, source), ScenePlace.SAME_GRID, split, () -> target);
  }

  private record JpegPlace(String id, Path file, Target target, Optional<DatasetSplit> split)
      implements Place {
    @Override
    public Sample read() {
      return new Sample(id, Map.of(Sensor.SENTINEL2, Jpeg.read(file)), target);
    }
  }
}
