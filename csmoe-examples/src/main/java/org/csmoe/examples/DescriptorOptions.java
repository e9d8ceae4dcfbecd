package org.csmoe.examples;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.descriptors.CategoricalRaster;
import org.csmoe.sampling.descriptors.CategoricalRasterBuilder;
import org.csmoe.sampling.descriptors.DescriptorRule;
import org.csmoe.sampling.descriptors.Legend;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The rasters that describe locations, and how. */
final class DescriptorOptions {
  @Option(
      names = "--climate",
      required = true,
      paramLabel = "TIF",
      description = "Climate classes, such as the Köppen-Geiger map of Beck et al. 2023.")
  private Path climate = Path.of("");

  @Option(
      names = "--landcover",
      required = true,
      paramLabel = "TIF|FOLDER",
      description = "Land-cover classes: one GeoTIFF, or a folder of tiles such as WorldCover's.")
  private Path landCover = Path.of("");

  @Option(
      names = "--climate-legend",
      paramLabel = "NAME|CSV",
      converter = LegendConverter.class,
      description =
          "koppen-geiger, worldcover, igbp, numbers, or a CSV of value and name. Default: the file"
              + " beside the raster, or what its name tells.")
  private Optional<Legend> climateLegend = Optional.empty();

  @Option(
      names = "--landcover-legend",
      paramLabel = "NAME|CSV",
      converter = LegendConverter.class,
      description = "As --climate-legend.")
  private Optional<Legend> landCoverLegend = Optional.empty();

  @Option(
      names = "--climate-no-data",
      split = ",",
      paramLabel = "CODE",
      description = "Codes that are no class. Default: the legend's and the file's.")
  private List<Integer> climateNoData = List.of();

  @Option(
      names = "--landcover-no-data",
      split = ",",
      paramLabel = "CODE",
      description = "As --climate-no-data.")
  private List<Integer> landCoverNoData = List.of();

  @Option(
      names = "--descriptor",
      defaultValue = "centre",
      description = "${COMPLETION-CANDIDATES} of the footprint. Default: ${DEFAULT-VALUE}.")
  private DescriptorRule rule = DescriptorRule.CENTRE;

  DescriptorRule rule() {
    return rule;
  }

  Path climatePath() {
    return climate;
  }

  Path landCoverPath() {
    return landCover;
  }

  CategoricalRaster climate() {
    return open(climate, climateLegend, climateNoData);
  }

  CategoricalRaster landCover() {
    return open(landCover, landCoverLegend, landCoverNoData);
  }

  private static CategoricalRaster open(Path path, Optional<Legend> legend, List<Integer> noData) {
    CategoricalRasterBuilder builder = CategoricalRaster.builder(path);
    legend.ifPresent(builder::legend);
    if (!noData.isEmpty()) {
      builder.noData(noData.stream().mapToInt(Integer::intValue).toArray());
    }
    return builder.open();
  }

  /** Reads a legend by name or file. */
  static final class LegendConverter implements ITypeConverter<Legend> {
    @Override
    public Legend convert(String value) {
      try {
        if (value.equals("numbers")) {
          return Legend.numbers();
        }
        return value.toLowerCase(Locale.ROOT).endsWith(".csv")
            ? Legend.read(Path.of(value))
            : Legend.named(value);
      } catch (CsMoeException | IllegalArgumentException | UncheckedIOException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
