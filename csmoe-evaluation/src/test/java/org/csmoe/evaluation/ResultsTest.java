package org.csmoe.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.csmoe.data.Target;
import org.junit.jupiter.api.Test;

class ResultsTest {
  @Test
  void textShowsASummaryAndALinePerClass() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("water", "land"));
    matrix.add(new int[] {0, 0, 1, Target.Mask.IGNORED}, new int[] {0, 1, 1, 0});
    assertThat(matrix.classification().toText())
        .isEqualTo(
            """
            samples                    3
            overall accuracy     66.67 %
            average accuracy     75.00 %
            macro F1             66.67 %

            class  support  precision    recall       F1
            water        2   100.00 %   50.00 %  66.67 %
            land         1    50.00 %  100.00 %  66.67 %
            """);
    assertThat(matrix.segmentation().toText()).contains("mean IoU", "50.00 %");
  }

  @Test
  void jsonHasEveryComponent() throws IOException {
    MultiLabelMetrics metrics = new MultiLabelMetrics(List.of("forest", "water"), 0.5f);
    metrics.add(new float[] {0.9f, 0.2f}, Set.of(0));
    JsonNode json = new ObjectMapper().readTree(metrics.result().toJson());
    assertThat(json.get("count").asInt()).isEqualTo(1);
    assertThat(json.get("microAveragePrecision").asDouble()).isEqualTo(1);
    assertThat(json.get("macroAveragePrecision").asDouble()).isEqualTo(0.5);
    assertThat(json.get("labels").get(1).get("name").asText()).isEqualTo("water");
    assertThat(metrics.result().headline()).isEqualTo(1);
    assertThat(metrics.result().toText()).contains("micro mAP");
  }

  @Test
  void resultsOfNothingAreZeros() {
    assertThat(new ConfusionMatrix(List.of("a")).classification().averageAccuracy()).isZero();
    assertThat(new MultiLabelMetrics(List.of("a"), 0).result().microAveragePrecision()).isZero();
  }

  @Test
  void whatCannotBeCountedIsRefused() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("water", "land"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matrix.add(2, 0, 1))
        .withMessageContaining("0..1 but were 2 and 0");
    assertThatIllegalArgumentException().isThrownBy(() -> matrix.add(0, -1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matrix.merge(new ConfusionMatrix(List.of("water", "sea"))));
    MultiLabelMetrics metrics = new MultiLabelMetrics(List.of("water", "land"), 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(new float[] {1, Float.NaN}, Set.of()))
        .withMessageContaining("land");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> metrics.add(new float[] {1, 2}, Set.of(2)));
    assertThat(metrics.result().count()).isZero();
  }

  @Test
  void zerosOfBothSignsAreTies() {
    MultiLabelMetrics metrics = new MultiLabelMetrics(List.of("a"), 0);
    metrics.add(new float[] {-0f}, Set.of(0));
    metrics.add(new float[] {0f}, Set.of());
    assertThat(metrics.result().microAveragePrecision()).isEqualTo(0.5);
  }
}
