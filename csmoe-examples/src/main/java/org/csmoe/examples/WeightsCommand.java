package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.LoadReport;
import org.csmoe.Weights;
import org.csmoe.sensor.Sensor;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.DType;
import org.csmoe.weights.NameMapping;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks into checkpoints and converts them. */
@Command(
    name = "weights",
    mixinStandardHelpOptions = true,
    description = "Inspect and convert weights.",
    subcommands = {WeightsCommand.Inspect.class, WeightsCommand.Convert.class})
final class WeightsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  /** {@code csmoe weights inspect FILE}. */
  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = "Names, shapes and types; with --preset, how they would load.")
  static final class Inspect implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "safetensors, index.json, .pt, .pth or .ckpt.")
    private Path file = Path.of("");

    @Option(
        names = "--preset",
        converter = ModelOptions.PresetConverter.class,
        description = "Report what fits this configuration.")
    private Optional<CsMoePreset> preset = Optional.empty();

    @Option(
        names = "--sensor",
        converter = ModelOptions.SensorConverter.class,
        description = "Only this sensor's encoder.")
    private Optional<Sensor> sensor = Optional.empty();

    @Option(names = "--rename", description = "Table that maps tensor names.")
    private Optional<Path> rename = Optional.empty();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      ObjectNode node = new ObjectMapper().createObjectNode();
      node.put("file", file.toString());
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        long elements = 0;
        ArrayNode tensors = node.putArray("tensors");
        for (TensorInfo info : checkpoint.tensors().values()) {
          elements += info.elementCount();
          tensors
              .addObject()
              .put("name", info.name())
              .put("dtype", info.dtype().name())
              .put("shape", info.shape().toString());
        }
        node.put("count", checkpoint.tensors().size());
        node.put("elements", elements);
      }
      if (preset.isPresent()) {
        node.set("load", report(preset.get()));
      }
      if (json) {
        out.println(node.toPrettyString());
      } else {
        node.path("tensors")
            .forEach(
                t ->
                    out.printf(
                        "%-5s %-24s %s%n",
                        t.get("dtype").asText(), t.get("shape").asText(), t.get("name").asText()));
        out.println(node.get("count") + " tensors, " + node.get("elements") + " elements");
        node.path("load")
            .properties()
            .forEach(field -> out.println(field.getKey() + ": " + field.getValue()));
      }
      out.flush();
      return 0;
    }

    private ObjectNode report(CsMoePreset chosen) {
      Weights weights = Weights.file(file).lenient();
      if (rename.isPresent()) {
        weights = weights.renamedBy(rename.get());
      }
      var builder = CsMoe.builder().preset(chosen).weights(weights);
      sensor.ifPresent(builder::onlySensor);
      try (CsMoe model = builder.build()) {
        LoadReport report = model.loadReport();
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("complete", report.complete());
        node.put("loaded", report.loaded().size());
        report.missing().forEach(node.putArray("missing")::add);
        report.unexpected().forEach(node.putArray("unexpected")::add);
        ArrayNode mismatched = node.putArray("mismatched");
        report.mismatched().forEach(m -> mismatched.add(m.toString()));
        report.ignored().forEach(node.putArray("ignored")::add);
        return node;
      }
    }
  }

  /** {@code csmoe weights convert FILE OUT}. */
  @Command(
      name = "convert",
      mixinStandardHelpOptions = true,
      description = "Write a checkpoint as safetensors, names mapped to canonical ones.")
  static final class Convert implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "Any checkpoint.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The safetensors file to write.")
    private Path target = Path.of("");

    @Option(names = "--rename", description = "Table that maps tensor names.")
    private Optional<Path> rename = Optional.empty();

    @Option(
        names = "--bf16",
        description = "Half the size: round to bfloat16, which keeps 8 bits of precision.")
    private boolean bf16;

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      DType type = bf16 ? DType.BF16 : DType.F32;
      NameMapping mapping =
          rename.isPresent() ? NameMapping.read(rename.get()) : NameMapping.standard();
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        Map<String, String> names = new HashMap<>();
        mapping
            .map(checkpoint.tensors().keySet())
            .forEach((canonical, original) -> names.put(original, canonical));
        List<TensorInfo> tensors = new ArrayList<>();
        for (TensorInfo info : checkpoint.tensors().values()) {
          String name = names.getOrDefault(info.name(), info.name());
          tensors.add(new TensorInfo(name, type, info.shape()));
        }
        Map<String, String> remarks = new HashMap<>(checkpoint.metadata());
        remarks.put("source", String.valueOf(file.getFileName()));
        try (SafetensorsWriter writer = SafetensorsWriter.create(target, tensors, remarks);
            Progress progress =
                new Progress("tensors", tensors.size(), spec.commandLine().getErr())) {
          for (TensorInfo info : checkpoint.tensors().values()) {
            FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(info.elementCount()));
            checkpoint.read(info.name(), values);
            writer.write(names.getOrDefault(info.name(), info.name()), values.flip());
            progress.step(1);
          }
          writer.commit();
        }
        out.println(tensors.size() + " tensors written to " + target);
      }
      out.flush();
      return 0;
    }
  }
}
