package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.csmoe.CsMoe;
import org.csmoe.data.Dataset;
import org.csmoe.evaluation.Bootstrap;
import org.csmoe.evaluation.Evaluation;
import org.csmoe.evaluation.Interval;
import org.csmoe.features.Pooling;
import org.csmoe.probing.AdamW;
import org.csmoe.probing.Classifier;
import org.csmoe.probing.FeatureMatrix;
import org.csmoe.probing.KnnProbe;
import org.csmoe.probing.Labelling;
import org.csmoe.probing.Lbfgs;
import org.csmoe.probing.LinearProbe;
import org.csmoe.probing.LinearProbeBuilder;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fits probes on frozen features and evaluates them. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    description = {
      "Fit a classifier on frozen features and evaluate it on held-out samples.",
      "Data are folders of the layouts that docs/datasets.md lists, with labels; images are resized"
          + " to the model's size. The metric is the paper's: average accuracy for one label per"
          + " sample, micro average precision for several."
    })
final class ProbeCommand implements Callable<Integer> {
  /** What is fitted. */
  enum Method {
    /** Logistic regression to its optimum, its penalty chosen on the validation samples. */
    LBFGS,
    /** The paper's: AdamW for 50 epochs. */
    ADAMW,
    /** Nearest neighbours. */
    KNN
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DataOptions cutting = new DataOptions();

  @Option(
      names = "--train",
      arity = "1..*",
      required = true,
      paramLabel = "DIR[:SPLIT]",
      description = "Samples to fit on.")
  private List<String> train = List.of();

  @Option(
      names = "--validation",
      arity = "1..*",
      required = true,
      paramLabel = "DIR[:SPLIT]",
      description = "Samples to choose on.")
  private List<String> validation = List.of();

  @Option(
      names = "--test",
      arity = "1..*",
      required = true,
      paramLabel = "DIR[:SPLIT]",
      description = "Samples to evaluate on.")
  private List<String> test = List.of();

  @Option(
      names = "--sensor",
      defaultValue = "s2",
      converter = ModelOptions.SensorConverter.class,
      description = "s1 or s2. Default: ${DEFAULT-VALUE}.")
  private Sensor sensor = Sensor.SENTINEL2;

  @Option(
      names = "--pooling",
      defaultValue = "cls",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Pooling pooling = Pooling.CLS;

  @Option(
      names = "--method",
      defaultValue = "lbfgs",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Method method = Method.LBFGS;

  @Option(
      names = "--learning-rate",
      defaultValue = "1e-2",
      description = "Of adamw; the paper's Table III has 1e-2, 3e-3 and 5e-2. Default: 1e-2.")
  private double learningRate;

  @Option(
      names = "--neighbours",
      defaultValue = "20",
      description = "Of knn. Default: ${DEFAULT-VALUE}.")
  private int neighbours;

  @Option(
      names = "--baselines",
      description = "Compare with the untrained network and with statistics of pixels.")
  private boolean baselines;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Keep the fitted probe as safetensors.")
  private Optional<Path> output = Optional.empty();

  @Option(names = "--json", description = "Print the results as JSON.")
  private boolean json;

  /** Features of training, validation and test samples. */
  private record Features(FeatureMatrix train, FeatureMatrix validation, FeatureMatrix test) {}

  @Override
  public Integer call() throws IOException {
    PrintWriter messages = spec.commandLine().getErr();
    Outputs.requireFile("--output", output);
    Map<String, Features> compared = new LinkedHashMap<>();
    try (CsMoe network = model.build(sensor, messages)) {
      compared.put(model.name(), features(set -> embed(network, set, messages)));
    }
    if (baselines) {
      if (model.file().isPresent()) {
        try (CsMoe network =
            CsMoe.builder().config(model.config()).onlySensor(sensor).seed(model.seed).build()) {
          compared.put("untrained", features(set -> embed(network, set, messages)));
        }
      }
      compared.put(
          "pixel statistics", features(set -> FeatureTables.statistics(sensor, set, messages)));
    }
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode results = mapper.createObjectNode();
    PrintWriter out = spec.commandLine().getOut();
    Optional<Classifier> first = Optional.empty();
    for (Map.Entry<String, Features> entry : compared.entrySet()) {
      Classifier probe = fit(entry.getValue());
      FeatureMatrix held = entry.getValue().test();
      Evaluation evaluation = probe.evaluate(held);
      Interval interval = Bootstrap.DEFAULT.interval(probe.headline(held));
      ObjectNode result = results.putObject(entry.getKey());
      result.set("interval", mapper.valueToTree(interval));
      result.set("evaluation", mapper.readTree(evaluation.toJson()));
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%-24s %.1f %% (95 %% interval %.1f to %.1f)%n",
            entry.getKey(),
            100 * interval.estimate(),
            100 * interval.lower(),
            100 * interval.upper());
      }
      if (first.isEmpty()) {
        first = Optional.of(probe);
        if (!json && !baselines) {
          out.print(evaluation.toText());
        }
      } else {
        Classifier best = first.get();
        Interval gain =
            Bootstrap.DEFAULT.difference(
                best.headline(compared.values().iterator().next().test()), probe.headline(held));
        result.set("gain", mapper.valueToTree(gain));
        if (!json) {
          out.printf(
              Locale.ROOT,
              "%-24s %+.1f points (95 %% interval %+.1f to %+.1f)%n",
              "  " + model.name() + " is better by",
              100 * gain.estimate(),
              100 * gain.lower(),
              100 * gain.upper());
        }
      }
    }
    if (output.isPresent()) {
      first
          .orElseThrow()
          .save(output.get(), Map.of("model", model.name(), "pooling", pooling.name()));
    }
    if (json) {
      out.println(results.toPrettyString());
    }
    out.flush();
    return 0;
  }

  private FeatureMatrix embed(CsMoe network, Dataset samples, PrintWriter messages) {
    return FeatureTables.embed(network, sensor, pooling, samples, messages);
  }

  private Features features(Function<Dataset, FeatureMatrix> features) {
    Optional<Sensor> only = Optional.of(sensor);
    try (Dataset trainSet = cutting.open(train, only);
        Dataset validationSet = cutting.open(validation, only);
        Dataset testSet = cutting.open(test, only)) {
      return new Features(
          features.apply(trainSet), features.apply(validationSet), features.apply(testSet));
    }
  }

  private Classifier fit(Features features) {
    Labelling labelling = Labelling.of(features.train().targets().stream());
    if (method == Method.KNN) {
      return KnnProbe.weighted(labelling, neighbours, 0.07).fit(features.train());
    }
    LinearProbeBuilder builder =
        labelling == Labelling.SINGLE ? LinearProbe.singleLabel() : LinearProbe.multiLabel();
    builder.seed(model.seed).standardise(method == Method.LBFGS);
    builder.solver(method == Method.LBFGS ? Lbfgs.grid() : AdamW.of(learningRate));
    return builder.build().fit(features.train(), features.validation()).classifier();
  }
}
