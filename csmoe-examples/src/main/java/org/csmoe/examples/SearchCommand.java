package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.io.AtomicFile;
import org.csmoe.retrieval.Hit;
import org.csmoe.retrieval.IndexEntry;
import org.csmoe.retrieval.IndexedVector;
import org.csmoe.retrieval.RetrievalEvaluation;
import org.csmoe.retrieval.RetrievalGallery;
import org.csmoe.retrieval.RetrievalIndex;
import org.csmoe.retrieval.Selection;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Searches an index that {@link IndexCommand} made, within and across sensors. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Find images like others in an index that csmoe index made, within and across sensors.",
      "Queries are images of data sets, cut as the index was, or entries of the index. The model"
          + " must be that of the index; entries need none."
    })
final class SearchCommand implements Callable<Integer> {
  private static final int MOST_HITS = 10_000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions options = new ModelOptions();

  @Option(
      names = "--index",
      required = true,
      paramLabel = "INDEX",
      description = "Where to search.")
  private Path folder = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Queries queries = new Queries();

  /** What to search for. */
  static final class Queries {
    @Option(
        names = "--query",
        arity = "1..*",
        paramLabel = "DIR[:SPLIT]",
        description = "Folders with images to search for.")
    private List<String> data = List.of();

    @Option(
        names = "--id",
        arity = "1..*",
        paramLabel = "ID",
        description = "Entries of the index to search for.")
    private List<String> ids = List.of();
  }

  @Option(
      names = "--from",
      paramLabel = "s1|s2",
      converter = ModelOptions.SensorConverter.class,
      description = "Sensor of the queries. Default: all they have.")
  private Optional<Sensor> from = Optional.empty();

  @Option(
      names = "--in",
      paramLabel = "s1|s2",
      converter = ModelOptions.SensorConverter.class,
      description = "Sensor of the hits. Default: both.")
  private Optional<Sensor> in = Optional.empty();

  @Option(names = "-k", defaultValue = "10", description = "Hits. Default: ${DEFAULT-VALUE}.")
  private int k;

  @Option(
      names = "--exclude-self",
      description = "Leave out the entry of the query's id and sensor; its twin may be found.")
  private boolean excludeSelf;

  @Option(
      names = "--show",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Samples to list and draw, evenly spread over the queries. Default: ${DEFAULT-VALUE}.")
  private int show;

  @Option(
      names = "--beam",
      paramLabel = "N",
      description = "Follow the graph with N candidates, such as 100. Default: exact search.")
  private Optional<Integer> beam = Optional.empty();

  @Option(
      names = "--gallery",
      paramLabel = "HTML",
      description = "A page with the pictures of queries and hits.")
  private Optional<Path> gallery = Optional.empty();

  @Option(
      names = "--evaluate",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "JSON",
      description =
          "Compare labels of all queries and their hits, beside chance; into a file, too, if named.")
  private Optional<Path> evaluate = Optional.empty();

  @Option(
      names = "--batch",
      defaultValue = "32",
      description = "Samples at once. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--json", description = "Print hits and evaluation as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    requireOptions();
    Outputs.requireFile("--gallery", gallery);
    Outputs.requireFile("--evaluate", evaluate.filter(file -> !file.equals(Path.of(""))));
    IndexRecord record = IndexRecord.read(folder);
    PrintWriter messages = spec.commandLine().getErr();
    DataOptions cutting = new DataOptions();
    cutting.cut = record.cut();
    cutting.stride = record.stride();
    try (RetrievalIndex index = RetrievalIndex.open(folder);
        SampleFolders archive = new SampleFolders("data", cutting, record.onlySensor(), messages);
        SampleFolders asked = new SampleFolders("query", cutting, from, messages)) {
      Selection selection = in.map(index::select).orElse(index.all());
      if (selection.size() == 0) {
        throw new CsMoeException(
            "%s: found no entries%s, expected some"
                .formatted(folder, in.map(sensor -> " of " + sensor.shortName()).orElse("")));
      }
      List<IndexedVector> shown = new ArrayList<>();
      Optional<RetrievalEvaluation> evaluation = Optional.empty();
      if (queries.data.isEmpty()) {
        queries.ids.forEach(id -> shown.addAll(entries(index, id)));
      } else {
        evaluation = embed(record, index, asked, shown);
      }
      List<RetrievalGallery.Result> results = search(index, selection, shown);
      if (gallery.isPresent()) {
        RetrievalGallery.ofPictures(
                title(),
                record.classes(),
                entry -> (asked.made(entry) ? asked : archive).picture(entry))
            .write(gallery.get(), results.stream());
      }
      if (evaluation.isPresent() && !evaluate.equals(Optional.of(Path.of("")))) {
        write(record, evaluation.get(), evaluate.orElseThrow());
      }
      SearchReport report = new SearchReport(record.classes(), spec.commandLine().getOut());
      if (json) {
        report.printJson(results, evaluation);
      } else {
        report.print(results, evaluation);
      }
      return 0;
    }
  }

  private void requireOptions() {
    require(k >= 1 && k <= MOST_HITS, "-k must be in 1..%d but was %d".formatted(MOST_HITS, k));
    require(show >= 0, "--show must not be negative but was " + show);
    Numbers.requirePositive(spec, "--batch", batch);
    int wanted = k + (excludeSelf ? 1 : 0);
    beam.ifPresent(
        width ->
            require(
                width >= wanted,
                "--beam must be at least the number of hits, %d, but was %d"
                    .formatted(wanted, width)));
    if (evaluate.isPresent()) {
      require(
          !queries.data.isEmpty() && !excludeSelf && beam.isEmpty(),
          "--evaluate is for exact search with --query, of images that are not in the index: not"
              + " with --id, --exclude-self or --beam");
    }
  }

  private void require(boolean fulfilled, String message) {
    if (!fulfilled) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private List<IndexedVector> entries(RetrievalIndex index, String id) {
    List<IndexedVector> found =
        from.map(List::of).orElse(List.of(Sensor.values())).stream()
            .flatMap(sensor -> index.find(sensor, id).stream())
            .toList();
    if (found.isEmpty()) {
      throw new CsMoeException(
          "%s: found no entry %s%s, expected one of %d ids such as %s"
              .formatted(
                  folder,
                  id,
                  from.map(sensor -> " of " + sensor.shortName()).orElse(""),
                  index.size(),
                  index.entries().map(IndexEntry::id).findFirst().orElse("")));
    }
    return found;
  }

  /** Embeds those samples that are shown, or all for an evaluation. */
  private Optional<RetrievalEvaluation> embed(
      IndexRecord record, RetrievalIndex index, SampleFolders asked, List<IndexedVector> shown)
      throws IOException {
    record.requireModel(folder, IndexRecord.modelOf(options));
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (String text : queries.data) {
      String name = DataOptions.Folder.parse(text).name();
      Dataset dataset = asked.get(name);
      if (evaluate.isPresent()) {
        record.joined(name, dataset.classes());
      }
      sizes.put(name, dataset.size());
    }
    Map<String, BitSet> chosen = chosen(sizes);
    PrintWriter messages = spec.commandLine().getErr();
    try (CsMoe model = options.build(from, messages)) {
      Set<Sensor> sensors = from.map(Set::of).orElseGet(() -> model.config().bands().keySet());
      Embedding embedding = new Embedding(record, asked, model, sensors);
      if (evaluate.isEmpty()) {
        embedding.of(chosen).forEach(shown::add);
        return Optional.empty();
      }
      Map<String, BitSet> all = new LinkedHashMap<>();
      sizes.forEach((name, size) -> all.put(name, range(size)));
      int[] known = new int[1];
      RetrievalEvaluation evaluation =
          RetrievalEvaluation.of(
              index,
              embedding
                  .of(all)
                  .peek(
                      query -> {
                        IndexEntry entry = query.entry();
                        known[0] += index.find(entry.sensor(), entry.id()).isPresent() ? 1 : 0;
                        BitSet numbers = chosen.getOrDefault(asked.folder(entry), new BitSet());
                        if (numbers.get(asked.number(entry))) {
                          shown.add(query);
                        }
                      }),
              k);
      if (known[0] > 0) {
        messages.println(
            "Note: %d queries have ids that are in the index, too, and may find themselves."
                .formatted(known[0]));
        messages.flush();
      }
      return Optional.of(
          new RetrievalEvaluation(
              k,
              evaluation.directions().stream()
                  .filter(direction -> in.isEmpty() || in.get() == direction.archive())
                  .toList()));
    }
  }

  private static BitSet range(int size) {
    BitSet set = new BitSet();
    set.set(0, size);
    return set;
  }

  /** So many samples as are shown, evenly spread over all: folders are often sorted by class. */
  private Map<String, BitSet> chosen(Map<String, Integer> sizes) {
    long total = sizes.values().stream().mapToLong(Integer::longValue).sum();
    long count = Math.min(show, total);
    Map<String, BitSet> chosen = new LinkedHashMap<>();
    long start = 0;
    for (Map.Entry<String, Integer> size : sizes.entrySet()) {
      BitSet numbers = new BitSet();
      chosen.put(size.getKey(), numbers);
      for (long i = 0; i < count; i++) {
        long number = i * total / count - start;
        if (number >= 0 && number < size.getValue()) {
          numbers.set((int) number);
        }
      }
      start += size.getValue();
    }
    return chosen;
  }

  /** Samples to vectors, batch by batch. */
  private final class Embedding {
    private final IndexRecord record;
    private final SampleFolders folders;
    private final CsMoe model;
    private final Set<Sensor> sensors;

    Embedding(IndexRecord record, SampleFolders folders, CsMoe model, Set<Sensor> sensors) {
      this.record = record;
      this.folders = folders;
      this.model = model;
      this.sensors = sensors;
    }

    Stream<IndexedVector> of(Map<String, BitSet> samples) {
      return samples.entrySet().stream()
          .flatMap(part -> of(part.getKey(), part.getValue().stream().boxed().toList()));
    }

    private Stream<IndexedVector> of(String name, List<Integer> numbers) {
      return IntStream.iterate(0, from -> from < numbers.size(), from -> from + batch)
          .mapToObj(from -> numbers.subList(from, Math.min(numbers.size(), from + batch)))
          .flatMap(part -> folders.embed(model, record.pooling(), sensors, name, part).stream())
          .map(query -> folders.get(name).classes().equals(record.classes()) ? query : bare(query));
    }

    /** Without its labels, whose numbers mean other classes in the index. */
    private static IndexedVector bare(IndexedVector query) {
      IndexEntry entry = query.entry();
      return new IndexedVector(
          new IndexEntry(entry.id(), entry.sensor(), Set.of(), entry.metadata()), query.vector());
    }
  }

  private List<RetrievalGallery.Result> search(
      RetrievalIndex index, Selection selection, List<IndexedVector> shown) {
    List<float[]> vectors = shown.stream().map(IndexedVector::vector).toList();
    int wanted = k + (excludeSelf ? 1 : 0);
    List<List<Hit>> found =
        beam.isPresent()
            ? vectors.stream()
                .map(vector -> index.searchGraph(vector, wanted, beam.get(), selection))
                .toList()
            : index.searchAll(vectors, wanted, selection);
    List<RetrievalGallery.Result> results = new ArrayList<>();
    for (int q = 0; q < shown.size(); q++) {
      IndexEntry query = shown.get(q).entry();
      List<Hit> hits =
          found.get(q).stream()
              .filter(hit -> !excludeSelf || !isSelf(query, hit.entry()))
              .limit(k)
              .toList();
      results.add(new RetrievalGallery.Result(query, hits));
    }
    return results;
  }

  private static boolean isSelf(IndexEntry query, IndexEntry hit) {
    return query.id().equals(hit.id()) && query.sensor() == hit.sensor();
  }

  private String title() {
    return "%s searched in %s of %s"
        .formatted(
            from.map(SearchReport::name).orElse("Images"),
            in.map(SearchReport::name).orElse("both sensors"),
            folder.toAbsolutePath().normalize().getFileName());
  }

  private void write(IndexRecord record, RetrievalEvaluation evaluation, Path file)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode document = mapper.createObjectNode().put("index", folder.toString());
    document.set("queries", mapper.valueToTree(queries.data));
    document.set("model", mapper.valueToTree(record.model()));
    document.put("pooling", record.pooling().name());
    document.set("evaluation", mapper.readTree(evaluation.toJson()));
    AtomicFile.write(file, document.toPrettyString() + "\n");
  }
}
