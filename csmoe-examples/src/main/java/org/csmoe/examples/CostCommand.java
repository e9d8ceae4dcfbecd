package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.csmoe.CsMoePreset;
import org.csmoe.cost.ModelCost;
import org.csmoe.cost.PaperRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what models cost: the paper's Tables I and IV beside computed figures. */
@Command(
    name = "cost",
    mixinStandardHelpOptions = true,
    description = "Parameters, operations and memory per image; the paper's value beside ours.")
final class CostCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--preset",
      converter = ModelOptions.PresetConverter.class,
      description = "One configuration.")
  private Optional<CsMoePreset> preset = Optional.empty();

  @Option(names = "--all", description = "Table I and Table IV (the default).")
  private boolean all;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (preset.isPresent() && !all) {
      CsMoePreset chosen = preset.get();
      List<ModelCost> costs =
          chosen.config().bands().keySet().stream()
              .map(sensor -> ModelCost.of(chosen.config(), sensor))
              .toList();
      if (json) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        costs.forEach(cost -> put(array.addObject(), cost));
        out.println(array.toPrettyString());
      } else {
        for (ModelCost cost : costs) {
          print(out, cost);
        }
      }
    } else if (json) {
      ObjectNode root = new ObjectMapper().createObjectNode();
      table(root.putArray("tableI"), PaperRow.tableI());
      table(root.putArray("tableIV"), PaperRow.tableIV());
      out.println(root.toPrettyString());
    } else {
      print(out, "Table I: foundation models, one Sentinel-2 image", PaperRow.tableI());
      print(out, "Table IV: CSMoE by patch size", PaperRow.tableIV());
      out.println(
          "FLOPs follow fvcore's rule (1 multiply-add = 1, LayerNorm 5 per value, fused attention"
              + " uncounted); MACs count every product.");
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, ModelCost cost) {
    out.printf(Locale.ROOT, "%s%n", cost.name());
    out.printf(Locale.ROOT, "  parameters        %,d%n", cost.parameters());
    out.printf(Locale.ROOT, "  FLOPs (fvcore)    %,d%n", cost.flops());
    out.printf(Locale.ROOT, "  MACs              %,d%n", cost.macs());
    out.printf(Locale.ROOT, "  C2C               %.2f%n", cost.c2c());
    for (int batch : new int[] {1, 8, 32}) {
      out.printf(
          Locale.ROOT,
          "  peak activations  %,.1f MiB at batch %d%n",
          cost.peakActivationBytes(batch) / 1048576.0,
          batch);
    }
  }

  private static void print(PrintWriter out, String title, List<PaperRow> rows) {
    out.println(title);
    out.printf(
        Locale.ROOT,
        "  %-22s %9s %13s %9s %16s %7s %9s %9s%n",
        "model",
        "#P paper",
        "#P",
        "G paper",
        "FLOPs",
        "C2C pap",
        "C2C",
        "GMAC");
    for (PaperRow row : rows) {
      ModelCost cost = row.computed();
      out.printf(
          Locale.ROOT,
          "  %-22s %8dM %,13d %9.2f %,16d %7.2f %9.2f %9.2f%n",
          row.name(),
          row.parametersInMillions(),
          cost.parameters(),
          row.flopsInBillions(),
          cost.flops(),
          row.c2c(),
          cost.c2cAsPublished(),
          cost.macs() / 1e9);
    }
    out.println();
  }

  private static void table(ArrayNode array, List<PaperRow> rows) {
    for (PaperRow row : rows) {
      ObjectNode node = array.addObject();
      node.put("model", row.name());
      ObjectNode paper = node.putObject("paper");
      paper.put("parametersInMillions", row.parametersInMillions());
      paper.put("flopsInBillions", row.flopsInBillions());
      paper.put("c2c", row.c2c());
      paper.put("pretrainingPixels", row.pretrainingPixels());
      paper.put("multiModal", row.multiModal());
      put(node.putObject("computed"), row.computed());
    }
  }

  private static void put(ObjectNode node, ModelCost cost) {
    node.put("name", cost.name());
    node.put("parameters", cost.parameters());
    node.put("flops", cost.flops());
    node.put("macs", cost.macs());
    node.put("c2c", cost.c2c());
    node.put("peakActivationBytesBatch1", cost.peakActivationBytes(1));
  }
}
