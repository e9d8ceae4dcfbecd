package org.csmoe.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.sensor.Sensor;

/** Joins BigEarthNet's table with what is there of its patches. */
final class BigEarthNetTable {
  private static final String PARQUET = "metadata.parquet";
  private static final String CSV = "labels.csv";

  private BigEarthNetTable() {}

  /** The table of labels given, or the one in the folder or beside it. */
  static Optional<Path> labels(DatasetBuilder.Request request) {
    return find(request, List.of(CSV, PARQUET));
  }

  private static Optional<Path> find(DatasetBuilder.Request request, List<String> names) {
    if (request.metadata().isPresent()) {
      return request.metadata();
    }
    Path folder = request.folder().toAbsolutePath().normalize();
    return Stream.of(Optional.of(folder), Optional.ofNullable(folder.getParent()))
        .flatMap(Optional::stream)
        .flatMap(place -> names.stream().map(place::resolve))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /**
   * Rows by patch name, in the order of the table.
   *
   * @throws CsMoeException when a name occurs twice
   */
  static Map<String, BigEarthNetPatch> rows(Path table, Predicate<BigEarthNetPatch> wanted) {
    Map<String, BigEarthNetPatch> rows = new LinkedHashMap<>();
    BigEarthNetMetadata.read(
        table,
        patch -> {
          if (wanted.test(patch) && rows.put(patch.id(), patch) != null) {
            throw new CsMoeException(
                "%s: found patch %s twice, expected it once".formatted(table, patch.id()));
          }
        });
    return rows;
  }

  /**
   * Places by the names that both sensors' patches have in the table. Rows whose patches are not
   * there are passed over, and so are patches that are not in the table.
   *
   * @param present the names that are there of a sensor
   * @throws CsMoeException when there is no table, or a patch of one sensor is there and its twin
   *     is not
   */
  static List<Place> pairs(
      DatasetBuilder.Request request,
      Function<Sensor, Set<String>> present,
      Function<BigEarthNetPatch, Place> read) {
    Path table =
        find(request, List.of(PARQUET))
            .orElseThrow(
                () ->
                    new CsMoeException(
                        "%s: found no %s in it or beside it, expected BigEarthNet's table of pairs; set metadata"
                            .formatted(request.folder(), PARQUET)));
    Map<Sensor, Set<String>> names = new EnumMap<>(Sensor.class);
    request.sensors().forEach(sensor -> names.put(sensor, present.apply(sensor)));
    List<Place> places = new ArrayList<>();
    for (BigEarthNetPatch patch : rows(table, request.subset()).values()) {
      List<Sensor> missing = new ArrayList<>();
      names.forEach(
          (sensor, set) -> {
            if (!set.contains(name(table, patch, sensor))) {
              missing.add(sensor);
            }
          });
      if (missing.isEmpty()) {
        places.add(read.apply(patch));
      } else if (missing.size() < names.size()) {
        throw new CsMoeException(
            "%s: found patch %s without its twin %s of %s; give onlySensor (--sensor of csmoe) to do without twins"
                .formatted(
                    request.folder(),
                    patch.id(),
                    name(table, patch, missing.get(0)),
                    missing.get(0)));
      }
    }
    return places;
  }

  private static String name(Path table, BigEarthNetPatch patch, Sensor sensor) {
    return sensor == Sensor.SENTINEL2 ? patch.id() : s1Name(table, patch);
  }

  private static String s1Name(Path table, BigEarthNetPatch patch) {
    return patch
        .s1Name()
        .orElseThrow(
            () ->
                new CsMoeException(
                    "%s: found no names of Sentinel-1 patches, expected a column s1_name, which %s has"
                        .formatted(table, PARQUET)));
  }
}
