package org.csmoe.examples;

import java.nio.file.Path;
import java.util.Optional;
import org.csmoe.sampling.LocationSource;
import org.csmoe.sampling.locations.Land;
import org.csmoe.sampling.locations.Locations;
import picocli.CommandLine.Option;

/** Where locations come from. */
final class LocationOptions {
  @Option(
      names = "--locations",
      required = true,
      paramLabel = "major-tom-grid|FILE",
      description = {
        "The Major TOM grid (major-tom-grid, or another spacing as major-tom-grid:5km), or a .csv,"
            + " .geojson or .parquet file; Major TOM Core's metadata.parquet is read as it is."
      })
  private String text = "";

  @Option(names = "--id", paramLabel = "COLUMN", description = "Default: a usual name.")
  private Optional<String> id = Optional.empty();

  @Option(names = "--longitude", paramLabel = "COLUMN", description = "Default: a usual name.")
  private Optional<String> longitude = Optional.empty();

  @Option(names = "--latitude", paramLabel = "COLUMN", description = "Default: a usual name.")
  private Optional<String> latitude = Optional.empty();

  @Option(names = "--footprint", paramLabel = "COLUMN", description = "Default: a usual name.")
  private Optional<String> footprint = Optional.empty();

  @Option(names = "--distinct", description = "Keep only the first location of an id.")
  private boolean distinct;

  @Option(
      names = "--strict",
      description = "Stop at the first row that is no location, instead of counting it.")
  private boolean strict;

  @Option(
      names = "--land",
      paramLabel = "GEOJSON",
      description = "Keep locations whose centre is on land, such as Natural Earth's; also drawn.")
  private Optional<Path> land = Optional.empty();

  Optional<Land> land() {
    return land.map(Land::read);
  }

  /** The locations; footprints cost time and are read only where they are used. */
  LocationSource source(Optional<Land> onlyOn, boolean footprints) {
    Locations.Builder builder =
        Locations.builder().distinct(distinct).strict(strict).footprints(footprints);
    id.ifPresent(builder::id);
    longitude.ifPresent(builder::longitude);
    latitude.ifPresent(builder::latitude);
    footprint.ifPresent(builder::footprint);
    LocationSource all = builder.parse(text);
    return onlyOn.map(area -> area.only(all)).orElse(all);
  }
}
