package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.csmoe.CsMoe;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.Resize;
import org.csmoe.features.Routing;
import org.csmoe.raster.Scene;
import org.csmoe.raster.Window;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Draws which patches the slots of a Soft MoE layer gather, as the paper's Fig. 2. */
@Command(
    name = "routing",
    mixinStandardHelpOptions = true,
    description = "Dispatch maps of a layer's slots over the middle of a scene.")
final class RoutingCommand implements Callable<Integer> {
  private static final int COLUMNS = 9;
  private static final int PANEL = 150;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions options = new ModelOptions();

  @Option(names = "--input", required = true, description = "A scene.")
  private Path input = Path.of("");

  @Option(
      names = "--sensor",
      defaultValue = "s2",
      converter = ModelOptions.SensorConverter.class,
      description = "s1 or s2. Default: ${DEFAULT-VALUE}.")
  private Sensor sensor = Sensor.SENTINEL2;

  @Option(
      names = "--layer",
      defaultValue = "-1",
      description = "The block, negative from the end. Default: ${DEFAULT-VALUE}.")
  private int layer;

  @Option(
      names = "--slots",
      defaultValue = "8",
      description = "Slots to draw per expert, spread evenly. Default: ${DEFAULT-VALUE}.")
  private int slots;

  @Option(names = "--picture", required = true, paramLabel = "PNG", description = "The picture.")
  private Path picture = Path.of("");

  @Option(names = "--json", description = "Print the experts' shares as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Numbers.requirePositive(spec, "--slots", slots);
    Outputs.requireFile("--picture", picture);
    PrintWriter out = spec.commandLine().getOut();
    try (CsMoe model = options.build(sensor, spec.commandLine().getErr());
        Scene scene = Scene.open(input, sensor)) {
      int size = model.config().imageSize();
      int wide = Math.min(size, scene.width());
      int high = Math.min(size, scene.height());
      SensorImage image =
          scene.read(
              new Window((scene.width() - wide) / 2, (scene.height() - high) / 2, wide, high));
      Routing routing = model.features(sensor).withResize(Resize.BILINEAR).routing(image, layer);
      Pictures.write(draw(image, routing), picture);
      ObjectNode node = new ObjectMapper().createObjectNode();
      node.put("picture", picture.toString());
      node.put("layer", routing.layer());
      node.put("experts", routing.experts());
      node.put("slotsPerExpert", routing.slotsPerExpert());
      ArrayNode shares = node.putArray("combineShareOfExpert");
      for (double share : shares(routing)) {
        shares.add(Math.round(share * 10000) / 10000.0);
      }
      if (json) {
        out.println(node.toPrettyString());
      } else {
        node.properties().forEach(field -> out.println(field.getKey() + ": " + field.getValue()));
      }
    }
    out.flush();
    return 0;
  }

  /** How much of the output each expert makes, averaged over tokens. */
  private static double[] shares(Routing routing) {
    double[] shares = new double[routing.experts()];
    FeatureTensor combine = routing.combine();
    for (int t = 0; t < combine.size(0); t++) {
      for (int e = 0; e < shares.length; e++) {
        for (int s = 0; s < routing.slotsPerExpert(); s++) {
          shares[e] += combine.get(t, e, s) / combine.size(0);
        }
      }
    }
    return shares;
  }

  private BufferedImage draw(SensorImage image, Routing routing) {
    List<Pictures.Panel> panels = new ArrayList<>();
    int drawn = Math.min(slots, routing.slotsPerExpert());
    int columns = Math.min(COLUMNS, drawn + 1);
    for (int e = 0; e < routing.experts(); e++) {
      for (int i = 0; i < drawn; i++) {
        if (panels.size() % columns == 0) {
          panels.add(
              e == 0
                  ? new Pictures.Panel("scene", Pictures.naturalColour(image))
                  : new Pictures.Panel("mean of expert " + e, mean(routing, e)));
        }
        int slot = i * routing.slotsPerExpert() / drawn;
        FeatureTensor map = routing.dispatchMap(e, slot);
        panels.add(
            new Pictures.Panel(
                String.format(Locale.ROOT, "expert %d, slot %d", e, slot),
                Pictures.heat(map.data(), routing.grid(), routing.grid())));
      }
    }
    return Pictures.sheet(panels, columns, PANEL);
  }

  private static BufferedImage mean(Routing routing, int expert) {
    float[] mean = new float[routing.grid() * routing.grid()];
    for (int s = 0; s < routing.slotsPerExpert(); s++) {
      float[] map = routing.dispatchMap(expert, s).data();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += map[i];
      }
    }
    return Pictures.heat(mean, routing.grid(), routing.grid());
  }
}
