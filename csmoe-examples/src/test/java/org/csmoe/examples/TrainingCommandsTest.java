package org.csmoe.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.csmoe.raster.GeoTiff;
import org.csmoe.raster.Window;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code csmoe pretrain}, {@code probe}, {@code finetune} and {@code segment}. */
class TrainingCommandsTest {
  private static final Path DATA = Path.of(System.getProperty("csmoe.data", "../shared/data"));

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writePairs() throws IOException {
    MadeUpPairs.write(folder.resolve("pairs"), 16, 8);
  }

  private int csmoe(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Csmoe.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private int pretrain(String... more) {
    String[] arguments = {
      "pretrain",
      "--preset",
      "tiny",
      "--data",
      file("pairs:train"),
      "--output",
      file("run"),
      "--epochs",
      "2",
      "--batch-size",
      "8",
      "--decoder-width",
      "16",
      "--decoder-layers",
      "1",
      "--decoder-heads",
      "2"
    };
    return csmoe(SearchCommandTest.with(arguments, more));
  }

  @Test
  void pretrainingWritesAModelThatOtherCommandsTake() throws IOException {
    assertThat(pretrain("--validation", file("pairs:test"), "--json")).as(err.toString()).isZero();
    JsonNode result = new ObjectMapper().readTree(out.toString());
    assertThat(result.at("/end").asText()).isEqualTo("COMPLETED");
    assertThat(result.at("/history")).hasSize(2);
    assertThat(err.toString()).contains("epoch 2 of 2: training unimodal");
    assertThat(Files.readAllLines(folder.resolve("run/metrics.jsonl"))).hasSize(4 + 2);
    assertThat(ImageIO.read(folder.resolve("run/losses.png").toFile()).getWidth()).isEqualTo(1000);

    // Its configuration comes with the weights.
    int code =
        csmoe(
            "probe",
            "--weights",
            file("run/model.safetensors"),
            "--train",
            file("pairs:train"),
            "--validation",
            file("pairs:train"),
            "--test",
            file("pairs:test"),
            "--baselines",
            "--output",
            file("probe.safetensors"),
            "--json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode probes = new ObjectMapper().readTree(out.toString());
    assertThat(probes).hasSize(3);
    // Water and forest differ by 2,200 units of reflectance: anything tells them apart.
    for (JsonNode probe : probes) {
      assertThat(probe.at("/interval/estimate").asDouble()).isEqualTo(1);
    }
    assertThat(folder.resolve("probe.safetensors")).exists();
  }

  @Test
  void theBundledModelIsTheDefaultAndIsPretrained() {
    int code =
        csmoe(
            "probe",
            "--train",
            file("pairs:train"),
            "--validation",
            file("pairs:train"),
            "--test",
            file("pairs:test"),
            "--method",
            "knn",
            "--neighbours",
            "3",
            "--precision",
            "bf16");
    assertThat(code).as(err.toString()).isZero();
    assertThat(err.toString()).doesNotContain("untrained");
    assertThat(out.toString()).startsWith("csmoe-mini").contains("100.0 %");
  }

  @Test
  void fineTuningLearnsClassesOfSamples() throws IOException {
    int code =
        csmoe(
            "finetune",
            "--preset",
            "tiny",
            "--train",
            file("pairs:train"),
            "--validation",
            file("pairs:train"),
            "--test",
            file("pairs:test"),
            "--epochs",
            "12",
            "--batch-size",
            "8",
            "--output",
            file("tuned"),
            "--json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode result = new ObjectMapper().readTree(out.toString());
    assertThat(result.at("/test/microAveragePrecision").asDouble()).isGreaterThan(0.9);
    assertThat(folder.resolve("tuned/model.safetensors")).exists();
  }

  @Test
  void aRealChipIsSegmentedIntoAMapOnItsOwnGrid() throws IOException {
    Path floods = DATA.resolve("sen1floods11");
    assumeTrue(Files.isDirectory(floods), "no Sen1Floods11 in " + DATA);
    int code =
        csmoe(
            "finetune",
            "--train",
            floods + ":0-75",
            "--test",
            floods + ":75-100",
            "--cut",
            "64",
            "--freeze",
            "--channels",
            "16",
            "--epochs",
            "2",
            "--learning-rate",
            "1e-2",
            "--output",
            file("water"));
    assertThat(code).as(err.toString()).isZero();
    assertThat(err.toString()).contains("48 samples");
    assertThat(out.toString()).contains("mean IoU");
    Path chip = floods.resolve("Spain_7370579_S2Hand.tif");
    code =
        csmoe(
            "segment",
            "--model",
            file("water"),
            "--input",
            chip.toString(),
            "--output",
            file("map.tif"),
            "--json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode result = new ObjectMapper().readTree(out.toString());
    JsonNode provenance = new ObjectMapper().readTree(folder.resolve("map.tif.json").toFile());
    assertThat(provenance.at("/inputs/model/sha256").asText()).hasSize(64);
    assertThat(provenance.at("/parameters/pixels")).isEqualTo(result.at("/pixels"));
    try (GeoTiff map = GeoTiff.open(folder.resolve("map.tif"));
        GeoTiff source = GeoTiff.open(chip)) {
      assertThat(map.info().transform()).isEqualTo(source.info().transform());
      float[] classes = map.readFloats(0, new Window(0, 0, 512, 512));
      int water = 0;
      for (float value : classes) {
        assertThat(value).isIn(0f, 1f);
        water += (int) value;
      }
      assertThat(water).isBetween(1, 512 * 512 - 1);
      assertThat(result.at("/pixels/water").asInt()).isEqualTo(water);
    }
  }

  @Test
  void theExampleInJavaPretrainsProbesAndFineTunes() throws IOException {
    TrainingExample.main(new String[] {file("pairs"), file("example"), "2"});
    assertThat(folder.resolve("example/pretraining/metrics.jsonl")).exists();
    assertThat(folder.resolve("example/tuned/model.safetensors")).exists();
  }

  @Test
  void partsOfAFolderAreGivenInPerCentOfItsColumns() {
    DataOptions.Folder part = DataOptions.Folder.parse("C:/a:b:5-100");
    assertThat(part.path()).isEqualTo(Path.of("C:/a:b"));
    assertThat(part.columns()).contains(new DataOptions.Percent(5, 100));
    assertThat(part.split()).isEmpty();
    assertThat(part.name()).endsWith(":5-100");
    assertThat(DataOptions.Folder.parse("a:test").columns()).isEmpty();
    assertThat(DataOptions.Folder.parse("a:5-").path()).isEqualTo(Path.of("a:5-"));
    String[] arguments = {
      "finetune", "--train", file("pairs") + ":60-40", "--cut", "8", "--output", file("x")
    };
    assertThat(csmoe(arguments)).isEqualTo(1);
    assertThat(err.toString())
        .contains("columns must be shares with 0 <= from < to <= 1 but were 0.6 to 0.4");
  }

  @Test
  void valuesOfThePresetCanBeChanged() throws IOException {
    assertThat(pretrain("--set", "patchSize=4", "--set", "feedForward=DENSE"))
        .as(err.toString())
        .isZero();
    JsonNode model =
        new ObjectMapper().readTree(folder.resolve("run/model.json").toFile()).get("model");
    assertThat(model.get("patchSize").asInt()).isEqualTo(4);
    assertThat(model.get("feedForward").asText()).isEqualTo("DENSE");
  }

  @Test
  void whatIsWrongIsSaidByName() {
    assertThat(pretrain("--mask-ratio", "1.5")).isEqualTo(1);
    assertThat(err.toString()).contains("maskRatio must be between 0.0 and 1.0 but was 1.5");
    assertThat(pretrain("--batch-size", "64")).isNotZero();
    assertThat(pretrain("--set", "patch=4")).isEqualTo(1);
    assertThat(err.toString()).contains("--set patch=4: expected one of [imageSize, patchSize,");
    assertThat(pretrain("--set", "patchSize=5")).isEqualTo(1);
    assertThat(err.toString()).contains("patchSize");
    assertThat(pretrain("--set", "feedForward=dense")).isEqualTo(1);
    assertThat(err.toString()).contains("feedForward");
    String[] narrow = {
      "finetune", "--train", file("pairs"), "--precision", "bf16", "--output", file("x")
    };
    assertThat(csmoe(narrow)).isEqualTo(2);
    assertThat(err.toString()).contains("--precision must be f32 for fine-tuning but was bf16");
    assertThat(csmoe("pretrain", "--data", file("none"), "--output", file("x"))).isEqualTo(1);
    assertThat(err.toString()).contains("none: there is no such folder");
    assertThat(csmoe("segment", "--model", file("none"), "--input", "x", "--output", "y"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("none: found no model.json, expected the output folder");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void aWrongPartOfAFolderIsToldWhichThereAre() {
    assertThat(csmoe("pretrain", "--data", file("pairs:trian"), "--output", file("x")))
        .isEqualTo(1);
    assertThat(err.toString()).contains("pairs:trian: there is no such folder").contains(":train,");
  }

  @Test
  void anOutputThatIsAFileIsRefusedBeforeAnythingIsRead() throws IOException {
    Files.writeString(folder.resolve("run"), "notes");
    assertThat(pretrain()).isEqualTo(1);
    assertThat(err.toString()).contains("run: found a file, expected a folder or nothing");
    assertThat(folder.resolve("run")).hasContent("notes");
    int code =
        csmoe(
            "probe",
            "--train",
            file("pairs:train"),
            "--validation",
            file("pairs:train"),
            "--test",
            file("pairs:test"),
            "--output",
            file("nowhere/probe.safetensors"));
    assertThat(code).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("found no folder").contains("make it first");
  }

  /** Whoever has one sensor only need not have the twins of the other. */
  @Test
  void oneSensorIsEnoughToProbeAndToFineTune() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("pairs"))) {
      for (Path file : files.filter(path -> path.toString().endsWith("_s1.tif")).toList()) {
        Files.delete(file);
      }
    }
    int code =
        csmoe(
            "probe",
            "--preset",
            "tiny",
            "--train",
            file("pairs:train"),
            "--validation",
            file("pairs:train"),
            "--test",
            file("pairs:test"),
            "--method",
            "knn",
            "--neighbours",
            "3");
    assertThat(code).as(err.toString()).isZero();
    code =
        csmoe(
            "finetune",
            "--preset",
            "tiny",
            "--train",
            file("pairs:train"),
            "--epochs",
            "1",
            "--output",
            file("tuned"));
    assertThat(code).as(err.toString()).isZero();
  }

  @Test
  void fineTuningMapsTheNamesOfWeightsAsOtherCommandsDo() throws IOException {
    assertThat(pretrain()).as(err.toString()).isZero();
    Files.writeString(
        folder.resolve("table.json"), "[{\"pattern\": \"^nothing$\", \"replacement\": \"x\"}]");
    Files.writeString(folder.resolve("bad.json"), "no table");
    for (String table : List.of("table.json", "bad.json")) {
      int code =
          csmoe(
              "finetune",
              "--weights",
              file("run/model.safetensors"),
              "--rename",
              file(table),
              "--train",
              file("pairs:train"),
              "--epochs",
              "1",
              "--output",
              file("tuned-" + table));
      assertThat(code).as(err.toString()).isEqualTo(table.equals("bad.json") ? 1 : 0);
    }
    assertThat(err.toString()).contains("bad.json: found ").contains("expected an array of");
  }

  @Test
  void pretrainingGoesOnFromWeightsWithTheirOwnConfiguration() {
    assertThat(pretrain()).as(err.toString()).isZero();
    String[] on = {
      "pretrain", "--data", file("pairs:train"), "--weights", file("run/model.safetensors")
    };
    String[] few = {"--epochs", "1", "--batch-size", "8", "--output", file("on")};
    assertThat(csmoe(SearchCommandTest.with(on, few))).as(err.toString()).isZero();
    String[] other = {"--preset", "mini", "--epochs", "1", "--batch-size", "8"};
    assertThat(
            csmoe(
                SearchCommandTest.with(
                    SearchCommandTest.with(on, other), "--output", file("other"))))
        .isEqualTo(1);
    assertThat(err.toString()).contains("do not fit the model").contains("of another shape");
  }
}
