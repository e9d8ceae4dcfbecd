package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.CsMoeException;
import org.csmoe.data.Target;
import org.csmoe.raster.Scene;
import org.csmoe.sensor.Sensor;

/** Major TOM Core's cells of Sentinel-2; pairs are cut by {@code csmoe patches}. */
final class MajorTomCore {
  static final String S2 = "S2L2A";

  private MajorTomCore() {}

  static Places find(DatasetBuilder.Request request) {
    if (!request.wants(Sensor.SENTINEL2)) {
      throw new CsMoeException(
          request.folder()
              + ": found Major TOM Core, of which only Sentinel-2 is read here; cut pairs with csmoe patches and open their shards");
    }
    List<ScenePlace> places =
        Scene.find(request.folder().resolve(S2), Sensor.SENTINEL2).stream()
            .map(MajorTomCore::place)
            .toList();
    return Places.of(List.of(), places);
  }

  private static ScenePlace place(Path product) {
    return new ScenePlace(
        // One product covers many cells.
        "%s_%s".formatted(product.getName(product.getNameCount() - 2), product.getFileName()),
        Map.of(Sensor.SENTINEL2, ScenePlace.Source.of(product)),
        ScenePlace.SAME_GRID,
        Optional.empty(),
        Target::none);
  }
}
