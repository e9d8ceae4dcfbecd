package org.csmoe.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);

  private final Path folder;

  ProvenanceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aFileIsNamedByThePublishedSha256OfItsBytes() throws IOException {
    Path file = Files.writeString(folder.resolve("abc.txt"), "abc");
    JsonNode input =
        new Provenance("sample", CLOCK).input("climate", file).toJson().at("/inputs/climate");
    assertThat(input.path("bytes").asLong()).isEqualTo(3);
    // FIPS 180-2, appendix B.1
    assertThat(input.path("sha256").asText())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void aFolderIsNamedByItsFilesAndChangesWithTheirSizes() throws IOException {
    Path tiles = Files.createDirectories(folder.resolve("tiles/deep"));
    Files.writeString(tiles.resolve("b.tif"), "12");
    String before = fingerprint();
    assertThat(fingerprint()).isEqualTo(before);
    Files.writeString(tiles.resolve("b.tif"), "123");
    assertThat(fingerprint()).isNotEqualTo(before);
  }

  private String fingerprint() {
    JsonNode input = new Provenance("t", CLOCK).input("x", folder).toJson().at("/inputs/x");
    assertThat(input.path("files").asInt()).isEqualTo(1);
    return input.path("sha256OfNamesAndSizes").asText();
  }

  @Test
  void parametersDropsAndTimeAreWritten() throws IOException {
    Rejections rejections = new Rejections();
    rejections.add("outside climate", "row 3");
    rejections.add("outside climate", "row 9");
    Path file = folder.resolve("p.json");
    new Provenance("sample", CLOCK).parameter("seed", 42).dropped(rejections).write(file);
    JsonNode read = new ObjectMapper().readTree(file.toFile());
    assertThat(read.at("/time").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(read.at("/parameters/seed").asInt()).isEqualTo(42);
    assertThat(read.at("/dropped/outside climate/count").asInt()).isEqualTo(2);
    assertThat(read.at("/dropped/outside climate/examples/1").asText()).isEqualTo("row 9");
  }

  @Test
  void aMissingInputIsNamed() {
    assertThatThrownBy(() -> new Provenance("t", CLOCK).input("x", folder.resolve("gone.tif")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone.tif");
  }
}
