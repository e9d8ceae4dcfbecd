package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.sensor.Sensor;

/**
 * SSL4EO-S12: per place as many dates of one sensor as of the other, paired in the order of time.
 */
final class Ssl4Eo {
  static final String S1 = "s1";
  static final String S2 = "s2a";

  /** The two sensors were exported apart; their corners lie a few pixels from each other. */
  private static final double TOLERANCE = 8;

  private static final Pattern TIME = Pattern.compile("(?:^|_)(\\d{8}T\\d{6})");

  private Ssl4Eo() {}

  static Places find(DatasetBuilder.Request request) {
    Path s1 = request.folder().resolve(S1);
    Path s2 = request.folder().resolve(S2);
    List<String> names = FolderListing.folders(request.wants(Sensor.SENTINEL2) ? s2 : s1);
    if (request.sensors().size() > 1) {
      Twins.requireEqual(s2, names, s1, FolderListing.folders(s1));
    }
    List<Place> places = new ArrayList<>();
    for (String name : names) {
      Map<Sensor, List<String>> scenes = new EnumMap<>(Sensor.class);
      for (Sensor sensor : request.sensors()) {
        scenes.put(sensor, inTime(root(request, sensor).resolve(name)));
      }
      int dates = dates(request, name, scenes);
      for (int i = 0; i < dates; i++) {
        places.add(place(request, name, i, scenes));
      }
    }
    return Places.of(List.of(), places);
  }

  private static Path root(DatasetBuilder.Request request, Sensor sensor) {
    return request.folder().resolve(sensor == Sensor.SENTINEL1 ? S1 : S2);
  }

  private static int dates(
      DatasetBuilder.Request request, String name, Map<Sensor, List<String>> scenes) {
    List<Integer> counts = scenes.values().stream().map(List::size).distinct().toList();
    if (counts.size() != 1) {
      throw new CsMoeException(
          "%s: found %s scenes of place %s, expected as many of either sensor; give onlySensor to do without pairs"
              .formatted(request.folder(), counts, name));
    }
    return counts.get(0);
  }

  private static Place place(
      DatasetBuilder.Request request, String name, int date, Map<Sensor, List<String>> scenes) {
    Map<Sensor, ScenePlace.Source> sources = new EnumMap<>(Sensor.class);
    scenes.forEach(
        (sensor, list) ->
            sources.put(
                sensor,
                ScenePlace.Source.of(root(request, sensor).resolve(name).resolve(list.get(date)))));
    return new ScenePlace(name + "_" + date, sources, TOLERANCE, Optional.empty(), Target::none);
  }

  private static List<String> inTime(Path place) {
    return FolderListing.folders(place).stream()
        .sorted(Comparator.comparing(scene -> time(place, scene)))
        .toList();
  }

  private static String time(Path place, String scene) {
    Matcher matcher = TIME.matcher(scene);
    if (!matcher.find()) {
      throw new CsMoeException(
          "%s: found a scene without a time in its name, expected one such as 20200604T054639"
              .formatted(place.resolve(scene)));
    }
    return matcher.group(1);
  }
}
