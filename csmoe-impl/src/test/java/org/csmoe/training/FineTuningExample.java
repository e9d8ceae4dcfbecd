package org.csmoe.training;

import java.io.IOException;
import java.nio.file.Path;
import org.csmoe.CsMoeConfig;
import org.csmoe.Weights;
import org.csmoe.data.Dataset;
import org.csmoe.sensor.Sensor;

/** What docs/training.md shows, with the public API alone. */
final class FineTuningExample {
  private FineTuningExample() {}

  /** A hidden layer on the CLS token and the mean of the patches. */
  static Head twoLayers(int classes) {
    return (operations, features) -> {
      Value both = operations.concat(1, features.cls(), features.meanPatches());
      Value hidden = operations.gelu(operations.linear("hidden", both, 32));
      return operations.linear("classes", operations.layerNorm("norm", hidden), classes);
    };
  }

  /** Focal loss (Lin et al. 2017): {@code -(1 - p)^2 log p} of the right class. */
  static Loss focal() {
    return (operations, scores, targets) -> {
      Value logs = operations.multiply(operations.logSoftmax(scores), targets);
      Value log = operations.sum(logs, 1);
      Value share = operations.apply(Operations.Function.EXP, log);
      Value rest = operations.add(operations.multiply(share, -1), 1);
      Value factor = operations.apply(Operations.Function.SQUARE, rest);
      return operations.multiply(operations.mean(operations.multiply(factor, log)), -1);
    };
  }

  /** Fine-tunes, saves, loads, evaluates. */
  static String tune(
      CsMoeConfig config,
      Weights weights,
      Dataset train,
      Dataset validation,
      Dataset test,
      Path folder)
      throws IOException {
    Head head = twoLayers(train.classes().size());
    TrainingSettings settings =
        TrainingSettings.builder().epochs(15).batchSize(8).learningRate(3e-3).build();
    try (FineTuned tuned =
        FineTuning.builder()
            .model(config)
            .weights(weights)
            .sensor(Sensor.SENTINEL2)
            .head(head)
            .loss(focal())
            .freezeLayers(1)
            .layerDecay(0.75)
            .settings(settings)
            .training(train)
            .validation(validation)
            .folder(folder.resolve("checkpoints"))
            .build()
            .run()) {
      tuned.save(folder.resolve("tuned"));
    }
    try (FineTuned loaded = FineTuned.load(folder.resolve("tuned"), head)) {
      return loaded.evaluate(test).toText();
    }
  }
}
