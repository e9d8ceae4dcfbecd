package org.csmoe.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.LocationSource;
import org.csmoe.sampling.Provenance;
import org.csmoe.sampling.descriptors.CategoricalRaster;
import org.csmoe.sampling.descriptors.DescriptorExtractor;
import org.csmoe.sampling.descriptors.DescriptorRule;
import org.csmoe.sampling.descriptors.Descriptors;
import org.csmoe.sampling.descriptors.Legend;
import org.csmoe.sampling.locations.Land;
import org.csmoe.sampling.locations.SelectionFile;
import org.csmoe.sampling.report.DensityMap;
import org.csmoe.sampling.report.MapPicture;
import org.csmoe.sampling.report.MapProjection;
import org.csmoe.sampling.report.SamplingReport;
import org.csmoe.sampling.selection.Sample;
import org.csmoe.sampling.selection.Selector;
import org.csmoe.sampling.selection.StratifiedRandom;
import org.csmoe.sampling.selection.StratifiedSampler;
import org.csmoe.sampling.statistics.StatisticsCalculator;
import org.locationtech.jts.geom.Geometry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Selects a training set from an archive: the paper's Algorithms 1 and 2. */
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Selects from every combination of climate and land cover, spread as widely as possible.",
      "Writes the selection, and beside it FILE.json with everything that shaped it."
    })
final class SampleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LocationOptions locations = new LocationOptions();
  @Mixin private DescriptorOptions descriptors = new DescriptorOptions();
  @Mixin private SelectorOptions selection = new SelectorOptions();

  @Option(
      names = "--per-stratum",
      defaultValue = "100",
      description = "N_s; smaller strata are kept whole. Default: ${DEFAULT-VALUE}.")
  private int perStratum;

  @Option(names = "--seed", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--threads", description = "Default: all processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "selection.csv, .geojson or .parquet.")
  private Path output = Path.of("");

  @Option(
      names = "--report",
      paramLabel = "HTML",
      description = "A page with statistics, maps and curves, beside stratified random selection.")
  private Optional<Path> report = Optional.empty();

  @Option(
      names = "--maps",
      paramLabel = "FOLDER",
      description = "Density maps of archive, random and selection as PNG files.")
  private Optional<Path> maps = Optional.empty();

  @Option(
      names = "--projection",
      defaultValue = "equal_earth",
      description = "Of the maps: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private MapProjection projection = MapProjection.EQUAL_EARTH;

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    SelectionFile.requireEnding(output);
    for (Path file : files()) {
      requireFolder(file);
    }
    Numbers.requirePositive(spec, "--threads", threads);
    // The thread of the command works, too.
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads - 1));
    try (StageProgress progress = new StageProgress(spec.commandLine().getErr());
        CategoricalRaster climate = descriptors.climate();
        CategoricalRaster landCover = descriptors.landCover()) {
      Optional<Land> land = locations.land();
      LocationSource source = locations.source(land, descriptors.rule() == DescriptorRule.MAJORITY);
      Run run = new Run(pool, progress, climate.legend(), landCover.legend(), land, source);
      Descriptors described =
          DescriptorExtractor.builder()
              .climate(climate, descriptors.rule())
              .thematic(landCover, descriptors.rule())
              .executor(pool)
              .progress(progress)
              .build()
              .extract(source);
      requireSome(source, described);
      run.select(described);
      progress.finish();
      run.summarise();
      return 0;
    } finally {
      pool.shutdownNow();
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(output));
    report.ifPresent(files::add);
    maps.ifPresent(files::add);
    return files;
  }

  private static void requireFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("cannot write %s: there is no folder %s".formatted(file, folder));
    }
  }

  private static void requireSome(LocationSource source, Descriptors described) {
    if (described.archive().size() == 0) {
      throw new CsMoeException(
          "%s: no location has both a climate and a land-cover class; dropped: %s"
              .formatted(source.name(), described.rejections().counts()));
    }
  }

  /** One run of the command, with what it has opened. */
  private final class Run {
    private final Executor pool;
    private final StageProgress progress;
    private final Legend climates;
    private final Legend landCovers;
    private final Optional<Land> land;
    private final LocationSource source;
    private final Instant begin = Instant.now();
    private final ObjectNode summary = new ObjectMapper().createObjectNode();

    Run(
        ExecutorService pool,
        StageProgress progress,
        Legend climates,
        Legend landCovers,
        Optional<Land> land,
        LocationSource source) {
      this.pool = threads == 1 ? task -> {} : pool;
      this.progress = progress;
      this.climates = climates;
      this.landCovers = landCovers;
      this.land = land;
      this.source = source;
    }

    void select(Descriptors described) throws IOException {
      DescribedArchive archive = described.archive();
      Selector selector = selection.selector();
      Sample chosen = sample(archive, selector);
      Provenance provenance = provenance(described, chosen);
      if (report.isPresent() || maps.isPresent()) {
        Sample random = sample(archive, new StratifiedRandom());
        if (maps.isPresent()) {
          draw(maps.get(), archive, random, chosen);
        }
        if (report.isPresent()) {
          SamplingReport page = page(described, random, chosen, provenance);
          page.write(report.get());
          provenance.parameter("statistics", page.statistics());
        }
      }
      new SelectionFile(archive, climates::name, landCovers::name).write(output, chosen.indexes());
      provenance.write(provenanceFile());
      describe(described, chosen);
    }

    private Sample sample(DescribedArchive archive, Selector selector) {
      return StratifiedSampler.builder()
          .perStratum(perStratum)
          .selector(selector)
          .seed(seed)
          .executor(pool)
          .progress(progress)
          .build()
          .sample(archive);
    }

    private SamplingReport page(
        Descriptors described, Sample random, Sample chosen, Provenance provenance) {
      return SamplingReport.builder()
          .title("Sampling of " + source.name())
          .archive("Full archive", described.archive())
          .baseline("Stratified random", random)
          .selection(selection.title(), chosen)
          .perStratum(perStratum)
          .climateNames(climates.names())
          .thematicNames(landCovers.names())
          .coastLines(coasts())
          .rejections(described.rejections())
          .provenance(texts(provenance))
          .calculator(
              StatisticsCalculator.builder().seed(seed).executor(pool).progress(progress).build())
          .projection(projection)
          .build();
    }

    private List<Geometry> coasts() {
      return land.map(Land::geometries).orElse(List.of());
    }

    private void draw(Path folder, DescribedArchive archive, Sample random, Sample chosen)
        throws IOException {
      Files.createDirectories(folder);
      MapPicture picture = MapPicture.builder().projection(projection).coastLines(coasts()).build();
      draw(picture, folder.resolve("archive.png"), DensityMap.of(archive, 1), "Full archive");
      draw(
          picture,
          folder.resolve("random.png"),
          DensityMap.of(archive, random.indexes(), 1),
          "Stratified random");
      draw(
          picture,
          folder.resolve("selection.png"),
          DensityMap.of(archive, chosen.indexes(), 1),
          selection.title());
    }

    private static void draw(MapPicture picture, Path file, DensityMap map, String title)
        throws IOException {
      AtomicFile.write(file, picture.png(map, title));
    }

    private Provenance provenance(Descriptors described, Sample chosen) {
      Provenance provenance =
          new Provenance("sample", Clock.systemUTC())
              .input("climate", descriptors.climatePath())
              .input("landcover", descriptors.landCoverPath());
      for (Path file : source.files()) {
        provenance.input("locations " + file.getFileName(), file);
      }
      return provenance
          .parameter("locations", source.name())
          .parameter("climateLegend", climates.title())
          .parameter("landcoverLegend", landCovers.title())
          .parameter("descriptor", descriptors.rule().name())
          .parameter("perStratum", perStratum)
          .parameter("selector", chosen.selector())
          .parameter("seed", seed)
          .parameter("arguments", arguments())
          .parameter("described", described.archive().size())
          .parameter("strata", chosen.strata().size())
          .parameter("selected", chosen.indexes().length)
          .dropped(described.rejections());
    }

    private void describe(Descriptors described, Sample chosen) {
      summary.put("locations", source.name());
      summary.put("described", described.archive().size());
      summary.put("strata", chosen.strata().size());
      summary.put("selected", chosen.indexes().length);
      ObjectNode dropped = summary.putObject("dropped");
      described.rejections().counts().forEach(dropped::put);
      described.unnamedClimates().forEach((code, n) -> unnamed("climate", code, n));
      described.unnamedThematics().forEach((code, n) -> unnamed("landcover", code, n));
      summary.put("selector", chosen.selector());
      summary.put("output", output.toString());
      summary.put("provenance", provenanceFile().toString());
      report.ifPresent(file -> summary.put("report", file.toString()));
      maps.ifPresent(folder -> summary.put("maps", folder.toString()));
      summary.put("seconds", Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    }

    private void unnamed(String raster, int code, long count) {
      summary.withObject("/unnamed").put(raster + " " + code, count);
    }

    void summarise() {
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(summary.toPrettyString());
      } else {
        summary
            .properties()
            .forEach(
                field -> {
                  if (field.getValue().isObject()) {
                    out.println(field.getKey());
                    field
                        .getValue()
                        .properties()
                        .forEach(
                            part -> out.printf("  %-32s %s%n", part.getKey(), part.getValue()));
                  } else {
                    out.printf("%-12s %s%n", field.getKey(), field.getValue().asText());
                  }
                });
      }
      out.flush();
    }
  }

  private List<String> arguments() {
    return spec.commandLine().getParseResult().originalArgs();
  }

  private Path provenanceFile() {
    return output.resolveSibling(output.getFileName() + ".json");
  }

  /** The provenance document line by line: paths of names, and values. */
  private static Map<String, String> texts(Provenance provenance) {
    Map<String, String> lines = new LinkedHashMap<>();
    flatten("", provenance.toJson(), lines);
    return lines;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> lines) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              field ->
                  flatten(
                      path.isEmpty() ? field.getKey() : path + " / " + field.getKey(),
                      field.getValue(),
                      lines));
    } else {
      lines.put(path, node.isValueNode() ? node.asText() : node.toString());
    }
  }
}
