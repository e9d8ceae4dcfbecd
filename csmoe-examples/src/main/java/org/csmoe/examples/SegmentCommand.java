package org.csmoe.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.raster.GeoTiffWriter;
import org.csmoe.raster.GeoTiffWriterBuilder;
import org.csmoe.raster.Scene;
import org.csmoe.raster.Window;
import org.csmoe.sampling.Provenance;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.training.FineTuned;
import org.csmoe.training.SegmentationHead;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Maps the classes of a scene with a model that csmoe finetune made. */
@Command(
    name = "segment",
    mixinStandardHelpOptions = true,
    description = {
      "Map the classes of a scene with a model that csmoe finetune made from masks.",
      "Writes a GeoTIFF of class numbers, NaN where no band of a pixel has data, and beside it what"
          + " made it as FILE.json."
    })
final class SegmentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The output folder of csmoe finetune.")
  private Path model = Path.of("");

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "A scene: GeoTIFF or product folder.")
  private Path input = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The GeoTIFF to write.")
  private Path output = Path.of("");

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  /** What fine-tuning wrote beside the weights. */
  private record Description(Sensor sensor, CsMoeConfig config, List<String> classes) {}

  @Override
  public Integer call() throws IOException {
    Instant begin = Instant.now();
    Outputs.requireFile("--output", output);
    Description description = describe();
    List<String> classes = description.classes();
    Map<String, Long> pixels = new LinkedHashMap<>();
    classes.forEach(name -> pixels.put(name, 0L));
    SegmentationHead head = SegmentationHead.uperNet(classes.size()).withChannels(channels());
    PrintWriter messages = spec.commandLine().getErr();
    try (FineTuned tuned = FineTuned.load(model, head);
        Scene scene = Scene.open(input, description.sensor())) {
      CsMoeConfig config = description.config();
      int size = config.imageSize();
      if (scene.width() < size || scene.height() < size) {
        throw new CsMoeException(
            "%s: found %d x %d pixels, expected at least %d x %d, the size of the model's images"
                .formatted(input, scene.width(), scene.height(), size, size));
      }
      GeoTiffWriterBuilder builder =
          GeoTiffWriter.builder(output, scene.width(), scene.height(), 1)
              .tileSize(size)
              .noData(Double.NaN)
              .metadata(names(classes))
              .bandNames(List.of("class"));
      scene.crs().ifPresent(builder::crs);
      scene.transform().ifPresent(builder::transform);
      int columns = (scene.width() + size - 1) / size;
      int rows = (scene.height() + size - 1) / size;
      try (GeoTiffWriter writer = builder.open();
          Progress progress = new Progress("tiles", (long) rows * columns, messages)) {
        for (int row = 0; row < rows; row++) {
          for (int column = 0; column < columns; column++) {
            Window tile =
                new Window(
                    column * size,
                    row * size,
                    Math.min(size, scene.width() - column * size),
                    Math.min(size, scene.height() - row * size));
            float[] found = classes(scene, tuned, config, tile);
            writer.write(tile, found);
            count(found, classes, pixels);
            progress.step(1);
          }
        }
        writer.commit();
      }
    }
    report(description, pixels, begin);
    return 0;
  }

  private Description describe() throws IOException {
    Path file = model.resolve("model.json");
    if (!Files.isRegularFile(file)) {
      throw new CsMoeException(
          "%s: found no model.json, expected the output folder of csmoe finetune".formatted(model));
    }
    try {
      JsonNode tree = new ObjectMapper().readTree(Files.readString(file));
      List<String> classes = new ArrayList<>();
      tree.path("classes").forEach(name -> classes.add(name.asText()));
      return new Description(
          Sensor.valueOf(tree.path("sensor").asText()),
          CsMoeConfig.fromJson(tree.path("model").toString()),
          List.copyOf(classes));
    } catch (JsonProcessingException | IllegalArgumentException | CsMoeException e) {
      String found =
          e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
      throw new CsMoeException(
          "%s: expected what csmoe finetune wrote, found: %s".formatted(file, found), e);
    }
  }

  private static Map<String, String> names(List<String> classes) {
    Map<String, String> names = new LinkedHashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      names.put("CLASS_" + i, classes.get(i));
    }
    return names;
  }

  private static void count(float[] found, List<String> classes, Map<String, Long> pixels) {
    for (float value : found) {
      if (!Float.isNaN(value)) {
        pixels.merge(classes.get((int) value), 1L, Long::sum);
      }
    }
  }

  private void report(Description description, Map<String, Long> pixels, Instant begin) {
    new Provenance("segment", Clock.systemUTC())
        .input("model", model.resolve("model.safetensors"))
        .parameter("scene", input.toString())
        .parameter("sensor", description.sensor().name())
        .parameter("classes", description.classes())
        .parameter("pixels", pixels)
        .write(output.resolveSibling(output.getFileName() + ".json"));
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode summary = mapper.createObjectNode();
    summary.put("input", input.toString());
    summary.put("model", model.toString());
    summary.put("sensor", description.sensor().name());
    summary.set("pixels", mapper.valueToTree(pixels));
    summary.put("seconds", Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    summary.put("output", output.toString());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(summary.toPrettyString());
    } else {
      summary.properties().forEach(field -> out.println(field.getKey() + ": " + field.getValue()));
    }
    out.flush();
  }

  /** How wide the head is: its last layer goes from so many channels to the classes. */
  private int channels() throws IOException {
    Path weights = model.resolve("model.safetensors");
    try (Checkpoint checkpoint = Checkpoint.open(weights)) {
      TensorInfo last = checkpoint.tensors().get("head.classifier.weight");
      if (last == null || last.shape().size() != 2) {
        throw new CsMoeException(
            weights + ": found no UPerNet, expected what csmoe finetune made from masks");
      }
      return Math.toIntExact(last.shape().get(1));
    }
  }

  /** Those at the far edges see pixels inwards, too, so that the model sees whole images. */
  private static float[] classes(Scene scene, FineTuned tuned, CsMoeConfig config, Window tile) {
    int size = config.imageSize();
    Sensor sensor = scene.sensor();
    int left = Math.min(tile.x(), scene.width() - size);
    int top = Math.min(tile.y(), scene.height() - size);
    SensorImage image = scene.read(new Window(left, top, size, size));
    SensorImage complete =
        FeatureTables.withBands(image, config.bands(sensor), EnumSet.noneOf(Band.class));
    Sample sample = new Sample("tile", Map.of(sensor, complete), Target.none());
    if (!(tuned.predict(sample) instanceof Target.Mask mask)) {
      throw new CsMoeException("the model yields classes of samples, expected masks");
    }
    float[] classes = new float[tile.width() * tile.height()];
    for (int y = 0; y < tile.height(); y++) {
      for (int x = 0; x < tile.width(); x++) {
        int place = (tile.y() - top + y) * size + tile.x() - left + x;
        classes[y * tile.width() + x] = isEmpty(image, place) ? Float.NaN : mask.classes()[place];
      }
    }
    return classes;
  }

  private static boolean isEmpty(SensorImage image, int place) {
    for (Band band : image.bands()) {
      if (!Float.isNaN(image.data()[image.offset(band) + place])) {
        return false;
      }
    }
    return true;
  }
}
