package org.csmoe.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.csmoe.retrieval.IndexEntry;
import org.csmoe.retrieval.RetrievalIndex;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code csmoe index} and {@code csmoe search} with a tiny untrained model. */
class SearchCommandTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));
  private static final int TRAIN = 8;
  private static final int TEST = 4;

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writePairs() throws IOException {
    MadeUpPairs.write(folder.resolve("pairs"), TRAIN, TEST);
  }

  private int csmoe(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Csmoe.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  private int index(String index, String data, String... more) {
    List<String> arguments = new ArrayList<>(List.of("index", "--preset", "tiny"));
    arguments.addAll(List.of("--data", file(data), "--output", file(index)));
    arguments.addAll(List.of(more));
    return csmoe(arguments.toArray(String[]::new));
  }

  private int search(String index, String... more) {
    List<String> arguments = new ArrayList<>(List.of("search", "--index", file(index)));
    arguments.addAll(List.of(more));
    return csmoe(arguments.toArray(String[]::new));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  /** Every vector of an index by sensor and id, in the order of the entries. */
  private List<Map.Entry<IndexEntry, List<Float>>> vectors(String index) {
    try (RetrievalIndex opened = RetrievalIndex.open(folder.resolve(index))) {
      return opened
          .entries()
          .map(
              entry -> {
                float[] vector = opened.find(entry.sensor(), entry.id()).orElseThrow().vector();
                return Map.entry(
                    entry, IntStream.range(0, vector.length).mapToObj(i -> vector[i]).toList());
              })
          .toList();
    }
  }

  @Test
  void anArchiveIsIndexedSearchedAcrossSensorsShownAndEvaluated() throws IOException {
    assertThat(index("archive", "pairs:train", "--graph", "--json")).as(err.toString()).isZero();
    assertThat(err.toString()).contains("weights are untrained");
    assertThat(json().at("/s1").asInt()).isEqualTo(TRAIN);
    assertThat(json().at("/s2").asInt()).isEqualTo(TRAIN);
    assertThat(json().at("/dimensions").asInt()).isEqualTo(32);
    assertThat(json().at("/graph").asInt()).isEqualTo(2 * TRAIN);

    String[] query = {"--preset", "tiny", "--query", file("pairs:test"), "--json", "-k", "3"};
    String[] across = with(query, "--from", "s1", "--in", "s2");
    int code =
        search(
            "archive",
            with(across, "--gallery", file("page.html"), "--evaluate", file("scores.json")));
    assertThat(code).as(err.toString()).isZero();
    JsonNode queries = json().at("/queries");
    assertThat(queries).hasSize(TEST);
    assertThat(queries.at("/0/id").asText()).isEqualTo(MadeUpPairs.id(TRAIN));
    assertThat(queries.at("/0/sensor").asText()).isEqualTo("s1");
    assertThat(queries.at("/0/labels/0").asText()).isEqualTo("Inland waters");
    assertThat(queries.at("/0/hits"))
        .hasSize(3)
        .allMatch(hit -> hit.at("/sensor").asText().equals("s2"));
    JsonNode scores = new ObjectMapper().readTree(folder.resolve("scores.json").toFile());
    assertThat(scores.at("/evaluation/directions")).hasSize(1);
    // Half are water, with one label; the others have two, which they share with each other alone.
    assertThat(scores.at("/evaluation/directions/0/chance/f1").asDouble())
        .isCloseTo(0.5, within(1e-12));
    assertThat(scores.at("/model/weights").asText()).isEqualTo("untrained with seed 0");
    assertThat(Files.readString(folder.resolve("page.html")))
        .contains("Sentinel-1 searched in Sentinel-2 of archive")
        .contains("data:image/png;base64,")
        .contains("Coniferous forest");

    assertThat(search("archive", with(query, "--evaluate"))).as(err.toString()).isZero();
    assertThat(json().at("/evaluation/directions")).hasSize(4);
    assertThat(search("archive", with(across, "--beam", "16"))).as(err.toString()).isZero();
    assertThat(json().at("/queries"))
        .as("an index this small is searched exactly")
        .isEqualTo(queries);
  }

  @Test
  void anEntryFindsItselfAndThenItsTwinUnlessLeftOut() throws IOException {
    assertThat(index("archive", "pairs")).as(err.toString()).isZero();
    String id = MadeUpPairs.id(3);
    assertThat(search("archive", "--id", id, "--from", "s2", "--json")).as(err.toString()).isZero();
    assertThat(json().at("/queries/0/hits/0/id").asText()).isEqualTo(id);
    // A dot product of 32 rounded products of a vector of length 1 with itself.
    assertThat(json().at("/queries/0/hits/0/similarity").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(search("archive", "--id", id, "-k", "23", "--exclude-self", "--json")).isZero();
    assertThat(json().at("/queries")).as("its images of both sensors").hasSize(2);
    for (JsonNode query : json().at("/queries")) {
      assertThat(query.at("/hits"))
          .hasSize(23)
          .noneMatch(
              hit ->
                  hit.at("/id").equals(query.at("/id"))
                      && hit.at("/sensor").equals(query.at("/sensor")))
          .anyMatch(hit -> hit.at("/id").equals(query.at("/id")));
    }
    assertThat(search("archive", "--id", id, "-k", "2", "--in", "s1")).isZero();
    assertThat(out.toString())
        .contains("query        s2 " + id + "  [Coniferous forest; Mixed forest]")
        .contains("    1 ");
  }

  @Test
  void anInterruptedRunGoesOnToTheIndexOfAnUninterruptedOne() throws IOException {
    String[] steps = {"--batch", "2", "--commit", "2"};
    assertThat(index("whole", "pairs", steps)).as(err.toString()).isZero();
    Path broken = folder.resolve("pairs/%s_s1.tif".formatted(MadeUpPairs.id(7)));
    byte[] bytes = Files.readAllBytes(broken);
    Files.write(broken, new byte[] {'I', 'I', 42, 0});
    assertThat(index("stopped", "pairs", steps)).isEqualTo(1);
    assertThat(err.toString()).contains(broken.getFileName().toString()).doesNotContain("\tat ");
    assertThat(vectors("stopped")).as("six samples were committed").hasSize(12);
    Files.write(broken, bytes);
    assertThat(index("stopped", "pairs", with(steps, "--json"))).as(err.toString()).isZero();
    assertThat(err.toString()).contains("goes on with an index of 12 entries");
    assertThat(json().at("/added").asInt()).isEqualTo(12);
    assertThat(vectors("stopped")).isEqualTo(vectors("whole"));
    assertThat(index("stopped", "pairs", with(steps, "--json"))).isZero();
    assertThat(json().at("/added").asInt()).isZero();
  }

  @Test
  void aFurtherFolderIsAdded() throws IOException {
    assertThat(index("archive", "pairs:train", "--sensor", "s2")).as(err.toString()).isZero();
    assertThat(index("archive", "pairs:test", "--sensor", "s2", "--json")).isZero();
    assertThat(json().at("/entries").asInt()).isEqualTo(TRAIN + TEST);
    assertThat(json().has("s1")).isFalse();
    // The whole folder has what its splits have.
    assertThat(index("archive", "pairs", "--sensor", "s2")).isEqualTo(1);
    assertThat(err.toString())
        .contains("sample 0")
        .contains(MadeUpPairs.id(0))
        .contains("id must be new");
  }

  @Test
  void anotherModelOrWayOfCuttingIsRefusedByName() throws IOException {
    assertThat(index("archive", "pairs")).as(err.toString()).isZero();
    List<Map.Entry<IndexEntry, List<Float>>> before = vectors("archive");
    assertThat(index("archive", "pairs", "--seed", "1")).isEqualTo(1);
    assertThat(err.toString())
        .contains("found weights = untrained with seed 1, expected untrained with seed 0");
    assertThat(index("archive", "pairs", "--pooling", "mean_patches")).isEqualTo(1);
    assertThat(err.toString()).contains("found pooling = MEAN_PATCHES, expected CLS");
    assertThat(index("archive", "pairs", "--cut", "12")).isEqualTo(1);
    assertThat(err.toString()).contains("found cut = 12, expected none");
    assertThat(index("archive", "pairs", "--sensor", "s1")).isEqualTo(1);
    assertThat(err.toString()).contains("found sensor = s1, expected both");
    String query = file("pairs:test");
    assertThat(search("archive", "--query", query, "--preset", "csmae_tiny")).isEqualTo(1);
    assertThat(err.toString()).contains("found configuration experts = 1, expected 4");
    Files.writeString(folder.resolve("other.safetensors"), "other weights");
    String[] other = {"--preset", "tiny", "--weights", file("other.safetensors")};
    assertThat(search("archive", with(other, "--query", query))).isEqualTo(1);
    assertThat(err.toString()).contains("found weights = sha256 ");
    MadeUpPairs.write(folder.resolve("pairs"), TRAIN, TEST + 1);
    assertThat(index("archive", "pairs")).isEqualTo(1);
    assertThat(err.toString()).contains("= 13, expected 12");
    assertThat(vectors("archive")).isEqualTo(before);
  }

  @Test
  void badInputIsNamed() throws IOException {
    assertThat(search("nowhere", "--id", "x")).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere").contains("an index that csmoe index made");
    Files.createDirectories(folder.resolve("empty"));
    assertThat(index("archive", "empty")).isEqualTo(1);
    assertThat(err.toString()).contains("empty").contains("found");
    assertThat(index("archive", "pairs:validation")).isEqualTo(1);
    assertThat(err.toString()).contains("found no sample of split VALIDATION");
    assertThat(folder.resolve("archive")).as("nothing was begun").doesNotExist();
    assertThat(index("archive", "pairs", "--batch", "0")).isEqualTo(2);
    assertThat(index("pairs", "pairs")).isEqualTo(1);
    assertThat(err.toString()).contains("expected an empty folder");

    assertThat(index("archive", "pairs", "--sensor", "s2")).as(err.toString()).isZero();
    assertThat(search("archive", "--id", "nobody")).isEqualTo(1);
    assertThat(err.toString()).contains("found no entry nobody").contains(MadeUpPairs.id(0));
    assertThat(search("archive", "--id", MadeUpPairs.id(0), "--in", "s1")).isEqualTo(1);
    assertThat(err.toString()).contains("found no entries of s1");
    assertThat(search("archive", "--id", "x", "-k", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("-k must be in 1..10000 but was 0");
    assertThat(search("archive", "--id", "x", "--beam", "9")).isEqualTo(2);
    assertThat(search("archive", "--id", "x", "--evaluate")).isEqualTo(2);
    assertThat(search("archive")).isEqualTo(2);
    assertThat(search("archive", "--id", "x", "--query", "y")).isEqualTo(2);
    Files.writeString(folder.resolve("archive/provenance.json"), "{\"parameters\": {}}");
    assertThat(search("archive", "--id", "x")).isEqualTo(1);
    assertThat(err.toString()).contains("provenance.json").contains("no parameters/model");
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  @Test
  void aPictureOfAFolderThatChangedIsAnError() throws IOException {
    assertThat(index("archive", "pairs:train")).as(err.toString()).isZero();
    MadeUpPairs.write(folder.resolve("pairs"), 1, TRAIN + TEST - 1);
    String[] page = {"--id", MadeUpPairs.id(2), "--gallery", file("page.html")};
    assertThat(search("archive", page)).isEqualTo(1);
    assertThat(err.toString()).contains("found no sample, expected " + MadeUpPairs.id(2));
    assertThat(folder.resolve("page.html")).doesNotExist();
  }

  @Test
  void shownQueriesAreSpreadOverTheFolder() throws IOException {
    assertThat(index("archive", "pairs:test")).as(err.toString()).isZero();
    String[] query = {"--preset", "tiny", "--query", file("pairs"), "--from", "s2", "--json"};
    assertThat(search("archive", with(query, "--show", "3"))).as(err.toString()).isZero();
    assertThat(json().at("/queries").findValuesAsText("id"))
        .contains(MadeUpPairs.id(0), MadeUpPairs.id(4), MadeUpPairs.id(8));
    assertThat(json().at("/queries")).hasSize(3);
  }

  @Test
  void cutImagesAreFoundAgainForTheirPictures() throws IOException {
    assertThat(index("archive", "pairs", "--cut", "12", "--json")).as(err.toString()).isZero();
    assertThat(json().at("/entries").asInt()).isEqualTo(2 * 4 * (TRAIN + TEST));
    String[] query = {"--preset", "tiny", "--query", file("pairs:test"), "--show", "2"};
    int code = search("archive", with(query, "--gallery", file("page.html"), "--exclude-self"));
    assertThat(code).as(err.toString()).isZero();
    assertThat(folder.resolve("page.html")).isNotEmptyFile();
  }

  @Test
  void realPairsOfBigEarthNetAndImagesOfEuroSatAreSearched() throws IOException {
    Path pairs = DATA.resolve("bigearthnet-v2").toAbsolutePath();
    Path optical = DATA.resolve("eurosat-rgb").toAbsolutePath();
    assumeTrue(Files.isDirectory(pairs), "no BigEarthNet pairs at " + pairs);
    assumeTrue(Files.isDirectory(optical), "no EuroSAT images at " + optical);
    int code =
        csmoe(
            "index",
            "--preset",
            "tiny",
            "--data",
            pairs.resolve("stacked").toString(),
            "--output",
            file("archive"),
            "--json");
    assertThat(code).as(err.toString()).isZero();
    assertThat(json().at("/entries").asInt()).isEqualTo(24);
    String[] query = {"--preset", "tiny", "--query", pairs.resolve("native").toString()};
    code = search("archive", with(query, "--evaluate", "--gallery", file("page.html"), "-k", "5"));
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("s1 to s2").contains("s2 to s1").contains("chance");
    assertThat(folder.resolve("page.html")).isNotEmptyFile();
    // EuroSAT has other classes, and one sensor.
    String[] other = {"--preset", "tiny", "--query", optical + ":val", "--from", "s2"};
    assertThat(search("archive", with(other, "--evaluate"))).isEqualTo(1);
    assertThat(err.toString()).contains("labels of an index are of one list");
    assertThat(search("archive", with(other, "--json"))).as(err.toString()).isZero();
    assertThat(json().at("/queries/0/labels")).isEmpty();
    assertThat(json().at("/queries/0/hits/0/labels")).isNotEmpty();
    code =
        csmoe(
            "index",
            "--preset",
            "tiny",
            "--data",
            optical + ":test",
            "--output",
            file("optical"),
            "--json");
    assertThat(code).as(err.toString()).isZero();
    assertThat(json().has("s1")).isFalse();
    assertThat(err.toString()).contains("images lack [B05");
    try (RetrievalIndex index = RetrievalIndex.open(folder.resolve("optical"))) {
      assertThat(index.entries().map(IndexEntry::sensor)).containsOnly(Sensor.SENTINEL2);
    }
  }

  @Test
  void theExampleFindsOpticalImages() {
    RetrievalExample.main(new String[] {file("pairs"), file("example")});
    assertThat(vectors("example")).hasSize(2 * (TRAIN + TEST));
  }

  static String[] with(String[] first, String... rest) {
    return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
  }
}
