package org.csmoe.sampling.locations;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.csmoe.CsMoeException;

/**
 * Which columns of a table hold what, by the names given or by those in use.
 *
 * @param id index of the column
 * @param longitude index, or -1 when the centre is that of the footprint
 * @param latitude index, or -1 as the longitude
 * @param footprint index, or -1 when there is none or it is not asked for
 */
record TableColumns(int id, int longitude, int latitude, int footprint) {
  static final List<String> IDS =
      List.of("id", "grid_cell", "patch_id", "sample_id", "location_id", "tile_id", "name");
  private static final List<String> LONGITUDES =
      List.of("longitude", "lon", "long", "lng", "x", "#_lon", "#_longitude", "#_x", "lon_#");
  private static final List<String> LATITUDES =
      List.of("latitude", "lat", "y", "#_lat", "#_latitude", "#_y", "lat_#");
  private static final List<String> MIDDLES = List.of("centre", "center", "centroid");
  private static final List<String> FOOTPRINTS = List.of("footprint", "geometry", "wkt", "geom");

  static TableColumns find(Path file, List<String> header, Settings settings) {
    int id = find(file, header, "id", settings.id(), IDS);
    int longitude = find(file, header, "longitude", settings.longitude(), LONGITUDES);
    int latitude = find(file, header, "latitude", settings.latitude(), LATITUDES);
    int footprint = find(file, header, "footprint", settings.footprint(), FOOTPRINTS);
    boolean centred = longitude >= 0 && latitude >= 0;
    if (id < 0 || !(centred || footprint >= 0)) {
      throw new CsMoeException(
          ("%s: expected columns of an id (such as %s) and of longitude and latitude (such as lon,"
                  + " lat or centre_lon, centre_lat) or a footprint (such as %s), but found %s; give"
                  + " their names if they have others")
              .formatted(file, String.join(", ", IDS), String.join(", ", FOOTPRINTS), header));
    }
    boolean shaped = footprint >= 0 && (!centred || settings.footprints());
    return new TableColumns(
        id, centred ? longitude : -1, centred ? latitude : -1, shaped ? footprint : -1);
  }

  boolean centred() {
    return longitude >= 0;
  }

  private static int find(
      Path file, List<String> header, String role, Optional<String> given, List<String> usual) {
    if (given.isPresent()) {
      int index = header.indexOf(given.get());
      if (index < 0) {
        throw new CsMoeException(
            "%s: expected a column %s for the %s but found %s"
                .formatted(file, given.get(), role, header));
      }
      return index;
    }
    List<String> names =
        header.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
    for (String name : usual) {
      for (String candidate : candidates(name)) {
        int index = names.indexOf(candidate);
        if (index >= 0) {
          return index;
        }
      }
    }
    return -1;
  }

  private static List<String> candidates(String name) {
    if (!name.contains("#")) {
      return List.of(name);
    }
    List<String> candidates = new ArrayList<>();
    MIDDLES.forEach(middle -> candidates.add(name.replace("#", middle)));
    return candidates;
  }
}
