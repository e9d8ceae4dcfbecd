package org.csmoe.probing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.csmoe.evaluation.Bootstrap;
import org.csmoe.evaluation.Evaluation;

/** The example of docs/probing.md; its test runs it. */
final class ProbingExample {
  private ProbingExample() {}

  /** Probes features of one class per sample, as the paper does and to the optimum. */
  static String compare(
      FeatureMatrix train, FeatureMatrix validation, FeatureMatrix test, Path folder)
      throws IOException {
    LinearProbe paper = LinearProbe.singleLabel().solver(AdamW.of(1e-2)).seed(1).build();
    LinearFit fit = paper.fit(train, validation);
    Evaluation result = fit.classifier().evaluate(test);

    LinearProbe logistic = LinearProbe.singleLabel().solver(Lbfgs.grid()).standardise(true).build();
    Classifier optimum = logistic.fit(train, validation).classifier();
    Classifier neighbours = KnnProbe.weighted(Labelling.SINGLE, 20, 0.07).fit(train);

    Path path = folder.resolve("probe.safetensors");
    optimum.save(path, Map.of("features", "csmoe-p16, CLS", "penalties", "1e-1 to 1e-6"));
    Classifier loaded = Classifier.load(path);

    return result.toText()
        + "\nepoch %d of %d, %s".formatted(fit.chosen() + 1, fit.candidates().size(), fit.outcome())
        + "\nlogistic regression less neighbours: "
        + Bootstrap.DEFAULT.difference(loaded.headline(test), neighbours.headline(test));
  }
}
