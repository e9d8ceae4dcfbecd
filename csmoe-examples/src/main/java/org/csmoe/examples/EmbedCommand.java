package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.io.AtomicFile;
import org.csmoe.raster.Scene;
import org.csmoe.raster.SceneBuilder;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Turns a scene into a grid of tokens, or a folder of patches into one vector each. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {
      "Features of a scene (GeoTIFF or product folder), or of a folder of patches.",
      "A scene becomes a grid of tokens: one pixel, row or cell per patch. With --pooling, or for a"
          + " folder of several scenes, each image becomes one vector."
    })
final class EmbedCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions options = new ModelOptions();

  @Option(names = "--input", required = true, paramLabel = "PATH", description = "What to embed.")
  private Path input = Path.of("");

  @Option(
      names = "--sensor",
      required = true,
      converter = ModelOptions.SensorConverter.class,
      description = "s1 (VV, VH in dB) or s2 (reflectance x 10^4).")
  private Sensor sensor = Sensor.SENTINEL2;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "out.tif (scenes only), out.csv or out.safetensors.")
  private Path output = Path.of("");

  @Option(
      names = "--bands",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the bands of an unnamed file, in its order, such as VV,VH.")
  private List<String> bandOrder = List.of();

  @Option(
      names = "--pooling",
      description = "One vector per image: ${COMPLETION-CANDIDATES}. Default for folders: CLS.")
  private Optional<Pooling> pooling = Optional.empty();

  @Option(names = "--layer", description = "Tokens of a block instead of the last; -1 is the last.")
  private Optional<Integer> layer = Optional.empty();

  @Option(
      names = "--tile",
      description = "Scene pixels per tile; other sizes are resampled. Default: the model's image.")
  private Optional<Integer> tile = Optional.empty();

  @Option(names = "--stride", description = "Scene pixels from tile to tile. Default: the tile.")
  private Optional<Integer> stride = Optional.empty();

  @Option(
      names = "--edge",
      defaultValue = "pad",
      description = "At the scene's edge: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private TokenMosaic.Edge edge = TokenMosaic.Edge.PAD;

  @Option(names = "--batch", defaultValue = "8", description = "Tiles at once. Default: 8.")
  private int batch;

  @Option(
      names = "--picture",
      paramLabel = "PNG",
      description = "Natural colours beside the first three principal components (scenes only).")
  private Optional<Path> picture = Optional.empty();

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Instant begin = Instant.now();
    String name = String.valueOf(output.getFileName()).toLowerCase(Locale.ROOT);
    boolean tiff = name.endsWith(".tif") || name.endsWith(".tiff");
    if (!tiff && !name.endsWith(".csv") && !name.endsWith(".safetensors")) {
      throw wrong("--output must end in .tif, .csv or .safetensors but was " + output);
    }
    if (!Files.exists(input)) {
      throw new CsMoeException("--input %s: there is no such file or folder".formatted(input));
    }
    List<Path> scenes = Scene.find(input, sensor);
    if (scenes.isEmpty()) {
      throw new CsMoeException(
          "--input %s holds no scene of %s; expected a GeoTIFF of its bands, a product folder with one"
                  .formatted(input, sensor)
              + " file per band, or a folder of such; of a GeoTIFF without band names,"
              + " --bands says which they are");
    }
    boolean vectors = pooling.isPresent() || scenes.size() > 1;
    if (vectors && (tiff || picture.isPresent() || layer.isPresent())) {
      throw wrong(
          "%d image(s) become one vector each: use --output out.csv or out.safetensors, without"
                  .formatted(scenes.size())
              + " --picture and --layer");
    }
    Outputs.requireFile("--output", output);
    Outputs.requireFile("--picture", picture);
    PrintWriter messages = spec.commandLine().getErr();
    ObjectNode summary = new ObjectMapper().createObjectNode();
    summary.put("input", input.toString());
    summary.put("sensor", sensor.name());
    summary.put("model", options.name());
    summary.put("weights", options.source());
    summary.put("seed", options.seed);
    summary.put("precision", options.precision.name());
    try (CsMoe model = options.build(sensor, messages)) {
      if (vectors) {
        embedImages(model, scenes, summary, messages);
      } else {
        try (Scene scene = open(scenes.get(0))) {
          embedScene(model, scene, summary, messages);
        }
      }
      summary.put("seconds", Duration.between(begin, Instant.now()).toMillis() / 1000.0);
      summary.put("output", output.toString());
      summary.set("configuration", new ObjectMapper().readTree(model.config().toJson()));
    }
    AtomicFile.write(
        output.resolveSibling(output.getFileName() + ".json"), summary.toPrettyString());
    summary.remove("configuration");
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(summary.toPrettyString());
    } else {
      summary.properties().forEach(field -> out.println(field.getKey() + ": " + field.getValue()));
    }
    out.flush();
    return 0;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Scene open(Path path) {
    SceneBuilder builder = Scene.builder(path, sensor);
    if (!bandOrder.isEmpty()) {
      List<Band> order = new ArrayList<>();
      for (String name : bandOrder) {
        order.add(
            Band.find(name)
                .orElseThrow(
                    () ->
                        wrong(
                            "--bands must be names such as %s but one was \"%s\""
                                .formatted(sensor.defaultBands(), name))));
      }
      builder.bandOrder(order);
    }
    return builder.open();
  }

  private void embedScene(CsMoe model, Scene scene, ObjectNode summary, PrintWriter messages)
      throws IOException {
    int pixels = tile.orElse(model.config().imageSize());
    FeatureExtractor features = model.features(sensor).withBatchSize(batch);
    if (pixels != model.config().imageSize()) {
      features = features.withResize(Resize.BILINEAR);
    }
    TokenMosaic mosaic =
        new TokenMosaic(
            scene,
            features,
            model.config(),
            new TokenMosaic.Cut(pixels, stride.orElse(pixels), edge, layer, batch));
    FeaturePicture sketch = new FeaturePicture(mosaic);
    int[] valid = new int[1];
    try (Progress progress = new Progress("tiles", mosaic.tiles(), messages);
        TokenSink sink = sink(mosaic, scene, summary)) {
      mosaic.run(
          (row, values) -> {
            sink.row(row, values);
            sketch.row(row, values);
            for (int i = 0; i < values.length; i += mosaic.width()) {
              valid[0] += Float.isNaN(values[i]) ? 0 : 1;
            }
          },
          progress::step);
      sink.commit();
    }
    if (picture.isPresent()) {
      Pictures.write(sketch.beside(scene), picture.get());
      summary.put("picture", picture.get().toString());
    }
    if (valid[0] == 0) {
      messages.println(
          "Note: no patch of the scene has data in all bands, so that all features are NaN.");
      messages.flush();
    }
    summary.put("scene", scene.width() + " x " + scene.height() + " pixels");
    summary.put("tokens", mosaic.columns() + " x " + mosaic.rows());
    summary.put("tokensWithData", valid[0]);
    summary.put("dimensions", mosaic.width());
  }

  private TokenSink sink(TokenMosaic mosaic, Scene scene, ObjectNode summary) throws IOException {
    String name = String.valueOf(output.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return new TokenSink.Csv(output, mosaic.width(), mosaic.transform());
    }
    return name.endsWith(".safetensors")
        ? new TokenSink.Safetensors(
            output,
            mosaic.columns(),
            mosaic.rows(),
            mosaic.width(),
            Map.of("provenance", summary.toString()))
        : new TokenSink.Tiff(
            output,
            mosaic.columns(),
            mosaic.rows(),
            mosaic.width(),
            scene.crs(),
            mosaic.transform());
  }

  private void embedImages(CsMoe model, List<Path> scenes, ObjectNode summary, PrintWriter messages)
      throws IOException {
    FeatureExtractor features =
        model.features(sensor).withBatchSize(batch).withResize(Resize.BILINEAR);
    boolean csv = output.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
    List<float[]> rows = new ArrayList<>();
    int width = 0;
    try (Progress progress = new Progress("images", scenes.size(), messages);
        AtomicFile file = AtomicFile.create(output);
        BufferedWriter writer = file.writer()) {
      for (int first = 0; first < scenes.size(); first += batch) {
        List<Path> part = scenes.subList(first, Math.min(scenes.size(), first + batch));
        FeatureTensor vectors = features.embed(read(part), pooling.orElse(Pooling.CLS));
        width = vectors.size(1);
        if (first == 0) {
          writeHeader(writer, width);
        }
        for (int i = 0; i < part.size(); i++) {
          float[] vector = vectors.row(i).data();
          if (csv) {
            writeLine(writer, part.get(i), vector);
          } else {
            rows.add(vector);
          }
        }
        progress.step(part.size());
      }
      if (csv) {
        writer.flush();
        file.commit();
      } else {
        writeVectors(rows, width, scenes);
      }
    }
    summary.put("images", scenes.size());
    summary.put("pooling", pooling.orElse(Pooling.CLS).name());
    summary.put("dimensions", width);
  }

  private static void writeHeader(BufferedWriter writer, int width) throws IOException {
    writer.write("image");
    for (int d = 0; d < width; d++) {
      writer.write(",f" + d);
    }
    writer.newLine();
  }

  private static void writeLine(BufferedWriter writer, Path image, float[] vector)
      throws IOException {
    writer.write("\"" + image.toString().replace("\"", "\"\"") + "\"");
    for (float value : vector) {
      writer.write("," + value);
    }
    writer.newLine();
  }

  private List<SensorImage> read(List<Path> paths) {
    List<SensorImage> images = new ArrayList<>();
    for (Path path : paths) {
      try (Scene scene = open(path)) {
        images.add(scene.read(scene.window()));
      }
    }
    return images;
  }

  private void writeVectors(List<float[]> rows, int width, List<Path> scenes) throws IOException {
    FloatBuffer all = FloatBuffer.allocate(Math.multiplyExact(rows.size(), width));
    rows.forEach(all::put);
    Map<String, String> metadata =
        Map.of(
            "images",
            new ObjectMapper()
                .valueToTree(scenes.stream().map(Path::toString).toList())
                .toString());
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            output, List.of(TensorInfo.f32("features", rows.size(), width)), metadata)) {
      writer.write("features", all.flip());
      writer.commit();
    }
  }
}
