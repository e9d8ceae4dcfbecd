package org.csmoe.sampling.locations;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.csmoe.sampling.LocationSource;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Point;

/** Locations in the features of a GeoJSON file. */
record GeoJsonLocations(Path file, Settings settings) implements LocationSource {
  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public List<Path> files() {
    return List.of(file);
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.empty();
  }

  @Override
  public void read(Visitor visitor) {
    long[] at = {1, 1};
    RowIntake intake =
        new RowIntake(
            settings, visitor, () -> "%s line %d, feature %d".formatted(file, at[1], at[0]));
    List<String> idNames = settings.id().map(List::of).orElse(TableColumns.IDS);
    GeoJsonReader.read(
        file,
        idNames,
        feature -> {
          at[0] = feature.number();
          at[1] = feature.line();
          intake.next();
          String id = feature.id().orElse("");
          if (feature.geometry().isEmpty()) {
            intake.fault("invalid geometry", feature.fault());
            return;
          }
          Geometry geometry = feature.geometry().get();
          if (geometry instanceof Point point) {
            intake.point(id, point.getX(), point.getY());
          } else {
            intake.shape(id, Double.NaN, Double.NaN, geometry);
          }
        });
  }
}
