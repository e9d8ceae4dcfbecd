package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.weights.NameMapping.Rename;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameMappingTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @Test
  void stripsPrefixesRepeatedlyAndKeepsTheRest() {
    assertThat(
            NameMapping.standard()
                .map(
                    List.of(
                        "module._orig_mod.model.backbone.cls_token", "head.model.x", "model.", "")))
        .containsExactly(
            Map.entry("cls_token", "module._orig_mod.model.backbone.cls_token"),
            Map.entry("head.model.x", "head.model.x"),
            Map.entry("model.", "model."),
            Map.entry("", ""));
  }

  @Test
  void refusesTwoNamesForOne() {
    assertThatThrownBy(() -> NameMapping.standard().map(List.of("model.a", "backbone.a")))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContainingAll("\"model.a\"", "\"backbone.a\"", "one name \"a\"");
  }

  @Test
  void appliesTheUsersRulesInOrderAfterStripping() throws IOException {
    Path table = folder.resolve("rename.json");
    Files.writeString(
        table,
        """
        [{"pattern": "^layers\\\\.(\\\\d+)\\\\.", "replacement": "blocks.$1."},
         {"pattern": "^blocks\\\\.0\\\\.", "replacement": "first."}]
        """);
    assertThat(NameMapping.read(table).map(List.of("model.layers.0.w", "layers.12.w")))
        .containsExactly(
            Map.entry("first.w", "model.layers.0.w"), Map.entry("blocks.12.w", "layers.12.w"));
  }

  @Test
  void refusesTablesThatAreNone() throws IOException {
    Path table = folder.resolve("rename.json");
    for (String json :
        List.of("{}", "[{}]", "[null]", "[{\"pattern\": \"a\"}]", "[{\"regex\": \"a\"}]", "[")) {
      Files.writeString(table, json);
      assertThatThrownBy(() -> NameMapping.read(table))
          .as(json)
          .isInstanceOf(WeightFormatException.class)
          .hasMessageContainingAll("rename.json", "pattern");
    }
  }

  @Test
  void refusesBadPatternsAndReplacements() {
    refuses(new Rename("a(", "b"), "\"a(\"", "at character");
    refuses(new Rename("a".repeat(1001), "b"), "1001 characters", "at most 1000");
    refuses(new Rename("a", "$1"), "\"$1\"", "applied to \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"");
    refuses(new Rename(".*.*.*.*.*.*.*z", "b"), "endless backtracking", "simpler pattern");
    assertThatThrownBy(() -> NameMapping.of(Collections.nCopies(1001, new Rename("a", "b"))))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("1001 rules");
  }

  private static void refuses(Rename rule, String... parts) {
    assertThatThrownBy(() -> NameMapping.of(List.of(rule)).map(List.of("a".repeat(32) + "b")))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContainingAll(parts);
  }
}
