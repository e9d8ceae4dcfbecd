package org.csmoe.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.csmoe.sensor.Sensor;

/** Made-up archives. */
final class Archives {
  private Archives() {}

  /** Images around some centres; every seventh equals the one before it, so that there are ties. */
  static List<IndexedVector> images(int count, int dimension, long seed) {
    Random random = new Random(seed);
    float[][] centres = new float[20][dimension];
    for (float[] centre : centres) {
      for (int d = 0; d < dimension; d++) {
        centre[d] = (float) random.nextGaussian();
      }
    }
    List<IndexedVector> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int c = random.nextInt(centres.length);
      float[] vector = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        vector[d] = centres[c][d] + 0.7f * (float) random.nextGaussian();
      }
      if (i % 7 == 6) {
        vector = images.get(i - 1).vector().clone();
      }
      Sensor sensor = random.nextBoolean() ? Sensor.SENTINEL1 : Sensor.SENTINEL2;
      images.add(
          new IndexedVector(
              new IndexEntry(
                  "image" + i, sensor, Set.of(c, 20 + i % 5), Map.of("country", "land" + c % 3)),
              vector));
    }
    return images;
  }

  /** Writes an index in one commit. */
  static Path write(Path folder, List<IndexedVector> images) {
    try (IndexWriter writer = IndexWriter.create(folder, images.get(0).vector().length)) {
      writer.addAll(images.stream());
      writer.commit();
    }
    return folder;
  }

  /** For properties, which do not know JUnit's temporary folders. */
  static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("retrieval");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder with all in it. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
