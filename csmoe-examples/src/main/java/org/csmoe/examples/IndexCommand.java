package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.features.Pooling;
import org.csmoe.retrieval.IndexWriter;
import org.csmoe.retrieval.IndexedVector;
import org.csmoe.retrieval.RetrievalIndex;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes an index of the features of data sets, to search with {@link SearchCommand}. */
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    description = {
      "Make an index of features of data sets, to search it with csmoe search.",
      "Data are folders of the layouts that docs/datasets.md lists. A run that was interrupted goes"
          + " on when it is started again; other folders are added in the same way."
    })
final class IndexCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions options = new ModelOptions();
  @Mixin private DataOptions cutting = new DataOptions();

  @Option(
      names = "--data",
      arity = "1..*",
      required = true,
      paramLabel = "DIR[:SPLIT]",
      description = "Folders to index, of a split such as :test or of all.")
  private List<String> data = List.of();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "INDEX",
      description = "Folder of the index, new or to go on with.")
  private Path output = Path.of("");

  @Option(
      names = "--sensor",
      defaultValue = "both",
      description = "Whose images: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Sensors sensor = Sensors.BOTH;

  @Option(
      names = "--pooling",
      defaultValue = "CLS",
      description = "How an image becomes one vector: ${COMPLETION-CANDIDATES}. Default: CLS.")
  private Pooling pooling = Pooling.CLS;

  @Option(
      names = "--batch",
      defaultValue = "32",
      description = "Samples at once. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--commit",
      paramLabel = "SAMPLES",
      defaultValue = "1024",
      description = "Samples that an interruption costs at most. Default: ${DEFAULT-VALUE}.")
  private int commit;

  @Option(names = "--graph", description = "Build the neighbour graph, for search --beam.")
  private boolean graph;

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  /** Which sensors' images are indexed. */
  enum Sensors {
    S1,
    S2,
    BOTH;

    Optional<Sensor> only() {
      return switch (this) {
        case S1 -> Optional.of(Sensor.SENTINEL1);
        case S2 -> Optional.of(Sensor.SENTINEL2);
        case BOTH -> Optional.empty();
      };
    }
  }

  @Override
  public Integer call() throws IOException {
    Instant begin = Instant.now();
    Numbers.requirePositive(spec, "--batch", batch);
    Numbers.requirePositive(spec, "--commit", commit);
    Outputs.requireFolder("--output", output);
    PrintWriter messages = spec.commandLine().getErr();
    ObjectNode summary = new ObjectMapper().createObjectNode();
    try (SampleFolders folders = new SampleFolders("data", cutting, sensor.only(), messages)) {
      IndexRecord run = record(folders);
      boolean going = IndexRecord.isIn(output);
      IndexRecord record = going ? IndexRecord.read(output).with(output, run) : run;
      try (CsMoe model = options.build(sensor.only(), messages)) {
        Set<Sensor> sensors =
            sensor.only().map(Set::of).orElseGet(() -> model.config().bands().keySet());
        try (IndexWriter writer = open(model.config())) {
          if (!going && writer.size() > 0) {
            throw new CsMoeException(
                output
                    + ": found entries without provenance.json, expected an index that csmoe index"
                    + " made; give another --output");
          }
          record.write(output, options);
          int before = writer.size();
          if (before > 0) {
            messages.println("goes on with an index of " + before + " entries");
            messages.flush();
          }
          new Run(folders, model, sensors, writer).add(run.data(), messages);
          summary.put("added", writer.size() - before);
          if (graph) {
            writer.buildGraph();
          }
        }
      }
    }
    summarise(summary, begin);
    return 0;
  }

  /** What this run alone would record. */
  private IndexRecord record(SampleFolders folders) throws IOException {
    IndexRecord record =
        new IndexRecord(
            IndexRecord.modelOf(options),
            pooling,
            cutting.cut,
            cutting.stride,
            sensor.only(),
            List.of(),
            Map.of());
    List<String> classes = List.of();
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (String folder : data) {
      String name = DataOptions.Folder.parse(folder).name();
      Dataset dataset = folders.get(name);
      sizes.put(name, dataset.size());
      classes = record.withData(classes, sizes).joined(name, dataset.classes());
    }
    return record.withData(classes, sizes);
  }

  private IndexWriter open(CsMoeConfig config) {
    if (Files.exists(output.resolve("index.json"))) {
      return IndexWriter.open(output);
    }
    boolean projected = pooling == Pooling.CLS_PROJECTED && config.projection() > 0;
    return IndexWriter.create(output, projected ? config.projection() : config.width());
  }

  /** One run's way through the data. */
  private final class Run {
    private final SampleFolders folders;
    private final CsMoe model;
    private final Set<Sensor> sensors;
    private final IndexWriter writer;
    private int uncommitted;

    Run(SampleFolders folders, CsMoe model, Set<Sensor> sensors, IndexWriter writer) {
      this.folders = folders;
      this.model = model;
      this.sensors = sensors;
      this.writer = writer;
    }

    void add(Map<String, Integer> sizes, PrintWriter messages) {
      Map<String, BitSet> present = present();
      long total = sizes.values().stream().mapToLong(Integer::longValue).sum();
      try (Progress progress = new Progress("samples", total, messages)) {
        sizes.forEach(
            (folder, size) -> {
              BitSet done = present.getOrDefault(folder, new BitSet());
              progress.step(done.cardinality());
              int[] missing = IntStream.range(0, size).filter(i -> !done.get(i)).toArray();
              for (int from = 0; from < missing.length; from += batch) {
                int to = Math.min(missing.length, from + batch);
                add(folder, Arrays.stream(missing, from, to).boxed().toList());
                progress.step(to - from);
              }
            });
      }
      // One segment instead of one for each step; the graph goes with its row numbers.
      writer.compact();
    }

    /** Samples that are in the index with all their images: batches are committed whole. */
    private Map<String, BitSet> present() {
      Map<String, BitSet> present = new HashMap<>();
      try (RetrievalIndex index = RetrievalIndex.open(output, 1)) {
        index
            .entries()
            .forEach(
                entry ->
                    present
                        .computeIfAbsent(folders.folder(entry), name -> new BitSet())
                        .set(folders.number(entry)));
      }
      return present;
    }

    private void add(String folder, List<Integer> numbers) {
      for (IndexedVector vector : folders.embed(model, pooling, sensors, folder, numbers)) {
        try {
          writer.add(vector.entry(), vector.vector());
        } catch (IllegalArgumentException e) {
          throw new CsMoeException(
              "%s sample %d: %s".formatted(folder, folders.number(vector.entry()), e.getMessage()),
              e);
        }
      }
      uncommitted += numbers.size();
      if (uncommitted >= commit) {
        writer.commit();
        uncommitted = 0;
      }
    }
  }

  private void summarise(ObjectNode summary, Instant begin) {
    try (RetrievalIndex index = RetrievalIndex.open(output, 1)) {
      summary.put("entries", index.size());
      index
          .entries()
          .collect(
              Collectors.groupingBy(entry -> entry.sensor().shortName(), Collectors.counting()))
          .forEach(summary::put);
      summary.put("dimensions", index.dimension());
      summary.put("graph", index.graphRows());
    }
    summary.put("model", options.name());
    summary.put("weights", options.source());
    summary.put("pooling", pooling.name());
    summary.put("seconds", Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    summary.put("output", output.toString());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(summary.toPrettyString());
    } else {
      summary.properties().forEach(f -> out.println(f.getKey() + ": " + f.getValue().asText()));
    }
    out.flush();
  }
}
