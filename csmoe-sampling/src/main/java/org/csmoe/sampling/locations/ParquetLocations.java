package org.csmoe.sampling.locations;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.csmoe.sampling.LocationSource;
import org.csmoe.sampling.parquet.ParquetFile;
import org.csmoe.sampling.parquet.ParquetRow;
import org.locationtech.jts.geom.Geometry;

/** Locations in the rows of a Parquet file; footprints as well-known binary or text. */
record ParquetLocations(Path file, Settings settings) implements LocationSource {
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
    try (ParquetFile parquet = ParquetFile.open(file)) {
      return OptionalLong.of(parquet.rowCount());
    }
  }

  @Override
  public void read(Visitor visitor) {
    try (ParquetFile parquet = ParquetFile.open(file)) {
      List<String> header = List.copyOf(parquet.columns().keySet());
      TableColumns found = TableColumns.find(file, header, settings);
      List<String> names = new ArrayList<>();
      names.add(header.get(found.id()));
      if (found.centred()) {
        names.add(header.get(found.longitude()));
        names.add(header.get(found.latitude()));
      }
      boolean shaped = found.footprint() >= 0;
      boolean text = false;
      if (shaped) {
        names.add(header.get(found.footprint()));
        text = "VARCHAR".equals(parquet.columns().get(header.get(found.footprint())));
      }
      long[] index = {0};
      RowIntake intake = new RowIntake(settings, visitor, () -> file + " row " + index[0]);
      Rows rows = new Rows(intake, found.centred(), shaped ? names.size() - 1 : -1, text);
      parquet.read(
          names,
          row -> {
            index[0] = row.index();
            intake.next();
            rows.read(row);
          });
    }
  }

  /** Columns are the id, longitude and latitude if there are any, the footprint if any. */
  private record Rows(RowIntake intake, boolean centred, int footprint, boolean text) {
    void read(ParquetRow row) {
      String id = row.isNull(0) ? "" : row.text(0);
      double longitude = Double.NaN;
      double latitude = Double.NaN;
      if (centred) {
        longitude = row.number(1);
        latitude = row.number(2);
        if (Double.isNaN(longitude) || Double.isNaN(latitude)) {
          intake.fault(
              Double.isNaN(longitude) ? "missing longitude" : "missing latitude",
              "expected a number of degrees but found null or NaN");
          return;
        }
      }
      if (footprint < 0) {
        intake.point(id, longitude, latitude);
        return;
      }
      if (row.isNull(footprint)) {
        intake.fault("missing footprint", "expected a geometry but found null");
        return;
      }
      Geometry geometry =
          text ? intake.geometry(row.text(footprint)) : intake.geometry(row.bytes(footprint));
      if (geometry != null) {
        intake.shape(id, longitude, latitude, geometry);
      }
    }
  }
}
