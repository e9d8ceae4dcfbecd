package org.csmoe.examples;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.csmoe.CsMoe;
import org.csmoe.CsMoePreset;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.datasets.Datasets;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.retrieval.Hit;
import org.csmoe.retrieval.IndexEntry;
import org.csmoe.retrieval.IndexWriter;
import org.csmoe.retrieval.RetrievalIndex;
import org.csmoe.retrieval.Selection;
import org.csmoe.sensor.Sensor;

/** Finds the optical images most like a radar image, among all pairs of a data set. */
public final class RetrievalExample {
  private RetrievalExample() {}

  /**
   * Makes an index of a data set and searches it.
   *
   * @param arguments a folder with pairs of images, and the folder of the index to make
   */
  public static void main(String[] arguments) {
    Path data = Path.of(arguments[0]);
    Path folder = Path.of(arguments[1]);
    // One model with the encoders of both sensors; their features share one space. Real weights
    // come with .weights(Weights.file(path)): those drawn here find nothing that means anything.
    try (CsMoe model = CsMoe.builder().preset(CsMoePreset.CSMOE_TINY).build();
        Dataset pairs = Datasets.open(data)) {
      makeIndex(model, pairs, folder);
      search(model, pairs.get(0), folder);
    }
  }

  private static void makeIndex(CsMoe model, Dataset pairs, Path folder) {
    try (IndexWriter writer = IndexWriter.create(folder, model.config().width())) {
      for (Sample pair : pairs) {
        for (Sensor sensor : pair.images().keySet()) {
          // Both images of a pair share its id; the sensor tells them apart.
          IndexEntry entry = new IndexEntry(pair.id(), sensor, labels(pair), Map.of());
          writer.add(entry, features(model, pair, sensor));
        }
      }
      writer.commit(); // Only now does the index have what was added.
    }
  }

  private static void search(CsMoe model, Sample query, Path folder) {
    try (RetrievalIndex index = RetrievalIndex.open(folder)) {
      Selection optical = index.select(Sensor.SENTINEL2);
      float[] radar = features(model, query, Sensor.SENTINEL1);
      System.out.println("Most like the radar image of " + query.id() + ":");
      for (Hit hit : index.search(radar, 3, optical)) {
        System.out.printf("%.4f %s%n", hit.similarity(), hit.entry().id());
      }
    }
  }

  private static float[] features(CsMoe model, Sample pair, Sensor sensor) {
    FeatureExtractor extractor = model.features(sensor).withResize(Resize.BILINEAR);
    return extractor.embed(pair.image(sensor), Pooling.CLS).data();
  }

  private static Set<Integer> labels(Sample pair) {
    return pair.target() instanceof Target.Classes classes ? classes.indices() : Set.of();
  }
}
