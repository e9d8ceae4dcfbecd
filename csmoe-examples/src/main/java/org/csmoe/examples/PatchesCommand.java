package org.csmoe.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;
import org.csmoe.sampling.locations.Locations;
import org.csmoe.sampling.patches.PatchCutter;
import org.csmoe.sampling.patches.PatchCutterBuilder;
import org.csmoe.sampling.patches.PatchSummary;
import org.csmoe.sampling.patches.SplitRule;
import org.csmoe.sampling.patches.TileArchive;
import org.csmoe.sampling.patches.TilePicture;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Cuts Major TOM tiles into training patches. */
@Command(
    name = "patches",
    mixinStandardHelpOptions = true,
    description = {
      "Cut Major TOM tiles into training patches, Sentinel-1 and Sentinel-2 of the same ground.",
      "Tiles are folders of Core's layout (S2L2A/199U/199U_1099R/<product>/B02.tif) or Core's Parquet"
          + " files. A run that was interrupted goes on when it is started again."
    })
final class PatchesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--s2",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Sentinel-2 tiles: a folder, or Parquet files. Without it: Sentinel-1 alone.")
  private List<Path> s2 = List.of();

  @Option(
      names = "--s1",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Sentinel-1 tiles; may be the same folder. Without it: Sentinel-2 alone.")
  private List<Path> s1 = List.of();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where shards, index and provenance go: new, empty, or of an earlier run.")
  private Path output = Path.of("");

  @Option(
      names = "--cells",
      paramLabel = "FILE",
      description = "Only these cells: the ids of a selection (.csv, .geojson or .parquet).")
  private Optional<Path> cells = Optional.empty();

  @Option(
      names = "--bands",
      split = ",",
      paramLabel = "NAME",
      description = "Bands to keep, in order, such as B04,B03,B02,VV. Default: those of the model.")
  private List<String> bands = List.of();

  @Option(
      names = "--patch",
      defaultValue = "120",
      paramLabel = "PIXELS",
      description = "Height and width in pixels of 10 m. Default: ${DEFAULT-VALUE}.")
  private int patch;

  @Option(
      names = "--stride",
      paramLabel = "PIXELS",
      description = "Pixels from patch to patch. Default: the patch.")
  private Optional<Integer> stride = Optional.empty();

  @Option(
      names = "--invalid",
      defaultValue = "none",
      paramLabel = "RULE",
      converter = InvalidConverter.class,
      description =
          "Invalid pixels a patch may have: none, keep, or a share such as 5%%. Default: none.")
  private double invalid;

  @Option(
      names = "--validation",
      defaultValue = "5%",
      paramLabel = "SHARE",
      converter = ShareConverter.class,
      description = "Share of patches for validation, such as 5%% or 0.05. Default: 5%%.")
  private double validation;

  @Option(
      names = "--split",
      defaultValue = "random",
      paramLabel = "RULE",
      converter = BlockConverter.class,
      description =
          "random, or blocks:50km to keep whole blocks of the globe together. Default: random.")
  private double blockKm;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "Seed of the split. Default: 0.")
  private long seed;

  @Option(
      names = "--per-shard",
      paramLabel = "N",
      description = "Patches per shard. Default: as many as fit 64 MiB.")
  private Optional<Integer> perShard = Optional.empty();

  @Option(names = "--strict", description = "Stop at a tile that cannot be used.")
  private boolean strict;

  @Option(
      names = "--picture",
      arity = "1..*",
      paramLabel = "CELL.png",
      description = "Draw a tile, dropped patches crossed out; the file's name is the cell's.")
  private List<Path> pictures = List.of();

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Instant begin = Instant.now();
    pictures.forEach(this::cell);
    Optional<Set<String>> wanted = cells.map(PatchesCommand::ids);
    PatchCutter cutter = cutter(wanted);
    PrintWriter messages = spec.commandLine().getErr();
    if (Files.exists(output.resolve("settings.json"))) {
      messages.println(
          output
              + (Files.exists(output.resolve("provenance.json"))
                  ? ": was finished by an earlier run"
                  : ": goes on where an earlier run stopped"));
      messages.flush();
    }
    PatchSummary summary;
    try (StageProgress progress = new StageProgress(messages)) {
      summary = cutter.cut(output, progress);
    }
    for (Path picture : pictures) {
      TilePicture.write(cutter, cell(picture), picture);
    }
    print(summary, Duration.between(begin, Instant.now()));
    if (summary.patches() == 0) {
      messages.println("csmoe: " + output + ": no patch was kept, for the reasons counted");
      messages.flush();
      return 1;
    }
    return 0;
  }

  private PatchCutter cutter(Optional<Set<String>> wanted) {
    if (s2.isEmpty() && s1.isEmpty()) {
      throw wrong("--s2 or --s1 must say where tiles are");
    }
    PatchCutterBuilder builder =
        PatchCutter.builder()
            .patchSize(patch)
            .maxInvalid(invalid)
            .split(
                blockKm > 0 ? SplitRule.blocks(validation, blockKm) : SplitRule.random(validation))
            .seed(seed)
            .strict(strict);
    if (!s2.isEmpty()) {
      builder.s2(TileArchive.open(s2, Sensor.SENTINEL2));
    }
    if (!s1.isEmpty()) {
      builder.s1(TileArchive.open(s1, Sensor.SENTINEL1));
    }
    if (!bands.isEmpty()) {
      builder.bands(bands.stream().map(this::band).toList());
    }
    wanted.ifPresent(builder::cells);
    stride.ifPresent(builder::stride);
    perShard.ifPresent(builder::patchesPerShard);
    return builder.build();
  }

  private Band band(String name) {
    return Band.find(name)
        .orElseThrow(
            () -> wrong("--bands must be names such as B02 or VV but one was \"" + name + "\""));
  }

  /** The ids of the selection. */
  private static Set<String> ids(Path file) {
    Set<String> ids = new TreeSet<>();
    Locations.builder()
        .strict(true)
        .open(file)
        .read(
            new LocationSource.Visitor() {
              @Override
              public void accept(Location location) {
                ids.add(location.id());
              }

              @Override
              public void reject(String where, String reason, String detail) {
                throw new IllegalArgumentException(where + ": " + reason + ": " + detail);
              }
            });
    return ids;
  }

  private String cell(Path picture) {
    String name = String.valueOf(picture.getFileName());
    if (!name.toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw wrong("--picture must name a cell, such as 199U_1099R.png, but was " + picture);
    }
    return name.substring(0, name.length() - ".png".length());
  }

  private void print(PatchSummary summary, Duration time) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode node = summary.toJson();
      node.put("seconds", time.toMillis() / 1000.0);
      node.put("output", output.toString());
      out.println(node.toPrettyString());
    } else {
      line(out, "tiles cut", summary.tiles());
      lines(out, "tiles dropped", summary.tilesDropped());
      line(out, "patches kept", summary.patches());
      line(out, "  for training", summary.train());
      line(out, "  for validation", summary.validation());
      lines(out, "patches dropped", summary.patchesDropped());
      line(out, "shards in " + output, summary.shards());
    }
    out.flush();
  }

  private static void lines(PrintWriter out, String what, Map<String, Long> counts) {
    line(out, what, counts.values().stream().mapToLong(Long::longValue).sum());
    counts.forEach((reason, count) -> line(out, "  " + reason, count));
  }

  private static void line(PrintWriter out, String what, long count) {
    out.printf(Locale.ROOT, "%-48s %,12d%n", what, count);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** {@code 5%} or {@code 0.05}. */
  static final class ShareConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      try {
        double share =
            value.endsWith("%")
                ? Double.parseDouble(value.substring(0, value.length() - 1)) / 100
                : Double.parseDouble(value);
        if (share >= 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // not a number is as wrong as a number out of range
      }
      throw new TypeConversionException(
          "'%s' is no share, expected one such as 5%% or 0.05".formatted(value));
    }
  }

  /** {@code none}, {@code keep} or a share. */
  static final class InvalidConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return switch (value) {
        case "none" -> 0.0;
        case "keep" -> 1.0;
        default -> new ShareConverter().convert(value);
      };
    }
  }

  /** {@code random} as 0, or {@code blocks:50km} as 50. */
  static final class BlockConverter implements ITypeConverter<Double> {
    private static final Pattern BLOCKS = Pattern.compile("blocks:([0-9]{1,4}(\\.[0-9]{1,9})?)km");

    @Override
    public Double convert(String value) {
      Matcher blocks = BLOCKS.matcher(value);
      if (blocks.matches() && Double.parseDouble(blocks.group(1)) >= 1) {
        return Double.valueOf(blocks.group(1));
      }
      if (value.equals("random")) {
        return 0.0;
      }
      throw new TypeConversionException(
          "'%s' is no split, expected random or blocks of 1 km or more such as blocks:50km"
              .formatted(value));
    }
  }
}
