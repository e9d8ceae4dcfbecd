package org.csmoe.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hits and evaluation beside numpy's, see src/test/python/retrieval_golden.py. */
class RetrievalGoldenTest {
  // 24 products and sums in float32, each off by 6e-8 at most; measured: 2e-7.
  private static final double SIMILARITY = 1e-6;
  // Sums of at most 1e5 terms in double, in another order than numpy's.
  private static final double SCORE = 1e-12;

  private final JsonNode golden;
  private final Path archive;

  RetrievalGoldenTest(@TempDir Path folder) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(RetrievalGoldenTest.class.getResourceAsStream("golden.json"))) {
      golden = new ObjectMapper().readTree(stream);
    }
    archive = Archives.write(folder.resolve("archive"), images(golden.path("archive")));
  }

  private static List<IndexedVector> images(JsonNode list) {
    List<IndexedVector> images = new ArrayList<>();
    for (JsonNode image : list) {
      float[] vector = new float[image.path("vector").size()];
      for (int d = 0; d < vector.length; d++) {
        vector[d] = image.path("vector").get(d).floatValue();
      }
      int[] labels =
          StreamSupport.stream(image.path("labels").spliterator(), false)
              .mapToInt(JsonNode::intValue)
              .toArray();
      images.add(
          new IndexedVector(
              IndexEntry.of(
                  image.path("id").asText(), sensor(image.path("sensor").asText()), labels),
              vector));
    }
    return images;
  }

  private static Sensor sensor(String name) {
    return name.equals("s1") ? Sensor.SENTINEL1 : Sensor.SENTINEL2;
  }

  @Test
  void hitsWithinAndAcrossSensorsAreThoseOfNumpy() {
    List<IndexedVector> queries = images(golden.path("queries"));
    try (RetrievalIndex index = RetrievalIndex.open(archive)) {
      assertThat(golden.path("hits")).hasSize(2 * queries.size());
      for (JsonNode expected : golden.path("hits")) {
        IndexedVector query =
            queries.stream()
                .filter(q -> q.entry().id().equals(expected.path("query").asText()))
                .findAny()
                .orElseThrow();
        List<Hit> hits =
            index.search(
                query.vector(), 10, index.select(sensor(expected.path("archive").asText())));
        for (int i = 0; i < 10; i++) {
          assertThat(hits.get(i).entry().id()).isEqualTo(expected.path("ids").get(i).asText());
          assertThat((double) hits.get(i).similarity())
              .isCloseTo(expected.path("similarities").get(i).asDouble(), within(SIMILARITY));
        }
      }
    }
  }

  @Test
  void theEvaluationIsThatOfNumpyInAllFourDirections() throws IOException {
    RetrievalEvaluation evaluation;
    try (RetrievalIndex index = RetrievalIndex.open(archive)) {
      evaluation = RetrievalEvaluation.of(index, images(golden.path("queries")).stream(), 10);
    }
    JsonNode json = new ObjectMapper().readTree(evaluation.toJson());
    assertThat(json.path("k").asInt()).isEqualTo(10);
    assertThat(json.path("directions")).hasSize(4);
    for (int i = 0; i < 4; i++) {
      JsonNode found = json.path("directions").get(i);
      JsonNode expected = golden.path("directions").get(i);
      for (String name : List.of("query", "archive", "queries", "archiveImages")) {
        assertThat(found.path(name)).as(name).isEqualTo(expected.path(name));
      }
      for (String row : List.of("retrieved", "chance")) {
        for (String name : List.of("precision", "recall", "f1", "meanPairF1")) {
          assertThat(found.path(row).path(name).asDouble())
              .as("%d %s %s", i, row, name)
              .isCloseTo(expected.path(row).path(name).asDouble(), within(SCORE));
        }
      }
    }
  }
}
