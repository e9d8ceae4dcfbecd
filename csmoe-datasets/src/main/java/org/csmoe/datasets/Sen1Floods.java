package org.csmoe.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.RasterFormatException;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.RasterInfo;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Sen1Floods11's hand-labelled chips, all in one folder or in one folder per kind. */
final class Sen1Floods {
  private static final List<String> CLASSES = List.of("not water", "water");
  private static final String LABEL = "LabelHand";

  private Sen1Floods() {}

  static Places find(DatasetBuilder.Request request) {
    Path labels = folder(request.folder(), LABEL);
    Set<String> chips = chips(labels, LABEL);
    for (Sensor sensor : request.sensors()) {
      String kind = kind(sensor);
      Path folder = folder(request.folder(), kind);
      Set<String> images = chips(folder, kind);
      Twins.requireAll(labels, chips, folder, images, ending(kind));
      Twins.requireAll(folder, images, labels, chips, ending(LABEL));
    }
    return Places.of(CLASSES, chips.stream().map(chip -> place(request, chip)).toList());
  }

  private static Set<String> chips(Path folder, String kind) {
    Set<String> chips = new TreeSet<>();
    for (String file : FolderListing.files(folder, ending(kind))) {
      chips.add(file.substring(0, file.length() - ending(kind).length()));
    }
    return chips;
  }

  private static String ending(String kind) {
    return "_" + kind + ".tif";
  }

  private static String kind(Sensor sensor) {
    return sensor == Sensor.SENTINEL1 ? "S1Hand" : "S2Hand";
  }

  private static Path folder(Path root, String kind) {
    Path folder = root.resolve(kind);
    return Files.isDirectory(folder) ? folder : root;
  }

  private static Path file(Path root, String chip, String kind) {
    return folder(root, kind).resolve("%s_%s.tif".formatted(chip, kind));
  }

  private static Place place(DatasetBuilder.Request request, String chip) {
    Map<Sensor, ScenePlace.Source> sources = new EnumMap<>(Sensor.class);
    for (Sensor sensor : request.sensors()) {
      sources.put(sensor, ScenePlace.Source.of(file(request.folder(), chip, kind(sensor))));
    }
    Path label = file(request.folder(), chip, LABEL);
    ScenePlace images =
        new ScenePlace(chip, sources, ScenePlace.SAME_GRID, Optional.empty(), Target::none);
    return new Chip(images, label);
  }

  private record Chip(ScenePlace images, Path label) implements Place {
    @Override
    public String id() {
      return images.id();
    }

    @Override
    public Sample read() {
      Sample sample = images.read();
      return new Sample(
          sample.id(), sample.images(), mask(sample.images().values().iterator().next()));
    }

    private Target mask(SensorImage image) {
      try (GeoTiff tiff = GeoTiff.open(label)) {
        RasterInfo info = tiff.info();
        if (info.width() != image.width() || info.height() != image.height() || info.bands() != 1) {
          throw new RasterFormatException(
              "%s: found %d x %d pixels in %d bands, expected the %d x %d of its images in one"
                  .formatted(
                      label,
                      info.width(),
                      info.height(),
                      info.bands(),
                      image.width(),
                      image.height()));
        }
        float[] values = tiff.readFloats(0, info.window());
        int[] classes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
          classes[i] = classOf(values[i], i);
        }
        return Target.Mask.of(info.width(), info.height(), classes);
      }
    }

    private int classOf(float value, int pixel) {
      if (Float.isNaN(value) || value == -1) {
        return Target.Mask.IGNORED;
      }
      if (value != 0 && value != 1) {
        throw new RasterFormatException(
            "%s pixel %d: found %s, expected -1 (no data), 0 (not water) or 1 (water)"
                .formatted(label, pixel, value));
      }
      return (int) value;
    }
  }
}
