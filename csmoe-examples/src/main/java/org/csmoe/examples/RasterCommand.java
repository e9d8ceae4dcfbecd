package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.csmoe.raster.BandSummary;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.RasterInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what the reader sees in a GeoTIFF. */
@Command(
    name = "raster",
    mixinStandardHelpOptions = true,
    description = "Look into rasters.",
    subcommands = RasterCommand.Info.class)
final class RasterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  /** JSON has no NaN: what a band without any data has for statistics is null. */
  private static @Nullable Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** {@code csmoe raster info FILE}. */
  @Command(
      name = "info",
      mixinStandardHelpOptions = true,
      description = "Size, bands, type, CRS, transform, no-data, and statistics of a GeoTIFF.")
  static final class Info implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "A GeoTIFF.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--no-statistics", description = "Do not read the pixels.")
    private boolean headerOnly;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      try (GeoTiff tiff = GeoTiff.open(file)) {
        RasterInfo info = tiff.info();
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("file", file.toString());
        node.put("width", info.width());
        node.put("height", info.height());
        node.put("bands", info.bands());
        node.put("type", info.pixelType().toString());
        node.put("compression", info.compression().toString());
        node.put("predictor", info.predictor().toString());
        node.put("layout", info.tiled() ? "tiles" : "strips");
        node.put("blocks", info.blockWidth() + " x " + info.blockHeight());
        node.put("planar", info.planar());
        node.put("byteOrder", info.byteOrder().toString());
        node.put("bigTiff", info.bigTiff());
        info.crs().ifPresent(crs -> node.put("crs", crs.toString()));
        info.transform()
            .ifPresent(
                t ->
                    node.putArray("transform")
                        .add(t.originX())
                        .add(t.columnX())
                        .add(t.rowX())
                        .add(t.originY())
                        .add(t.columnY())
                        .add(t.rowY()));
        info.noData().ifPresent(value -> node.put("noData", value));
        ArrayNode names = node.putArray("bandNames");
        info.bandNames().forEach(names::add);
        if (!headerOnly) {
          ArrayNode statistics = node.putArray("statistics");
          for (int band = 0; band < info.bands(); band++) {
            BandSummary summary = tiff.summarize(band);
            statistics
                .addObject()
                .put("band", band)
                .put("min", number(summary.min()))
                .put("max", number(summary.max()))
                .put("mean", number(summary.mean()))
                .put("standardDeviation", number(summary.standardDeviation()))
                .put("validPixels", summary.validCount());
          }
        }
        if (json) {
          out.println(node.toPrettyString());
        } else {
          node.properties()
              .forEach(
                  field -> {
                    if (field.getKey().equals("statistics")) {
                      field.getValue().forEach(band -> out.println("  " + band));
                    } else {
                      out.printf("%-12s %s%n", field.getKey(), field.getValue());
                    }
                  });
        }
      }
      out.flush();
      return 0;
    }
  }
}
