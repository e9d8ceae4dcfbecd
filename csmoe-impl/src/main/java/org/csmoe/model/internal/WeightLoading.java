package org.csmoe.model.internal;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.LoadReport;
import org.csmoe.WeightFormatException;
import org.csmoe.Weights;
import org.csmoe.io.Failures;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.NameMapping;
import org.csmoe.weights.TensorInfo;
import org.csmoe.weights.WeightCache;

/** Fills the network's arrays: drawn at random, or read from a checkpoint by canonical name. */
public final class WeightLoading {
  private static final int NAMES_IN_MESSAGE = 5;

  private final CsMoeConfig config;
  private final ParameterValues values;
  private final Initializer initializer;
  private FloatBuffer scratch = FloatBuffer.allocate(0);

  public WeightLoading(CsMoeConfig config, ParameterValues values) {
    this.config = config;
    this.values = values;
    this.initializer = new Initializer(config.seed());
  }

  public LoadReport load(Weights weights) {
    if (weights.source() instanceof Weights.Untrained) {
      Outcome outcome = new Outcome();
      for (Parameter parameter : values.parameters()) {
        for (int i = 0; i < parameter.tensors().size(); i++) {
          String tensor = parameter.tensors().get(i);
          outcome.missing.add(tensor);
          fill(parameter, i, destination -> draw(parameter, tensor, destination));
        }
      }
      return outcome.report(weights.toString());
    }
    Path path = locate(weights.source());
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      LoadReport report = load(checkpoint, weights, path.toString());
      if (weights.strict() && !report.complete()) {
        throw misfit(report, ", or accept a partial load with Weights.lenient");
      }
      return report;
    } catch (IOException e) {
      throw new CsMoeException(
          "%s: the weights cannot be read: %s".formatted(path, Failures.reason(e)), e);
    }
  }

  /**
   * Loads what training begins with. Lenient weights may lack tensors, such as decoders, but those
   * of another model would silently be none at all. Fixed positions may be of another grid.
   *
   * @throws WeightFormatException when tensors have other shapes than the model's, or none fits
   */
  public void loadToBeginWith(Weights weights) {
    LoadReport report = load(weights);
    boolean given = !(weights.source() instanceof Weights.Untrained);
    boolean any = !report.loaded().isEmpty() || !report.adapted().isEmpty();
    Set<String> fixed = new HashSet<>();
    values.parameters().stream()
        .filter(parameter -> !parameter.trainable())
        .forEach(parameter -> fixed.addAll(parameter.tensors()));
    boolean fits = report.mismatched().stream().allMatch(each -> fixed.contains(each.name()));
    if (given && !(any && fits)) {
      throw misfit(report, "");
    }
  }

  private static Path locate(Weights.Source source) {
    if (source instanceof Weights.File file) {
      return file.path();
    }
    if (source instanceof Weights.Remote remote) {
      try {
        return WeightCache.builder().build().get(remote.uri(), remote.sha256());
      } catch (IOException e) {
        throw new CsMoeException("cannot fetch weights of " + remote + ": " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CsMoeException("interrupted while fetching weights of " + remote, e);
      }
    }
    throw new IllegalArgumentException("no file for weights " + source);
  }

  private LoadReport load(Checkpoint checkpoint, Weights weights, String source)
      throws IOException {
    NameMapping mapping = NameMapping.standard();
    if (weights.renameTable().isPresent()) {
      mapping = NameMapping.read(weights.renameTable().get());
    }
    Map<String, String> originals = mapping.map(checkpoint.tensors().keySet());
    Adaptation adaptation = new Adaptation(config, weights.adaptations());
    Outcome outcome = new Outcome();
    Set<String> known = new LinkedHashSet<>();
    for (Parameter parameter : values.parameters()) {
      for (int i = 0; i < parameter.tensors().size(); i++) {
        String tensor = parameter.tensors().get(i);
        known.add(tensor);
        String original = originals.get(tensor);
        TensorInfo info = original == null ? null : checkpoint.tensors().get(original);
        this.<IOException>fill(
            parameter,
            i,
            destination -> {
              if (info == null) {
                draw(parameter, tensor, destination);
                if (parameter.trainable()) {
                  outcome.missing.add(tensor);
                }
              } else if (info.shape().equals(parameter.tensorShape())) {
                checkpoint.read(info.name(), destination);
                outcome.loaded.add(tensor);
              } else {
                adapt(checkpoint, info, parameter, tensor, destination, adaptation, outcome);
              }
            });
      }
    }
    originals.forEach(
        (tensor, original) -> {
          if (!known.contains(tensor)) {
            (isNotNeeded(tensor) ? outcome.ignored : outcome.unexpected).add(original);
          }
        });
    return outcome.report(source);
  }

  private void adapt(
      Checkpoint checkpoint,
      TensorInfo info,
      Parameter parameter,
      String tensor,
      FloatBuffer destination,
      Adaptation adaptation,
      Outcome outcome)
      throws IOException {
    String how = adaptation.explain(tensor, info.shape(), parameter.tensorShape());
    if (how.isEmpty()) {
      draw(parameter, tensor, destination);
      outcome.mismatched.add(
          new LoadReport.Mismatch(tensor, info.shape(), parameter.tensorShape()));
      return;
    }
    FloatBuffer found = FloatBuffer.allocate(Math.toIntExact(Parameter.size(info.shape())));
    checkpoint.read(info.name(), found);
    destination.put(
        0, adaptation.apply(tensor, found.array(), info.shape(), parameter.tensorShape()));
    outcome.adapted.add(new LoadReport.Adapted(tensor, how));
  }

  /** What training's files have beside the encoder, and the other sensor's encoder. */
  private boolean isNotNeeded(String tensor) {
    if (tensor.startsWith("decoder")
        || tensor.startsWith("head.")
        || tensor.startsWith("optimizer.")) {
      return true;
    }
    return switch (config.bands().size() == 2 ? "" : config.bands().keySet().toString()) {
      case "[SENTINEL2]" ->
          tensor.equals("cls_token")
              || tensor.startsWith("patch_embed.")
              || tensor.startsWith("blocks_s1.")
              || tensor.startsWith("norm_s1.");
      case "[SENTINEL1]" ->
          tensor.equals("cls_token_s2")
              || tensor.startsWith("patch_embed_s2.")
              || tensor.startsWith("blocks_s2.")
              || tensor.startsWith("norm_s2.");
      default -> false;
    };
  }

  private static WeightFormatException misfit(LoadReport report, String moreAdvice) {
    StringBuilder message =
        new StringBuilder("weights of " + report.source() + " do not fit the model: ");
    message.append(report.loaded().size()).append(" tensors fit");
    append(message, "missing", report.missing());
    append(message, "unexpected", report.unexpected());
    append(
        message,
        "of another shape",
        report.mismatched().stream()
            .map(m -> m.name() + " found " + m.found() + " expected " + m.expected())
            .toList());
    message
        .append(". Check preset and bands, map names with Weights.renamedBy")
        .append(moreAdvice.isEmpty() ? ", or allow" : ", allow")
        .append(" Weights.adapting")
        .append(moreAdvice);
    return new WeightFormatException(message.toString());
  }

  private static void append(StringBuilder message, String what, List<String> names) {
    if (!names.isEmpty()) {
      message
          .append("; ")
          .append(names.size())
          .append(' ')
          .append(what)
          .append(": ")
          .append(String.join(", ", names.subList(0, Math.min(NAMES_IN_MESSAGE, names.size()))))
          .append(names.size() > NAMES_IN_MESSAGE ? ", ..." : "");
    }
  }

  private void draw(Parameter parameter, String tensor, FloatBuffer destination) {
    initializer.fill(tensor, parameter.init(), destination, config.grid(), config.width());
  }

  /** Writes values; what it throws is passed on. */
  private interface Filler<E extends Exception> {
    void fill(FloatBuffer values) throws E;
  }

  /** Sets one of the tensors that a parameter is made of. */
  private <E extends Exception> void fill(Parameter parameter, int index, Filler<E> filler)
      throws E {
    if (values.isPlain(parameter)) {
      filler.fill(values.tensor(parameter, index));
      return;
    }
    if (scratch.capacity() < parameter.tensorSize()) {
      scratch = FloatBuffer.allocate(parameter.tensorSize());
    }
    FloatBuffer floats = scratch.slice(0, parameter.tensorSize());
    filler.fill(floats);
    values.set(parameter, index, floats);
  }

  /** Collects the report. */
  private static final class Outcome {
    private final List<String> loaded = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private final List<LoadReport.Mismatch> mismatched = new ArrayList<>();
    private final List<LoadReport.Adapted> adapted = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    LoadReport report(String source) {
      unexpected.sort(null);
      ignored.sort(null);
      return new LoadReport(source, loaded, missing, unexpected, mismatched, adapted, ignored);
    }
  }
}
