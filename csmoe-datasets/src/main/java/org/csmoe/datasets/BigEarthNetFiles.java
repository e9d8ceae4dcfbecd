package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.raster.BandOrder;
import org.csmoe.sensor.Sensor;

/** BigEarthNet v2 in GeoTIFFs: as published, as one folder per pair, or stacked. */
final class BigEarthNetFiles {
  static final String S2 = "BigEarthNet-S2";
  private static final String S1 = "BigEarthNet-S1";
  private static final Pattern ID = Pattern.compile(BigEarthNetPatch.ID);

  private BigEarthNetFiles() {}

  static Places find(Layout layout, DatasetBuilder.Request request) {
    return switch (layout) {
      case BIGEARTHNET -> published(request);
      case BIGEARTHNET_STACKED ->
          beside(request, stacked(request), BigEarthNetFiles::stackedSource);
      default -> beside(request, folders(request), BigEarthNetFiles::folderSource);
    };
  }

  private static Places published(DatasetBuilder.Request request) {
    return Places.of(
        BigEarthNetMetadata.CLASSES,
        BigEarthNetTable.pairs(
            request,
            sensor -> patchesBelow(root(request, sensor)),
            patch -> publishedPlace(request, patch)));
  }

  private static Path root(DatasetBuilder.Request request, Sensor sensor) {
    return request.folder().resolve(sensor == Sensor.SENTINEL1 ? S1 : S2);
  }

  private static Set<String> patchesBelow(Path root) {
    Set<String> names = new HashSet<>();
    for (String tile : FolderListing.folders(root)) {
      names.addAll(FolderListing.folders(root.resolve(tile)));
    }
    return names;
  }

  private static Place publishedPlace(DatasetBuilder.Request request, BigEarthNetPatch patch) {
    Map<Sensor, ScenePlace.Source> sources = new EnumMap<>(Sensor.class);
    for (Sensor sensor : request.sensors()) {
      Path root = root(request, sensor);
      String s1Name = patch.s1Name().orElse("");
      sources.put(
          sensor,
          ScenePlace.Source.of(
              sensor == Sensor.SENTINEL2
                  ? root.resolve(patch.tile()).resolve(patch.id())
                  : root.resolve(BigEarthNetPatch.s1Scene(s1Name)).resolve(s1Name)));
    }
    return place(patch.id(), sources, Optional.of(patch));
  }

  private static Set<String> folders(DatasetBuilder.Request request) {
    return FolderListing.folders(request.folder()).stream()
        .filter(name -> ID.matcher(name).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static ScenePlace.Source folderSource(Path folder, String id, Sensor sensor) {
    return ScenePlace.Source.of(folder.resolve(id));
  }

  private static Set<String> stacked(DatasetBuilder.Request request) {
    Map<Sensor, Set<String>> names = new EnumMap<>(Sensor.class);
    for (Sensor sensor : request.sensors()) {
      String ending = "_%s.tif".formatted(sensor.shortName());
      Set<String> found = new TreeSet<>();
      for (String file : FolderListing.files(request.folder(), ending)) {
        found.add(file.substring(0, file.length() - ending.length()));
      }
      names.put(sensor, found);
    }
    Set<String> first = names.values().iterator().next();
    for (Set<String> other : names.values()) {
      Twins.requireEqual(request.folder(), first, request.folder(), other);
    }
    return first;
  }

  private static ScenePlace.Source stackedSource(Path folder, String id, Sensor sensor) {
    BandOrder order = sensor == Sensor.SENTINEL1 ? BandOrder.VH_VV : BandOrder.L2A;
    Path file = folder.resolve("%s_%s.tif".formatted(id, sensor.shortName()));
    return new ScenePlace.Source(file, order.bands());
  }

  private interface SourceOf {
    ScenePlace.Source get(Path folder, String id, Sensor sensor);
  }

  /** Pairs that lie side by side and need no table, but have labels when there is one. */
  private static Places beside(DatasetBuilder.Request request, Set<String> ids, SourceOf sourceOf) {
    Optional<Path> table = BigEarthNetTable.labels(request);
    if (table.isEmpty() && request.subset() != BigEarthNetSubset.ALL) {
      throw new CsMoeException(
          request.folder() + ": found no table of labels, which subset needs; set metadata");
    }
    Map<String, BigEarthNetPatch> rows =
        table
            .map(path -> BigEarthNetTable.rows(path, row -> ids.contains(row.id())))
            .orElse(Map.of());
    List<Place> places = new ArrayList<>();
    for (String id : ids) {
      Optional<BigEarthNetPatch> row = Optional.ofNullable(rows.get(id));
      if (table.isPresent() && row.isEmpty()) {
        throw new CsMoeException(
            "%s: found patch %s, which is not in %s, expected a row for every patch"
                .formatted(request.folder(), id, table.get()));
      }
      if (row.map(request.subset()::test).orElse(true)) {
        Map<Sensor, ScenePlace.Source> sources = new EnumMap<>(Sensor.class);
        request
            .sensors()
            .forEach(sensor -> sources.put(sensor, sourceOf.get(request.folder(), id, sensor)));
        places.add(place(id, sources, row));
      }
    }
    return Places.of(table.isPresent() ? BigEarthNetMetadata.CLASSES : List.of(), places);
  }

  private static Place place(
      String id, Map<Sensor, ScenePlace.Source> sources, Optional<BigEarthNetPatch> row) {
    Target target = row.<Target>map(BigEarthNetPatch::labels).orElse(Target.none());
    return new ScenePlace(
        id, sources, ScenePlace.SAME_GRID, row.map(BigEarthNetPatch::split), () -> target);
  }
}
