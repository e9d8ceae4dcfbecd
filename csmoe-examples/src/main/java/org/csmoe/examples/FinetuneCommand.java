package org.csmoe.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.Precision;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.evaluation.Evaluation;
import org.csmoe.features.Resize;
import org.csmoe.probing.Labelling;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.training.FineTuned;
import org.csmoe.training.FineTuning;
import org.csmoe.training.FineTuningBuilder;
import org.csmoe.training.Head;
import org.csmoe.training.Loss;
import org.csmoe.training.LossCurve;
import org.csmoe.training.MetricsLog;
import org.csmoe.training.SegmentationHead;
import org.csmoe.training.TrainingSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a head, and the encoder with it unless that is frozen, on labelled samples. */
@Command(
    name = "finetune",
    mixinStandardHelpOptions = true,
    description = {
      "Train a head on labelled samples, and the encoder with it unless that is frozen.",
      "Classes of samples get a linear head, masks a UPerNet, whose result csmoe segment applies to"
          + " scenes. A run that was interrupted goes on when it is started again."
    })
final class FinetuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DataOptions cutting = new DataOptions();

  @Option(
      names = "--train",
      arity = "1..*",
      required = true,
      paramLabel = "DIR[:SPLIT]",
      description = "Samples to train on.")
  private List<String> train = List.of();

  @Option(
      names = "--validation",
      arity = "1..*",
      paramLabel = "DIR[:SPLIT]",
      description = "Samples that choose the best epoch. Default: none, the training loss does.")
  private List<String> validation = List.of();

  @Option(
      names = "--test",
      arity = "1..*",
      paramLabel = "DIR[:SPLIT]",
      description = "Samples to evaluate the result on.")
  private List<String> test = List.of();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where checkpoints, log and model go, or of a run to go on with.")
  private Path output = Path.of("");

  @Option(
      names = "--sensor",
      defaultValue = "s2",
      converter = ModelOptions.SensorConverter.class,
      description = "s1 or s2. Default: ${DEFAULT-VALUE}.")
  private Sensor sensor = Sensor.SENTINEL2;

  @Option(names = "--freeze", description = "Train the head alone.")
  private boolean freeze;

  @Option(
      names = "--layer-decay",
      defaultValue = "1",
      description = "Factor of the learning rate from block to block downwards. Default: 1.")
  private double layerDecay;

  @Option(names = "--channels", defaultValue = "256", description = "Of UPerNet. Default: 256.")
  private int channels;

  @Option(names = "--epochs", defaultValue = "50", description = "Default: 50.")
  private int epochs;

  @Option(names = "--batch-size", defaultValue = "32", description = "Default: 32.")
  private int batchSize;

  @Option(names = "--learning-rate", defaultValue = "1e-3", description = "Default: 1e-3.")
  private double learningRate;

  @Option(
      names = "--patience",
      defaultValue = "0",
      description = "Epochs without a better validation. Default: any.")
  private int patience;

  @Option(names = "--json", description = "Print the evaluation as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter messages = spec.commandLine().getErr();
    if (model.precision != Precision.F32) {
      throw new ParameterException(
          spec.commandLine(), "--precision must be f32 for fine-tuning but was bf16");
    }
    Outputs.requireFolder("--output", output);
    try (Dataset samples = open(train)) {
      if (samples.classes().isEmpty()) {
        throw new CsMoeException(
            "--train %s: found samples without classes, expected labelled ones; docs/datasets.md says where labels are looked for"
                .formatted(String.join(" ", train)));
      }
      boolean masks = samples.get(0).target() instanceof Target.Mask;
      TrainingSettings settings =
          TrainingSettings.builder()
              .epochs(epochs)
              .batchSize(Math.min(batchSize, samples.size()))
              .learningRate(learningRate)
              .patience(patience)
              .seed(model.seed)
              .build();
      long steps = (long) epochs * (samples.size() / settings.batchSize());
      messages.printf("%d samples, %d steps%n", samples.size(), steps);
      messages.flush();
      FineTuningBuilder builder =
          FineTuning.builder()
              .model(model.config())
              .weights(model.load())
              .sensor(sensor)
              .head(head(masks, samples.classes().size()))
              .training(samples)
              .augmentation(Augmentation.flips().withQuarterTurns())
              .resize(Resize.BILINEAR)
              .settings(settings)
              .folder(output.resolve("checkpoints"))
              .listener(new MetricsLog(output.resolve("metrics.jsonl")))
              .listener(new LossCurve(output.resolve("losses.png")));
      if (!masks && labelling(samples) == Labelling.MULTI) {
        builder.loss(Loss.binaryCrossEntropy());
      }
      if (freeze) {
        builder.freezeEncoder();
      } else if (layerDecay != 1) {
        builder.layerDecay(layerDecay);
      }
      model.threads.ifPresent(builder::threads);
      try (TrainingProgress progress = new TrainingProgress(steps, messages);
          Dataset held = validation.isEmpty() ? samples.subset() : open(validation)) {
        builder.listener(progress);
        if (held.size() > 0) {
          builder.validation(held);
        }
        try (FineTuned tuned = builder.build().run()) {
          tuned.save(output);
          report(tuned);
        }
      }
    }
    return 0;
  }

  private Head head(boolean masks, int classes) {
    return masks ? SegmentationHead.uperNet(classes).withChannels(channels) : Head.linear(classes);
  }

  private static Labelling labelling(Dataset samples) {
    return Labelling.of(IntStream.range(0, samples.size()).mapToObj(i -> samples.get(i).target()));
  }

  private void report(FineTuned tuned) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode result = mapper.createObjectNode();
    result.set("training", mapper.valueToTree(tuned.training()));
    if (!test.isEmpty()) {
      try (Dataset samples = open(test)) {
        Evaluation evaluation = tuned.evaluate(samples);
        result.set("test", mapper.readTree(evaluation.toJson()));
        if (!json) {
          out.print(evaluation.toText());
        }
      }
    }
    if (json) {
      out.println(result.toPrettyString());
    } else {
      out.printf(
          "%s, best epoch %d; model in %s%n",
          tuned.training().end(), tuned.training().bestEpoch() + 1, output);
    }
    out.flush();
  }

  /** Opens folders; bands that images lack count as their mean. */
  private Dataset open(List<String> folders) {
    CsMoeConfig config = model.config();
    List<Band> bands = config.bands(sensor);
    Dataset samples = cutting.open(folders, Optional.of(sensor));
    return new Dataset() {
      @Override
      public List<String> classes() {
        return samples.classes();
      }

      @Override
      public int size() {
        return samples.size();
      }

      @Override
      public Sample get(int index) {
        Sample sample = samples.get(index);
        return new Sample(
            sample.id(),
            Map.of(
                sensor,
                FeatureTables.withBands(sample.image(sensor), bands, EnumSet.noneOf(Band.class))),
            sample.target());
      }

      @Override
      public void close() {
        samples.close();
      }
    };
  }
}
