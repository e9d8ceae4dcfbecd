package org.csmoe.examples;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.raster.Scene;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** From nothing to features, pictures and a page. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a Sentinel-1/2 scene pair, embeds both, and writes GeoTIFFs, pictures and an HTML page.",
      "With --input it does the same with a real scene."
    })
final class QuickstartCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions options = new ModelOptions();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "quickstart-output",
      description = "Folder for the results. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("quickstart-output");

  @Option(names = "--input", paramLabel = "PATH", description = "A real scene instead.")
  private Optional<Path> input = Optional.empty();

  @Option(
      names = "--sensor",
      defaultValue = "s2",
      converter = ModelOptions.SensorConverter.class,
      description = "The sensor of --input: s1 or s2. Default: ${DEFAULT-VALUE}.")
  private Sensor sensor = Sensor.SENTINEL2;

  /** What was done with one sensor. */
  private record Part(
      Sensor sensor, Path features, BufferedImage scene, BufferedImage components, String facts) {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (input.isPresent() && !Files.exists(input.get())) {
      throw new CsMoeException("--input " + input.get() + ": there is no such file or folder");
    }
    Outputs.requireFolder("--output", output);
    Files.createDirectories(output);
    List<Part> parts = new ArrayList<>();
    if (input.isPresent()) {
      parts.add(embed(input.get(), sensor));
    } else {
      SyntheticScene synthetic = new SyntheticScene(options.seed);
      for (Sensor each : List.of(Sensor.SENTINEL2, Sensor.SENTINEL1)) {
        Path scene = output.resolve("scene-" + each.shortName() + ".tif");
        synthetic.write(each, scene);
        out.println("scene:    " + scene);
        parts.add(embed(scene, each));
      }
    }
    for (Part part : parts) {
      Path picture = output.resolve("features-" + part.sensor().shortName() + ".png");
      Pictures.write(
          Pictures.sheet(
              List.of(
                  new Pictures.Panel(Pictures.caption(part.sensor()), part.scene()),
                  new Pictures.Panel(
                      "first three principal components of the tokens", part.components())),
              2,
              448),
          picture);
      out.println("features: " + part.features() + " (" + part.facts() + ")");
      out.println("picture:  " + picture);
    }
    Path page = output.resolve("index.html");
    AtomicFile.write(page, page(parts));
    out.println("page:     " + page);
    out.flush();
    return 0;
  }

  private Part embed(Path path, Sensor which) throws IOException {
    Path target = output.resolve("features-" + which.shortName() + ".tif");
    PrintWriter messages = spec.commandLine().getErr();
    try (Scene scene = Scene.open(path, which);
        CsMoe model = options.build(which, messages)) {
      int tile = model.config().imageSize();
      // The shared blocks bring tokens of a tile close to one another: what a place shows is
      // clearest
      // before them.
      Optional<Integer> layer =
          Optional.of(model.config().sensorLayers() - 1).filter(index -> index >= 0);
      TokenMosaic mosaic =
          new TokenMosaic(
              scene,
              model.features(which),
              model.config(),
              new TokenMosaic.Cut(tile, tile / 2, TokenMosaic.Edge.PAD, layer, 8));
      FeaturePicture picture = new FeaturePicture(mosaic);
      try (Progress progress = new Progress("tiles of " + which, mosaic.tiles(), messages);
          TokenSink sink =
              new TokenSink.Tiff(
                  target,
                  mosaic.columns(),
                  mosaic.rows(),
                  mosaic.width(),
                  scene.crs(),
                  mosaic.transform())) {
        mosaic.run(
            (row, values) -> {
              sink.row(row, values);
              picture.row(row, values);
            },
            progress::step);
        sink.commit();
      }
      String facts =
          String.format(
              Locale.ROOT,
              "%d x %d pixels to %d x %d tokens of %d dimensions, model %s, block %s",
              scene.width(),
              scene.height(),
              mosaic.columns(),
              mosaic.rows(),
              mosaic.width(),
              options.name(),
              layer.map(String::valueOf).orElse("the last"));
      return new Part(
          which,
          target,
          Pictures.naturalColour(FeaturePicture.overview(scene)),
          picture.components(),
          facts);
    }
  }

  private String page(List<Part> parts) throws IOException {
    StringBuilder html = new StringBuilder();
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>CSMoE quickstart</title>
        <style>
        body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c2733}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
        figure{margin:0}img{width:100%;image-rendering:pixelated;border-radius:4px}
        figcaption{color:#5a6878;font-size:.9rem}
        .note{background:#fff4d6;border-left:4px solid #d99a00;padding:.6rem 1rem}
        code{background:#eef1f4;padding:.1rem .3rem;border-radius:3px}
        </style></head><body>
        <h1>CSMoE quickstart</h1>
        """);
    html.append(
        options.file().isPresent()
            ? "<p>Weights: <code>" + escape(options.source()) + "</code></p>\n"
            : "<p class=\"note\"><b>The weights are untrained</b> (seed "
                + options.seed
                + "). The pictures show that data flow from pixels to georeferenced tokens; the"
                + " features mean nothing yet. Give real weights with"
                + " <code>--weights FILE</code> and the matching <code>--preset</code>.</p>\n");
    for (Part part : parts) {
      html.append("<h2>").append(part.sensor()).append("</h2>\n<p>").append(escape(part.facts()));
      html.append(". Tokens: <code>")
          .append(escape(String.valueOf(part.features().getFileName())))
          .append("</code>, one pixel per patch.</p>\n<div class=\"pair\">\n");
      figure(html, part.scene(), "the scene, dark grey where there are no data");
      figure(html, part.components(), "first three principal components of the tokens");
      html.append("</div>\n");
    }
    return html.append("</body></html>\n").toString();
  }

  private static void figure(StringBuilder html, BufferedImage image, String caption)
      throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    html.append("<figure><img alt=\"")
        .append(caption)
        .append("\" src=\"data:image/png;base64,")
        .append(Base64.getEncoder().encodeToString(png.toByteArray()))
        .append("\"><figcaption>")
        .append(caption)
        .append("</figcaption></figure>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
