package org.csmoe.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.FeedForward;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.training.DecoderConfig;
import org.csmoe.training.LossCurve;
import org.csmoe.training.MetricsLog;
import org.csmoe.training.MutualInformation;
import org.csmoe.training.Objective;
import org.csmoe.training.ObjectiveBuilder;
import org.csmoe.training.Pretraining;
import org.csmoe.training.PretrainingBuilder;
import org.csmoe.training.Reconstruction;
import org.csmoe.training.TrainingResult;
import org.csmoe.training.TrainingSettings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Pretrains a model on pairs of Sentinel-1 and Sentinel-2 images. */
@Command(
    name = "pretrain",
    mixinStandardHelpOptions = true,
    description = {
      "Pretrain a model on pairs of Sentinel-1 and Sentinel-2 images of the same ground.",
      "Data are folders that csmoe patches wrote, or of the layouts that docs/datasets.md lists. A"
          + " run that was interrupted goes on when it is started again."
    })
final class PretrainCommand implements Callable<Integer> {
  private static final int PANELS = 4;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      arity = "1..*",
      required = true,
      paramLabel = "DIR[:SPLIT]",
      description = "Folders with pairs to train on, of a split such as :train or of all.")
  private List<String> data = List.of();

  @Option(
      names = "--validation",
      arity = "1..*",
      paramLabel = "DIR[:SPLIT]",
      description = "Folders with pairs to validate on. Default: none.")
  private List<String> validation = List.of();

  @Mixin private DataOptions cutting = new DataOptions();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where checkpoints, log, pictures and the model go, or of a run to go on with.")
  private Path output = Path.of("");

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      converter = ModelOptions.PresetConverter.class,
      description = "Configuration of the model. Default: what --weights say, mini without them.")
  private Optional<CsMoePreset> preset = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description =
          "Change a value of the configuration, by its name in model.json, for example patchSize=4 or"
              + " feedForward=DENSE. As often as needed.")
  private Map<String, String> changes = Map.of();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Begin with these weights; what they lack is drawn. Default: untrained.")
  private Optional<Path> weights = Optional.empty();

  @ArgGroup(validate = false, heading = "Objective (paper section II)%n")
  private Goal goal = new Goal();

  @ArgGroup(validate = false, heading = "Optimisation%n")
  private Optimisation optimisation = new Optimisation();

  /** Options of the objective. */
  static final class Goal {
    @Option(names = "--mask-ratio", defaultValue = "0.5", description = "Default: 0.5.")
    private double maskRatio = 0.5;

    @Option(names = "--loss", description = "${COMPLETION-CANDIDATES}. Default: squared_error.")
    private Reconstruction reconstruction = Reconstruction.SQUARED_ERROR;

    @Option(
        names = "--normalise-patches",
        description = "Reconstruct patches of mean 0 and deviation 1.")
    private boolean normalise;

    @Option(names = "--unimodal", description = "Weight of the same sensor's patches. Default: 1.")
    private double unimodal = 1;

    @Option(names = "--cross-modal", description = "Weight of the other sensor's. Default: 1.")
    private double crossModal = 1;

    @Option(names = "--mutual-information", description = "Weight of pairs. Default: 1.")
    private double mutualInformation = 1;

    @Option(names = "--contrast", description = "${COMPLETION-CANDIDATES}. Default: nt_xent.")
    private MutualInformation contrast = MutualInformation.NT_XENT;

    @Option(names = "--repulsion", description = "Weight of the slot repulsion. Default: 0.01.")
    private double repulsion = 0.01;

    @Option(names = "--entropy", description = "Weight of the dispatch entropy. Default: 0.")
    private double entropy;

    @Option(names = "--decoder-width", description = "Default: 256.")
    private int decoderWidth = 256;

    @Option(names = "--decoder-layers", description = "Default: 4.")
    private int decoderLayers = 4;

    @Option(names = "--decoder-heads", description = "Default: 8.")
    private int decoderHeads = 8;

    Objective build(CsMoeConfig model) {
      ObjectiveBuilder builder =
          Objective.builder()
              .maskRatio(maskRatio)
              .reconstruction(reconstruction)
              .patchNormalisation(normalise)
              .unimodalWeight(unimodal)
              .crossModalWeight(crossModal)
              .mutualInformationWeight(mutualInformation)
              .mutualInformation(contrast)
              .repulsionWeight(repulsion)
              .entropyWeight(entropy)
              .decoders(
                  new DecoderConfig(
                      model.feedForward() == FeedForward.DENSE
                          ? DecoderConfig.Sharing.SPECIFIC
                          : DecoderConfig.Sharing.TARGET,
                      decoderWidth,
                      decoderLayers,
                      decoderHeads));
      if (model.feedForward() == FeedForward.DENSE) {
        builder.contrasted(Pooling.MEAN_PATCHES);
      }
      return builder.build();
    }
  }

  /** Options of the optimisation. */
  static final class Optimisation {
    @Option(names = "--epochs", description = "Default: 150.")
    private int epochs = 150;

    @Option(names = "--batch-size", description = "Default: 64.")
    private int batchSize = 64;

    @Option(
        names = "--micro-batches",
        description = "Parts that a batch is split into, to save memory. Default: 1.")
    private int microBatches = 1;

    @Option(names = "--learning-rate", description = "Default: 1e-4.")
    private double learningRate = 1e-4;

    @Option(names = "--clip", description = "Largest norm of gradients. Default: any.")
    private double clip;

    @Option(names = "--patience", description = "Epochs without a better validation. Default: any.")
    private int patience;

    @Option(
        names = "--crop",
        paramLabel = "SHARE",
        description = "Train on random crops of at least this share of an image. Default: none.")
    private Optional<Double> crop = Optional.empty();

    @Option(
        names = "--gain",
        paramLabel = "DEVIATION",
        description =
            "Make images brighter or darker by exp(g), g normal with this deviation, and bands by half"
                + " of it besides. Default: 0.")
    private double gain;

    @Option(names = "--seed", description = "Default: 0.")
    private long seed;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "Cores that the network may use. Default: all.")
    private int threads;

    TrainingSettings build() {
      return TrainingSettings.builder()
          .epochs(epochs)
          .batchSize(batchSize)
          .microBatches(microBatches)
          .learningRate(learningRate)
          .clipNorm(clip)
          .patience(patience)
          .seed(seed)
          .build();
    }
  }

  @Option(
      names = "--panels",
      paramLabel = "N",
      description = "Draw reconstructions of the first samples every N epochs. Default: never.")
  private Optional<Integer> panels = Optional.empty();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter messages = spec.commandLine().getErr();
    CsMoeConfig model = changed(config()).toBuilder().seed(optimisation.seed).buildConfig();
    TrainingSettings settings = optimisation.build();
    Augmentation augmentation =
        optimisation
            .crop
            .map(share -> Augmentation.flips().withCrop(share, 1, model.imageSize()))
            .orElse(Augmentation.flips());
    Outputs.requireFolder("--output", output);
    panels.ifPresent(every -> Numbers.requirePositive(spec, "--panels", every));
    try (Dataset training = cutting.open(data)) {
      long steps = (long) settings.epochs() * (training.size() / settings.batchSize());
      messages.printf("%d pairs, %d steps%n", training.size(), steps);
      messages.flush();
      try (TrainingProgress progress = new TrainingProgress(steps, messages)) {
        PretrainingBuilder builder =
            Pretraining.builder()
                .model(model)
                .objective(goal.build(model))
                .settings(settings)
                .training(training)
                .augmentation(
                    augmentation
                        .withQuarterTurns()
                        .withGain(optimisation.gain, optimisation.gain / 2))
                .resize(Resize.BILINEAR)
                .weights(
                    weights.map(Weights::file).map(Weights::lenient).orElse(Weights.untrained()))
                .folder(output)
                .threads(optimisation.threads)
                .listener(progress)
                .listener(new MetricsLog(output.resolve("metrics.jsonl")))
                .listener(new LossCurve(output.resolve("losses.png")));
        if (validation.isEmpty()) {
          panels.ifPresent(every -> builder.panels(first(training), every));
          return report(builder.build().run());
        }
        try (Dataset held = cutting.open(validation)) {
          panels.ifPresent(every -> builder.panels(first(held), every));
          return report(builder.validation(held).build().run());
        }
      }
    }
  }

  private CsMoeConfig config() {
    return preset
        .map(CsMoePreset::config)
        .or(() -> weights.map(ModelOptions::configBeside))
        .orElseGet(CsMoePreset.CSMOE_MINI::config);
  }

  private static List<Sample> first(Dataset samples) {
    return IntStream.range(0, Math.min(PANELS, samples.size())).mapToObj(samples::get).toList();
  }

  private int report(TrainingResult result) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(result));
    } else {
      out.printf(
          "%s after %d steps; best epoch %d; model in %s%n",
          result.end(),
          result.steps(),
          result.bestEpoch() + 1,
          output.resolve("model.safetensors"));
    }
    out.flush();
    return result.end() == TrainingResult.End.DIVERGED ? 1 : 0;
  }

  private CsMoeConfig changed(CsMoeConfig config) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(config.toJson());
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> !json.get(name).isValueNode() || name.equals("seed"));
    changes.forEach(
        (name, value) -> {
          if (!names.contains(name)) {
            throw new IllegalArgumentException(
                "--set %s=%s: expected one of %s".formatted(name, value, names));
          }
          json.set(name, literal(mapper, value));
        });
    return CsMoeConfig.fromJson(json.toString());
  }

  /** A number or truth value as JSON has them, everything else as text. */
  private static JsonNode literal(ObjectMapper mapper, String value) {
    try {
      JsonNode node = mapper.readTree(value);
      return node.isValueNode() ? node : TextNode.valueOf(value);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(value);
    }
  }
}
