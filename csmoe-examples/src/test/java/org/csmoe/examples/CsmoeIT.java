package org.csmoe.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.csmoe.raster.Crs;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTransform;
import org.csmoe.raster.RasterInfo;
import org.csmoe.raster.Window;
import org.csmoe.retrieval.RetrievalIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executable jar, as a user runs it. */
class CsmoeIT {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  @TempDir private Path folder = Path.of("");

  /** Exit code and streams of one run. */
  private record Outcome(int code, String out, String err) {}

  private Outcome csmoe(String... arguments) throws IOException, InterruptedException {
    return outcome(start(arguments));
  }

  private Outcome outcome(Process process) throws IOException, InterruptedException {
    int code = process.waitFor();
    return new Outcome(
        code,
        Files.readString(folder.resolve("stdout"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("stderr"), StandardCharsets.UTF_8));
  }

  private Process start(String... arguments) throws IOException {
    return launch(command(arguments));
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(System.getProperty("csmoe.jar", "target/csmoe.jar"));
    command.addAll(List.of(arguments));
    return command;
  }

  private Process launch(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(folder.resolve("stdout").toFile())
        .redirectError(folder.resolve("stderr").toFile())
        .start();
  }

  @Test
  void quickstartMakesFeaturesPicturesAndAPageFromNothing() throws Exception {
    Outcome outcome = csmoe("quickstart");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).doesNotContain("untrained");
    Path results = folder.resolve("quickstart-output");
    assertThat(Files.readString(results.resolve("index.html")))
        .contains("bundled csmoe-mini")
        .contains("data:image/png;base64,");
    assertThat(ImageIO.read(results.resolve("features-s2.png").toFile()).getWidth())
        .isGreaterThan(800);
    try (GeoTiff scene = GeoTiff.open(results.resolve("scene-s1.tif"));
        GeoTiff tokens = GeoTiff.open(results.resolve("features-s1.tif"))) {
      assertThat(scene.info().bandNames()).containsExactly("VV", "VH");
      RasterInfo info = tokens.info();
      assertThat(info.width()).isEqualTo(56);
      assertThat(info.bands()).isEqualTo(128);
      assertThat(info.crs().orElseThrow().epsg()).isEqualTo(32632);
      assertThat(info.transform().orElseThrow().columnX()).isEqualTo(80);
      float[] first = tokens.readFloats(0, new Window(0, 0, 56, 56));
      assertThat(first[0]).as("the corner has no data").isNaN();
      assertThat(first[55 * 56 + 55]).isFinite();
    }
  }

  @Test
  void costPrintsThePublishedIntegersAsJson() throws Exception {
    Outcome outcome = csmoe("cost", "--all", "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode tables = new ObjectMapper().readTree(outcome.out());
    assertThat(tables.at("/tableIV/2/computed/flops").asLong()).isEqualTo(10108541952L);
    assertThat(tables.at("/tableI/0/computed/flops").asLong()).isEqualTo(59849712640L);
  }

  @Test
  void aWrongCommandLineExitsWith2AndAMissingFileWith1() throws Exception {
    assertThat(csmoe("embed", "--sensor", "s3").code()).isEqualTo(2);
    Outcome missing =
        csmoe("embed", "--input", "nowhere.tif", "--sensor", "s2", "--output", "out.tif");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("nowhere.tif").doesNotContain("\tat ");
    assertThat(folder.resolve("out.tif")).doesNotExist();
  }

  @Test
  void aBrokenSceneIsAnErrorThatLeavesNothingBehind() throws Exception {
    Files.write(folder.resolve("broken.tif"), new byte[] {'I', 'I', 42, 0, 1, 2, 3, 4});
    Outcome outcome =
        csmoe("embed", "--input", "broken.tif", "--sensor", "s2", "--output", "out.tif");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("broken.tif").doesNotContain("\tat ");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("broken.tif", "stdout", "stderr");
    }
  }

  @Test
  void aPictureThatCannotBeWrittenIsSaidBeforeTheWork() throws Exception {
    scene("scene.tif", 1500);
    Outcome outcome =
        csmoe(
            "embed",
            "--input",
            "scene.tif",
            "--sensor",
            "s2",
            "--output",
            "out.tif",
            "--picture",
            "nowhere/out.png");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("--picture").contains("found no folder");
    assertThat(folder.resolve("out.tif")).doesNotExist();
  }

  @Test
  void aSceneWithoutDataIsSaidToHaveNone() throws Exception {
    scene("scene.tif", Float.NaN);
    Outcome outcome =
        csmoe("embed", "--input", "scene.tif", "--sensor", "s2", "--output", "out.tif");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("Note: no patch of the scene has data in all bands");
    Outcome info = csmoe("raster", "info", "scene.tif", "--json");
    assertThat(new ObjectMapper().readTree(info.out()).at("/statistics/0/mean").isNull()).isTrue();
  }

  /** Noise that begins at some reflectance. */
  private void scene(String name, float least) {
    int size = 256;
    Random random = new Random(1);
    float[] pixels = new float[12 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = least + random.nextInt(1000);
    }
    try (GeoTiffWriter writer =
        GeoTiffWriter.builder(folder.resolve(name), size, size, 12).open()) {
      writer.write(new Window(0, 0, size, size), pixels);
      writer.commit();
    }
  }

  /** A limit on the size of files fails in the middle of a file, as a full disk does. */
  @Test
  void withoutRoomTheFileIsNamedAndNothingIsLeft() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell that limits the size of files");
    scene("scene.tif", 1500);
    MadeUpPairs.write(folder.resolve("pairs"), 100, 0);
    String[][] commands = {
      {"embed", "--input", "scene.tif", "--sensor", "s2", "--preset", "tiny", "--output"},
      {"index", "--data", "pairs", "--preset", "tiny", "--output"},
    };
    String[] files = {"tokens.tif", "archive"};
    // Native libraries are unpacked, to files that stay, where that has not been done before.
    assertThat(csmoe(with(commands[0], "unlimited.tif")).code()).isZero();
    for (int i = 0; i < commands.length; i++) {
      Outcome outcome = csmoeWithSmallFiles(with(commands[i], files[i]));
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
      assertThat(outcome.err())
          .contains(files[i])
          .contains(i == 0 ? "tokens.tif: cannot be written: " : "rows-00000001.f32: cannot be")
          .contains("Make room, or choose another folder")
          .doesNotContain(".part")
          .doesNotContain("\tat ");
    }
    assertThat(folder.resolve("tokens.tif")).doesNotExist();
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(left.filter(file -> file.getFileName().toString().endsWith(".part"))).isEmpty();
    }
  }

  private Outcome csmoeWithSmallFiles(String... arguments) throws Exception {
    List<String> command = command(arguments);
    // Java's file for monitoring tools is larger, too.
    command.add(1, "-XX:-UsePerfData");
    // 16 blocks of 512 bytes, or of 1024 in some shells.
    List<String> limited =
        new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f 16; exec \"$@\"", "sh"));
    limited.addAll(command);
    return outcome(launch(limited));
  }

  @Test
  void aPretrainingThatIsAskedToStopKeepsItsStepsAndLeavesNothingUnfinished() throws Exception {
    MadeUpPairs.write(folder.resolve("pairs"), 32, 0);
    String[] command = {
      "pretrain",
      "--preset",
      "tiny",
      "--data",
      "pairs",
      "--epochs",
      "1000",
      "--batch-size",
      "8",
      "--threads",
      "1",
      "--output",
      "run"
    };
    Process process = start(command);
    assumeTrue(process.supportsNormalTermination(), "this system can only kill");
    Path log = folder.resolve("run/metrics.jsonl");
    while (process.isAlive() && !(Files.exists(log) && Files.size(log) > 2000)) {
      Thread.sleep(2);
    }
    process.destroy();
    Outcome outcome = outcome(process);
    assertThat(outcome.code()).as(outcome.err()).isNotZero();
    assertThat(outcome.err())
        .contains("csmoe: stopping")
        .containsPattern("training was interrupted after \\d+ of 4000 steps; run it again on run")
        .doesNotContain("\tat ");
    try (Stream<Path> left = Files.list(folder.resolve("run"))) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith("."))).isEmpty();
    }
    int steps = Integer.parseInt(outcome.err().replaceAll("(?s).* after (\\d+) of .*", "$1"));
    assertThat(folder.resolve("run/checkpoint-%09d.safetensors".formatted(steps))).exists();
  }

  @Test
  void theMajorTomCellBecomesAGeoreferencedTokenGridAndAPicture() throws Exception {
    Path cell = DATA.resolve("major-tom-core/S2L2A/199U/199U_1099R");
    assumeTrue(Files.isDirectory(cell), "no Major TOM cell at " + cell);
    Outcome outcome =
        csmoe(
            "embed",
            "--input",
            cell.toAbsolutePath().toString(),
            "--sensor",
            "s2",
            "--output",
            "tokens.tif",
            "--picture",
            "tokens.png",
            "--stride",
            "32",
            "--edge",
            "pad");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    try (GeoTiff tokens = GeoTiff.open(folder.resolve("tokens.tif"))) {
      // 1068 pixels are 133.5 patches of 8; the last is filled up and so has no data
      assertThat(tokens.info().width()).isEqualTo(134);
      assertThat(tokens.info().crs().orElseThrow().epsg()).isEqualTo(32648);
      assertThat(tokens.info().transform().orElseThrow().originX())
          .isCloseTo(362612.2, within(0.05));
      float[] plane = tokens.readFloats(0, new Window(0, 0, 134, 134));
      assertThat(plane[0]).isFinite();
      assertThat(plane[133]).isNaN();
    }
    assertThat(folder.resolve("tokens.png")).exists();
  }

  @Test
  void theTerraMeshPairsBecomeOneVectorPerImage() throws Exception {
    Path scenes = DATA.resolve("terramesh-majortom");
    assumeTrue(Files.isDirectory(scenes), "no TerraMesh pairs at " + scenes);
    String[] s2 = {"embed", "--input", scenes.resolve("S2L2A").toAbsolutePath().toString()};
    Outcome two =
        csmoe(with(s2, "--sensor", "s2", "--output", "s2.csv", "--pooling", "MEAN_PATCHES"));
    assertThat(two.code()).as(two.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("s2.csv"))).hasSize(4);
    String[] s1 = {"embed", "--input", scenes.resolve("S1RTC").toAbsolutePath().toString()};
    Outcome one =
        csmoe(with(s1, "--sensor", "s1", "--bands", "VV,VH", "--output", "s1.safetensors"));
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(csmoe("weights", "inspect", "s1.safetensors").out()).contains("[3, 128]");
  }

  @Test
  void theMajorTomCellIsCutInto64PatchesAndDrawn() throws Exception {
    Path core = DATA.resolve("major-tom-core");
    assumeTrue(Files.isDirectory(core), "no Major TOM tiles at " + core);
    Files.writeString(
        folder.resolve("selection.csv"), "id,longitude,latitude\n199U_1099R,103.7,17.9\n");
    String[] command = {"patches", "--s2", core.toAbsolutePath().toString(), "--output", "out"};
    Outcome outcome =
        csmoe(with(command, "--cells", "selection.csv", "--picture", "199U_1099R.png", "--json"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode summary = new ObjectMapper().readTree(outcome.out());
    assertThat(summary.at("/patches").asInt()).isEqualTo(64);
    assertThat(summary.at("/tilesDropped").isEmpty()).isTrue();
    assertThat(ImageIO.read(folder.resolve("199U_1099R.png").toFile()).getWidth()).isEqualTo(1200);
    assertThat(csmoe("weights", "inspect", "out/shard-00000.safetensors").out())
        .contains("[64, 10, 120, 120]");
    Outcome other = csmoe(with(command, "--cells", "selection.csv", "--seed", "1"));
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("found seed = 0, expected 1").doesNotContain("\tat ");
  }

  @Test
  void wrongPatchOptionsExitWith2AndFoldersOfSomethingElseWith1() throws Exception {
    assertThat(csmoe("patches", "--output", "out").code()).isEqualTo(2);
    String[] command = {"patches", "--s2", "tiles", "--output", "out"};
    assertThat(csmoe(with(command, "--validation", "150%")).code()).isEqualTo(2);
    assertThat(csmoe(with(command, "--split", "blocks:0km")).code()).isEqualTo(2);
    assertThat(csmoe(with(command, "--picture", "cell.jpg")).code()).isEqualTo(2);
    Outcome nowhere = csmoe(command);
    assertThat(nowhere.code()).isEqualTo(1);
    assertThat(nowhere.err()).contains("tiles: found no").doesNotContain("\tat ");
    tiles(1);
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/letter.txt"), "not ours");
    Outcome foreign = csmoe(with(command, "--bands", "B02", "--patch", "8"));
    assertThat(foreign.code()).isEqualTo(1);
    assertThat(foreign.err()).contains("found letter.txt but no settings.json");
    Files.delete(folder.resolve("out/letter.txt"));
    Outcome nothing = csmoe(with(command, "--bands", "B03", "--patch", "8"));
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err()).contains("no patch was kept");
    assertThat(nothing.out()).contains("bands missing");
  }

  @Test
  void aKilledCutterGoesOnToTheBytesOfAnUninterruptedOne() throws Exception {
    tiles(40);
    String[] command = {
      "patches", "--s2", "tiles", "--bands", "B02", "--patch", "8", "--per-shard", "20", "--output"
    };
    assertThat(csmoe(with(command, "whole")).code()).isZero();
    Process process = start(with(command, "killed"));
    while (process.isAlive() && !Files.exists(folder.resolve("killed/shard-00002.safetensors"))) {
      Thread.sleep(2);
    }
    process.destroyForcibly().waitFor();
    assertThat(folder.resolve("killed/shard-00002.safetensors")).exists();
    // 288 shards, each forced to the disk, take longer than noticing the third
    assertThat(folder.resolve("killed/provenance.json")).doesNotExist();
    Outcome resumed = csmoe(with(command, "killed"));
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("goes on where an earlier run stopped");
    try (Stream<Path> files = Files.list(folder.resolve("whole"))) {
      for (Path file : files.filter(path -> !path.endsWith("provenance.json")).toList()) {
        Path other = folder.resolve("killed").resolve(file.getFileName());
        assertThat(Files.mismatch(file, other)).as(file.toString()).isEqualTo(-1);
      }
    }
    try (Stream<Path> whole = Files.list(folder.resolve("whole"));
        Stream<Path> killed = Files.list(folder.resolve("killed"))) {
      assertThat(killed.count()).as("no temporary files are left").isEqualTo(whole.count());
    }
  }

  @Test
  void aKilledIndexGoesOnAndIsThenSearched() throws Exception {
    MadeUpPairs.write(folder.resolve("pairs"), 90, 0);
    String[] command = {
      "index", "--preset", "tiny", "--data", "pairs", "--batch", "2", "--commit", "2", "--output"
    };
    Process process = start(with(command, "killed"));
    while (process.isAlive() && !Files.exists(folder.resolve("killed/rows-00000003.f32"))) {
      Thread.sleep(2);
    }
    process.destroyForcibly().waitFor();
    try (RetrievalIndex index = RetrievalIndex.open(folder.resolve("killed"))) {
      // 45 commits, each forced to the disk, take longer than noticing the third
      assertThat(index.size()).isBetween(8, 178);
    }
    Outcome resumed = csmoe(with(command, "killed", "--json"));
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("goes on with an index of ");
    assertThat(new ObjectMapper().readTree(resumed.out()).at("/entries").asInt()).isEqualTo(180);
    Outcome whole = csmoe(with(command, "whole"));
    assertThat(whole.code()).as(whole.err()).isZero();
    String[] search = {"search", "--preset", "tiny", "--query", "pairs", "--json", "--index"};
    Outcome found = csmoe(with(search, "killed"));
    assertThat(found.code()).as(found.err()).isZero();
    assertThat(found.out()).isEqualTo(csmoe(with(search, "whole")).out());
  }

  @Test
  void aKilledPretrainingGoesOnToTheModelOfAnUninterruptedOne() throws Exception {
    MadeUpPairs.write(folder.resolve("pairs"), 32, 0);
    String[] command = {
      "pretrain",
      "--preset",
      "tiny",
      "--data",
      "pairs",
      "--epochs",
      "8",
      "--batch-size",
      "8",
      "--decoder-width",
      "16",
      "--decoder-layers",
      "1",
      "--decoder-heads",
      "2",
      "--threads",
      "1",
      "--output"
    };
    Process process = start(with(command, "killed"));
    while (process.isAlive()
        && !Files.exists(folder.resolve("killed/checkpoint-000000008.safetensors"))) {
      Thread.sleep(2);
    }
    process.destroyForcibly().waitFor();
    assertThat(folder.resolve("killed/model.safetensors")).doesNotExist();
    Outcome resumed = csmoe(with(command, "killed"));
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("going on after step ");
    Outcome whole = csmoe(with(command, "whole"));
    assertThat(whole.code()).as(whole.err()).isZero();
    for (String name : List.of("model.safetensors", "model.json")) {
      assertThat(
              Files.mismatch(
                  folder.resolve("killed").resolve(name), folder.resolve("whole").resolve(name)))
          .as(name)
          .isEqualTo(-1);
    }
    assertThat(Files.readAllLines(folder.resolve("killed/metrics.jsonl"))).hasSize(4 * 8 + 8);
  }

  /** Small tiles of one band in Major TOM Core's layout. */
  private void tiles(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path product =
          Files.createDirectories(folder.resolve("tiles/1U/1U_%dR/product".formatted(i)));
      float[] numbers = new float[96 * 96];
      for (int p = 0; p < numbers.length; p++) {
        numbers[p] = 1 + (p * 31 + i) % 9000;
      }
      try (GeoTiffWriter writer =
          GeoTiffWriter.builder(product.resolve("B02.tif"), 96, 96, 1)
              .crs(Crs.projected(32631))
              .transform(GeoTransform.northUp(400_000, 20_000, 10))
              .open()) {
        writer.write(new Window(0, 0, 96, 96), numbers);
        writer.commit();
      }
    }
  }

  @Test
  void realPlacesAreSampledIntoParquet() throws Exception {
    Path places = DATA.resolve("ssl4eo-s12/v1.1_val_metadata.parquet").toAbsolutePath();
    Path climate = DATA.resolve("koppen-geiger/beck2023_1991-2020_0p1.tif").toAbsolutePath();
    Path cover = DATA.resolve("landcover/neo_mcd12c1_igbp_2011_0p1.tif").toAbsolutePath();
    assumeTrue(Files.exists(places), "no SSL4EO-S12 metadata at " + places);
    String[] sample = {
      "sample", "--climate", climate.toString(), "--landcover", cover.toString(), "--json"
    };
    Outcome outcome =
        csmoe(
            with(
                sample,
                "--locations",
                places.toString(),
                "--distinct",
                "--per-stratum",
                "20",
                "--generations",
                "100",
                "--output",
                "selection.parquet"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode summary = new ObjectMapper().readTree(outcome.out());
    // 2,176 places of four seasons each; 26 of the places are at sea.
    assertThat(summary.at("/dropped/repeated id").asInt()).isEqualTo(6528);
    assertThat(summary.at("/described").asInt()).isEqualTo(2150);
    assertThat(summary.at("/strata").asInt()).isEqualTo(139);
    int selected = summary.at("/selected").asInt();

    Outcome again =
        csmoe(
            with(
                sample,
                "--locations",
                folder.resolve("selection.parquet").toString(),
                "--per-stratum",
                "1000",
                "--output",
                "again.csv"));
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("again.csv"))).hasSize(selected + 1);
  }

  private static String[] with(String[] first, String... rest) {
    return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
  }
}
