package org.csmoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightsTest {
  private static final URI ADDRESS = URI.create("https://example.org/model.safetensors");

  @Test
  void weightsAreStrictUntilAskedOtherwise() {
    Weights weights = Weights.file(Path.of("model.safetensors"));

    assertThat(weights.strict()).isTrue();
    assertThat(weights.adaptations()).isEmpty();
    assertThat(weights.renameTable()).isEmpty();
    assertThat(weights.source()).isEqualTo(new Weights.File(Path.of("model.safetensors")));
  }

  @Test
  void eachChangeIsACopy() {
    Weights weights = Weights.untrained();
    Weights changed =
        weights
            .adapting(Weights.Adaptation.BANDS)
            .adapting(Weights.Adaptation.POSITIONS)
            .renamedBy(Path.of("names.json"))
            .lenient();

    assertThat(changed.strict()).isFalse();
    assertThat(changed.adaptations())
        .containsExactlyInAnyOrder(Weights.Adaptation.BANDS, Weights.Adaptation.POSITIONS);
    assertThat(changed.renameTable()).contains(Path.of("names.json"));
    assertThat(weights.strict()).isTrue();
    assertThat(weights.adaptations()).isEmpty();
    assertThat(weights.renameTable()).isEmpty();
  }

  @Test
  void aDownloadNeedsACompleteChecksum() {
    assertThat(Weights.url(ADDRESS, "aB".repeat(32)).source()).isInstanceOf(Weights.Remote.class);
    assertThatThrownBy(() -> Weights.url(ADDRESS, "abc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sha256 must be 64 hexadecimal digits but was \"abc\"");
    assertThatThrownBy(() -> Weights.url(ADDRESS, "g".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aReportIsCompleteWhenEveryTensorCameFromTheSource() {
    List<String> loaded = new ArrayList<>(List.of("cls_token"));
    LoadReport complete =
        new LoadReport("file", loaded, List.of(), List.of(), List.of(), List.of(), List.of("mask"));
    loaded.clear();

    assertThat(complete.complete()).isTrue();
    assertThat(complete.loaded()).containsExactly("cls_token");
    assertThat(
            new LoadReport(
                    "file",
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(new LoadReport.Mismatch("norm", List.of(3L), List.of(4L))),
                    List.of(),
                    List.of())
                .complete())
        .isFalse();
  }
}
