package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.data.Target;
import org.csmoe.raster.BandOrder;
import org.csmoe.sensor.Sensor;

/** TerraMesh: {@code S2L2A/<cell>_<i>_<j>.tif} and {@code S1RTC} of the same names. */
final class TerraMesh {
  static final String S2 = "S2L2A";
  private static final String S1 = "S1RTC";

  private TerraMesh() {}

  static Places find(DatasetBuilder.Request request) {
    Path s2 = request.folder().resolve(S2);
    Path s1 = request.folder().resolve(S1);
    Set<String> names = new TreeSet<>();
    if (request.wants(Sensor.SENTINEL2)) {
      names.addAll(FolderListing.files(s2, ".tif"));
    }
    if (request.wants(Sensor.SENTINEL1)) {
      List<String> twins = FolderListing.files(s1, ".tif");
      if (request.wants(Sensor.SENTINEL2)) {
        Twins.requireEqual(s2, names, s1, twins);
      }
      names.addAll(twins);
    }
    return Places.of(List.of(), names.stream().map(name -> place(request, name, s1, s2)).toList());
  }

  private static Place place(DatasetBuilder.Request request, String name, Path s1, Path s2) {
    Map<Sensor, ScenePlace.Source> sources = new EnumMap<>(Sensor.class);
    if (request.wants(Sensor.SENTINEL1)) {
      sources.put(
          Sensor.SENTINEL1, new ScenePlace.Source(s1.resolve(name), BandOrder.VV_VH.bands()));
    }
    if (request.wants(Sensor.SENTINEL2)) {
      sources.put(Sensor.SENTINEL2, new ScenePlace.Source(s2.resolve(name), BandOrder.L2A.bands()));
    }
    String id = name.substring(0, name.length() - ".tif".length());
    return new ScenePlace(id, sources, ScenePlace.SAME_GRID, Optional.empty(), Target::none);
  }
}
