package org.csmoe.training;

import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;

/** Pretraining of a very small model on made-up pairs, in batches of 8. */
final class TinyPretraining {
  static final CsMoeConfig MODEL =
      CsMoePreset.CSMOE_TINY.config().toBuilder()
          .imageSize(16)
          .patchSize(4)
          .width(16)
          .heads(2)
          .sensorLayers(1)
          .sharedLayers(1)
          .experts(3)
          .buildConfig();

  static final Objective OBJECTIVE =
      Objective.builder()
          .decoders(new DecoderConfig(DecoderConfig.Sharing.TARGET, 16, 1, 2))
          .build();

  private TinyPretraining() {}

  static TrainingSettingsBuilder settings(int epochs) {
    return TrainingSettings.builder()
        .epochs(epochs)
        .batchSize(8)
        .learningRate(3e-3)
        .warmUpEpochs(1);
  }

  static PretrainingBuilder builder(int epochs, int samples) {
    return Pretraining.builder()
        .model(MODEL)
        .objective(OBJECTIVE)
        .settings(settings(epochs).build())
        .training(Pairs.waves(samples, 16, 1))
        .validation(Pairs.waves(9, 16, 2))
        .threads(1);
  }
}
