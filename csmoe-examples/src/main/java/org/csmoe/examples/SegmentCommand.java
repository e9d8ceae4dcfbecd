package org.csmoe.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
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
      "Writes a GeoTIFF of class numbers, NaN where no band of a pixel has data."
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

  @Override
  public Integer call() throws IOException {
    Path description = model.resolve("model.json");
    JsonNode json = new ObjectMapper().readTree(Files.readString(description));
    Sensor sensor;
    try {
      sensor = Sensor.valueOf(json.path("sensor").asText());
    } catch (IllegalArgumentException e) {
      throw new CsMoeException(
          description + ": expected what csmoe finetune wrote, found: " + e.getMessage(), e);
    }
    CsMoeConfig config = CsMoeConfig.fromJson(json.path("model").toString());
    SegmentationHead head =
        SegmentationHead.uperNet(json.path("classes").size()).withChannels(channels());
    PrintWriter messages = spec.commandLine().getErr();
    try (FineTuned tuned = FineTuned.load(model, head);
        Scene scene = Scene.open(input, sensor)) {
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
              .bandNames(List.of("class"));
      scene.crs().ifPresent(builder::crs);
      scene.transform().ifPresent(builder::transform);
      int columns = (scene.width() + size - 1) / size;
      int rows = (scene.height() + size - 1) / size;
      try (GeoTiffWriter writer = builder.open();
          Progress progress = new Progress("tiles", (long) rows * columns, messages)) {
        for (int row = 0; row < rows; row++) {
          for (int column = 0; column < columns; column++) {
            write(scene, tuned, config, sensor, new int[] {column * size, row * size}, writer);
            progress.step(1);
          }
        }
        writer.commit();
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("output: " + output);
    out.flush();
    return 0;
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

  /** Tiles at the far edges are moved inwards, so that the model sees whole images. */
  private static void write(
      Scene scene,
      FineTuned tuned,
      CsMoeConfig config,
      Sensor sensor,
      int[] corner,
      GeoTiffWriter writer) {
    int size = config.imageSize();
    int left = Math.min(corner[0], scene.width() - size);
    int top = Math.min(corner[1], scene.height() - size);
    SensorImage image = scene.read(new Window(left, top, size, size));
    SensorImage complete =
        FeatureTables.withBands(image, config.bands(sensor), EnumSet.noneOf(Band.class));
    Sample sample = new Sample("tile", Map.of(sensor, complete), Target.none());
    if (!(tuned.predict(sample) instanceof Target.Mask mask)) {
      throw new CsMoeException("the model yields classes of samples, expected masks");
    }
    int width = Math.min(size, scene.width() - corner[0]);
    int height = Math.min(size, scene.height() - corner[1]);
    float[] classes = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int place = (corner[1] - top + y) * size + corner[0] - left + x;
        classes[y * width + x] = isEmpty(image, place) ? Float.NaN : mask.classes()[place];
      }
    }
    writer.write(new Window(corner[0], corner[1], width, height), classes);
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
