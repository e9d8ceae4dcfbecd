package org.csmoe.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
import org.csmoe.data.Augmentation;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.datasets.DatasetSplit;
import org.csmoe.datasets.Datasets;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.probing.Classifier;
import org.csmoe.probing.FeatureMatrix;
import org.csmoe.probing.Lbfgs;
import org.csmoe.probing.LinearProbe;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.training.DecoderConfig;
import org.csmoe.training.FineTuned;
import org.csmoe.training.FineTuning;
import org.csmoe.training.Head;
import org.csmoe.training.Loss;
import org.csmoe.training.MetricsLog;
import org.csmoe.training.Objective;
import org.csmoe.training.Pretraining;
import org.csmoe.training.TrainingResult;
import org.csmoe.training.TrainingSettings;

/** Pretrains a model on pairs without labels, probes what it learned, and fine-tunes it. */
public final class TrainingExample {
  private static final Sensor SENSOR = Sensor.SENTINEL2;

  private TrainingExample() {}

  /**
   * Trains on the training split of a labelled data set of pairs and evaluates on its test split.
   *
   * @param arguments the folder of the data set, one to write to, and how many epochs
   * @throws IOException when something cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    Path data = Path.of(arguments[0]);
    Path output = Path.of(arguments[1]);
    int epochs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
    CsMoeConfig config = CsMoePreset.CSMOE_TINY.config();
    try (Dataset train = Datasets.builder(data).split(DatasetSplit.TRAIN).open();
        Dataset test = Datasets.builder(data).split(DatasetSplit.TEST).open()) {
      TrainingSettings settings =
          TrainingSettings.builder()
              .epochs(epochs)
              .batchSize(Math.min(32, train.size()))
              .learningRate(1e-3)
              .build();
      pretrain(config, settings, train, output.resolve("pretraining"));
      Weights weights = Weights.file(output.resolve("pretraining/model.safetensors"));
      System.out.println(probe(config, weights, train, test));
      System.out.println(fineTune(config, weights, settings, train, test, output.resolve("tuned")));
    }
  }

  /** Labels are not looked at. Started again on the same folder, it goes on where it was. */
  private static void pretrain(
      CsMoeConfig config, TrainingSettings settings, Dataset pairs, Path folder) {
    TrainingResult result =
        Pretraining.builder()
            .model(config)
            .objective(
                Objective.builder()
                    .decoders(new DecoderConfig(DecoderConfig.Sharing.TARGET, 64, 2, 4))
                    .build())
            .settings(settings)
            .training(pairs)
            .augmentation(Augmentation.flips().withQuarterTurns())
            .resize(Resize.BILINEAR)
            .folder(folder)
            .listener(new MetricsLog(folder.resolve("metrics.jsonl")))
            .build()
            .run();
    System.out.println(result.end() + " after " + result.steps() + " steps");
  }

  /** A linear classifier on features of the frozen model. */
  private static String probe(CsMoeConfig config, Weights weights, Dataset train, Dataset test) {
    try (CsMoe model = CsMoe.builder().config(config).weights(weights).build()) {
      LinearProbe probe = LinearProbe.multiLabel().solver(Lbfgs.of(1e-3)).standardise(true).build();
      Classifier classifier = probe.fit(features(model, train)).classifier();
      return classifier.evaluate(features(model, test)).toText();
    }
  }

  private static FeatureMatrix features(CsMoe model, Dataset samples) {
    List<String> ids = new ArrayList<>();
    List<Target> targets = new ArrayList<>();
    List<SensorImage> images = new ArrayList<>();
    for (Sample sample : samples) {
      ids.add(sample.id());
      targets.add(sample.target());
      images.add(sample.image(SENSOR));
    }
    float[] rows =
        model
            .features(SENSOR)
            .withResize(Resize.BILINEAR)
            .embed(images, Pooling.MEAN_PATCHES)
            .data();
    return FeatureMatrix.of(rows, ids, targets, samples.classes());
  }

  /** The whole model with a linear layer on top; what is saved loads without retraining. */
  private static String fineTune(
      CsMoeConfig config,
      Weights weights,
      TrainingSettings settings,
      Dataset train,
      Dataset test,
      Path folder)
      throws IOException {
    Head head = Head.linear(train.classes().size());
    try (FineTuned tuned =
        FineTuning.builder()
            .model(config)
            .weights(weights)
            .sensor(SENSOR)
            .head(head)
            .loss(Loss.binaryCrossEntropy())
            .layerDecay(0.75)
            .settings(settings)
            .training(train)
            .resize(Resize.BILINEAR)
            .build()
            .run()) {
      tuned.save(folder);
    }
    try (FineTuned loaded = FineTuned.load(folder, head)) {
      return loaded.evaluate(test).toText();
    }
  }
}
